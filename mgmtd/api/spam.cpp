// Spam: how its engine is, and what users have reported.
#include "mgmtd/jobs/spam.h"

#include <filesystem>
#include <optional>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/mail/header_text.h"
#include "core/mail/message.h"
#include "core/spam/spamd.h"
#include "core/store/spam_reports.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

namespace fs = std::filesystem;

std::string headerOf(const mail::Message& message, const char* name) {
  constexpr std::size_t kMost = 1000;
  const auto* field = message.header(name);
  return field == nullptr ? "" : mail::readableHeader(field->value, kMost);
}

json toJson(const store::SpamReport& report, const std::string& bytes) {
  json out{{"id", report.id},
           {"kind", report.spam ? "spam" : "ham"},
           {"reporter", report.reporter},
           {"at", utcText(report.at)},
           {"size", report.size}};
  if (const auto message = mail::messageFromBytes(bytes, {})) {
    out["from"] = headerOf(*message, "From");
    out["to"] = headerOf(*message, "To");
    out["subject"] = headerOf(*message, "Subject");
  }
  return out;
}

bool matches(const json& report, const std::string& wanted) {
  if (wanted.empty()) return true;
  const std::string part = lower(wanted);
  for (const char* key : {"reporter", "from", "to", "subject"})
    if (lower(report.value(key, "")).find(part) != std::string::npos)
      return true;
  return false;
}

Result<json> list(const json& request, const Paths& paths) {
  Fields fields(request);
  const std::string search = fields.text("search", "");
  const std::int64_t limit = fields.number("limit", 200, 1, 2000);
  if (auto good = fields.done(); !good) return std::move(good).error();
  const auto reports = store::listSpamReports(paths.spamReports());
  if (!reports) return reports.error();
  json out = json::array();
  for (const auto& report : *reports) {
    if (out.size() == static_cast<std::size_t>(limit)) break;
    const auto bytes = store::readSpamReport(paths.spamReports(), report.id);
    if (!bytes) continue;  // Gone in the meantime.
    auto row = toJson(report, *bytes);
    if (matches(row, search)) out.push_back(std::move(row));
  }
  return json{{"reports", std::move(out)}, {"waiting", reports->size()}};
}

Result<json> original(const json& request, const Paths& paths) {
  Fields fields(request);
  const std::string id = fields.text("id");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto bytes = store::readSpamReport(paths.spamReports(), id);
  if (!bytes) return std::move(bytes).error();
  constexpr std::size_t kMost = 512U << 10U;  // A line of the socket has 1 MiB.
  return json{{"id", id},
              {"whole", bytes->size() <= kMost},
              {"message", mail::anyAsUtf8(bytes->substr(0, kMost))}};
}

Result<json> learn(const json& request,
                   const std::string& who,
                   const Paths& paths,
                   Applied& applied) {
  Fields fields(request);
  const std::string id = fields.text("id");
  if (auto good = fields.done(); !good) return std::move(good).error();
  const auto policy = applied.policy();
  if (!policy) return policy.error();
  auto done = jobs::learnReport(paths, (*policy)->settings().spam, id);
  if (!done) return std::move(done).error();
  log::info("spam report " + id + " learned for " + who);
  return json{{"id", id}};
}

Result<json> remove(const json& request,
                    const std::string& who,
                    const Paths& paths) {
  Fields fields(request);
  const std::string id = fields.text("id");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto done = store::removeSpamReport(paths.spamReports(), id);
  if (!done) return std::move(done).error();
  log::info("spam report " + id + " deleted by " + who);
  return json{{"id", id}};
}

// The name of a channel's file, as sa-update(1p) makes it.
std::string channelFile(const std::string& channel) {
  std::string file;
  for (const char c : channel) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                      (c >= 'A' && c <= 'Z') || c == '-';
    if (kept)
      file += c;
    else if (!file.ends_with('_'))
      file += '_';
  }
  return file + ".cf";
}

// What sa-update left: "# UPDATE version 1919230" in the channel's file.
std::optional<json> fetched(const std::string& channel) {
  std::error_code problem;
  for (const auto& entry :
       fs::directory_iterator("/var/lib/spamassassin", problem)) {
    const auto path = entry.path() / channelFile(channel);
    const auto bytes = readFile(path, 64U << 10U);
    if (!bytes) continue;
    constexpr std::string_view kVersion = "UPDATE version ";
    const auto at = bytes->find(kVersion);
    if (at == std::string::npos) continue;
    const auto rest = std::string_view(*bytes).substr(at + kVersion.size());
    json out{{"channel", channel},
             {"version", std::string(trim(rest.substr(0, rest.find('\n'))))}};
    std::error_code ignored;
    const auto written = fs::last_write_time(path, ignored);
    if (!ignored)
      out["updated"] = utcText(
          std::chrono::time_point_cast<std::chrono::system_clock::duration>(
              std::chrono::file_clock::to_sys(written)));
    return out;
  }
  return std::nullopt;
}

// SpamAssassin's own rules, and those of each further channel.
json rules(const config::SpamUpdates& updates) {
  json out = fetched("updates.spamassassin.org")
                 .value_or(json{{"version", "as installed"}});
  out["channels"] = json::array();
  for (const auto& channel : updates.channels)
    out["channels"].push_back(
        fetched(channel.name)
            .value_or(json{{"channel", channel.name},
                           {"version", "not fetched yet"}}));
  return out;
}

Result<json> status(const json& request, const Paths& paths, Applied& applied) {
  constexpr std::uint16_t kPort = 783;
  Fields fields(request);
  if (auto good = fields.done(); !good) return std::move(good).error();
  const auto policy = applied.policy();
  if (!policy) return policy.error();
  const auto& settings = (*policy)->settings().spam;
  spam::SpamdSettings spamd{{Paths::spamdSocket(), "", 0}, settings.user};
  spamd.timeLimit = std::chrono::seconds(5);
  if (!settings.server.empty())
    if (auto endpoint = net::Endpoint::parse(settings.server, kPort))
      spamd.endpoint = *std::move(endpoint);
  json out{{"enabled", settings.enabled},
           {"server", spamd.endpoint.text()},
           {"rules", rules(settings.updates)}};
  if (settings.enabled) {
    const auto alive = spam::Spamd::make(std::move(spamd))->ping();
    out["running"] = alive.ok();
    if (!alive) out["problem"] = alive.error().what;
  }
  if (const auto reports = store::listSpamReports(paths.spamReports()))
    out["reports"] = reports->size();
  return out;
}

}  // namespace

void addSpam(Verbs& verbs,
             const Surroundings& around,
             const std::shared_ptr<Applied>& applied) {
  const Paths paths = around.paths;
  verbs["spam_status"] = [paths, applied](const json& request,
                                          const std::string&) {
    return status(request, paths, *applied);
  };
  verbs["spam_reports"] = [paths](const json& request, const std::string&) {
    return list(request, paths);
  };
  verbs["spam_original"] = [paths](const json& request, const std::string&) {
    return original(request, paths);
  };
  verbs["spam_learn"] = [paths, applied](const json& request,
                                         const std::string& who) {
    return learn(request, who, paths, *applied);
  };
  verbs["spam_delete"] = [paths](const json& request, const std::string& who) {
    return remove(request, who, paths);
  };
}

}  // namespace mailreeve::api
