#include "core/config/validate_admission.h"

#include <algorithm>

#include "core/base/octet_pattern.h"
#include "core/config/distinct_names.h"

namespace mailreeve::config {

namespace {

std::int64_t count(std::initializer_list<const std::string*> texts) {
  return std::count_if(texts.begin(), texts.end(), [](const std::string* text) {
    return !text->empty();
  });
}

void checkList(const std::vector<ListEntry>& entries,
               const std::string& key,
               const Report& report) {
  requireDistinctNames(entries, key, report);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ListEntry& e = entries[i];
    const auto set =
        count({&e.ip, &e.network, &e.sender, &e.recipient, &e.domain});
    if (set != 1)
      report(at(key, i),
             "must have exactly one of ip, network, sender, recipient" +
                 std::string(key == "lists.allow" ? ", domain" : "") +
                 ", has " + std::to_string(set));
    if (e.proof != ListProof::None && e.sender.empty() && e.domain.empty())
      report(at(key, i) + ".proof",
             "has a meaning with sender or domain only, which anybody can "
             "claim");
    if (e.proof != ListProof::None && e.sender == "<>")
      report(at(key, i) + ".proof",
             "has no meaning with the null sender, which has no domain");
  }
}

}  // namespace

void checkLists(const Settings& settings, const Report& report) {
  checkList(settings.lists.allow, "lists.allow", report);
  checkList(settings.lists.block, "lists.block", report);
}

void checkGreylisting(const Settings& settings, const Report& report) {
  const auto& greylisting = settings.greylisting;
  const std::string key = "greylisting.rules";
  requireDistinctNames(greylisting.rules, key, report);
  for (std::size_t i = 0; i < greylisting.rules.size(); ++i) {
    const auto& rule = greylisting.rules[i];
    const auto set = count({&rule.ip, &rule.network, &rule.host});
    if (set != 1)
      report(at(key, i),
             "must have exactly one of ip, network, host, has " +
                 std::to_string(set));
  }
  if (greylisting.delaySeconds >= greylisting.retryHours * 3600)
    report("greylisting.delay_seconds",
           "must be less than retry_hours, or nobody passes");
}

void checkPostscreen(const Settings& settings, const Report& report) {
  const auto& lists = settings.postscreen.dnsLists;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::string key = at("postscreen.dns_lists", i);
    // What else stands there would be a list that never answers, or another
    // parameter.
    if (!lists[i].answer.empty() && !OctetPattern::parse(lists[i].answer))
      report(key + ".answer",
             "must be an address such as 127.0.0.2 or 127.0.0.[2..11]");
    if (lists[i].score == 0)
      report(key + ".score", "must not be 0, which decides nothing");
  }
}

}  // namespace mailreeve::config
