// What users have sent today (FEATURES C9): listed with their limits, cleared.
#include "core/store/usage.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/mail/address.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

constexpr std::int64_t kPage = 2000;

json toJson(const store::Usage& usage, const directory::PolicyPtr& policy) {
  json out{{"user", usage.user},
           {"day", usage.day},
           {"messages", usage.messages},
           {"bytes", usage.bytes}};
  if (!policy) return out;
  const auto user = policy->effective(usage.user);
  out["daily_messages"] = user.dailyMessages.value;
  out["daily_volume"] = user.dailyVolume.value;
  return out;
}

Result<json> list(const json& request,
                  const Paths& paths,
                  TimePoint now,
                  Applied& applied) {
  Fields fields(request);
  const std::string pattern = fields.text("pattern", "");
  const std::string day = fields.text("day", localDay(now));
  const std::string after = fields.text("after", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto rows = store::listUsage(paths.countersDatabase(), day);
  if (!rows && rows.error().code != ErrorCode::NotFound)
    return std::move(rows).error();
  std::vector<store::Usage> found;
  if (rows)
    for (auto& row : *rows)
      if (row.user > after &&
          (pattern.empty() || matchesWildcard(pattern, row.user)))
        found.push_back(std::move(row));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.user < b.user;
  });
  // Without settings in force there are no limits to show.
  const auto policy = applied.policy();
  json out = json::array();
  json answer;
  for (const auto& row : found) {
    if (static_cast<std::int64_t>(out.size()) == kPage) {
      answer["next"] = out.back()["user"];
      break;
    }
    out.push_back(toJson(row, policy ? *policy : nullptr));
  }
  answer["usage"] = std::move(out);
  return answer;
}

// milterd counts in memory; what it does not hear of it would write back.
std::string tellMilterd(const Paths& paths) {
  const auto told =
      net::call(paths.control("milterd"), {{"do", "usage_reload"}});
  if (told) return "";
  // A milterd that does not run reads the database when it starts.
  if (told.error().code == ErrorCode::Unavailable) return "";
  return "milterd was not told: " + told.error().what;
}

Result<json> clear(const json& request,
                   const std::string& who,
                   const Paths& paths) {
  Fields fields(request);
  const bool all = fields.flag("all", false);
  const std::string given = fields.text("user", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  if (all == !given.empty())
    return Error{ErrorCode::Invalid, "either a user or all"};
  const std::string user = all ? "" : mail::addressKey(given);
  auto cleared = store::clearUsage(paths.countersDatabase(), user);
  if (!cleared && cleared.error().code != ErrorCode::NotFound)
    return std::move(cleared).error();
  log::info("usage of " + (all ? "all users" : user) + " cleared by " + who);
  json answer{{"cleared", cleared ? *cleared : 0}};
  if (const auto warning = tellMilterd(paths); !warning.empty())
    answer["warning"] = warning;
  return answer;
}

}  // namespace

void addUsage(Verbs& verbs,
              const Surroundings& around,
              const std::shared_ptr<Applied>& applied) {
  const Paths paths = around.paths;
  verbs["usage_list"] = [paths, &clock = around.clock, applied](
                            const json& request, const std::string&) {
    return list(request, paths, clock.now(), *applied);
  };
  verbs["usage_clear"] = [paths](const json& request, const std::string& who) {
    return clear(request, who, paths);
  };
}

}  // namespace mailreeve::api
