#include "milter/spam_fields.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve::milter {

namespace {

constexpr std::string_view kPrefix = "x-spam-";

// RFC 5322 section 2.1.1: fold at 78 where there is a comma to fold behind.
std::string foldedList(std::string start,
                       const std::vector<std::string>& names) {
  constexpr std::size_t kWidth = 74;
  constexpr std::size_t kMost = 4000;
  std::size_t column = start.size() - (start.rfind('\n') + 1);
  for (std::size_t i = 0; i < names.size() && start.size() < kMost; ++i) {
    const std::string word =
        printable(names[i]) + (i + 1 < names.size() ? "," : "");
    if (column + word.size() > kWidth) {
      start += "\n\t";
      column = 0;
    }
    start += word;
    column += word.size();
  }
  return start;
}

}  // namespace

bool isSpamField(std::string_view name) {
  return startsWithIgnoringCase(name, kPrefix);
}

mail::Header spamFlagField() {
  return {"X-Spam-Flag", " YES"};
}

mail::Header notScannedField() {
  return {"X-Spam-Status", " No, not scanned"};
}

mail::Header spamStatusField(const SpamFinding& found, const std::string& why) {
  return {"X-Spam-Status",
          (found.isSpam ? " Yes, " : " No, ") + printable(why)};
}

std::vector<mail::Header> spamFields(const SpamFinding& found,
                                     Decimal threshold,
                                     bool failed) {
  constexpr std::int64_t kMostStars = 50;
  const Decimal score = found.score.value_or(Decimal());
  std::vector<mail::Header> fields;
  std::string status = std::string(found.isSpam ? " Yes" : " No") +
                       (failed ? ", not scanned" : "") +
                       ", score=" + score.text() +
                       " required=" + threshold.text();
  if (!found.rules.empty())
    status = foldedList(status + "\n\ttests=", found.rules);
  fields.push_back({"X-Spam-Status", std::move(status)});
  if (failed && found.rules.empty()) return fields;
  fields.push_back({"X-Spam-Score", " " + score.text()});
  const auto stars = std::clamp<std::int64_t>(
      score.thousandths() / Decimal::kOne, 0, kMostStars);
  if (stars > 0)
    fields.push_back({"X-Spam-Level",
                      " " + std::string(static_cast<std::size_t>(stars), '*')});
  return fields;
}

}  // namespace mailreeve::milter
