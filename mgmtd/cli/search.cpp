#include "mgmtd/cli/search.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "mgmtd/cli/moment.h"

namespace mailreeve::cli {

using nlohmann::json;

Result<Done> addPeriod(json& request,
                       const std::string& since,
                       const std::string& until) {
  const TimePoint now = SystemClock().now();
  for (const auto& [key, text] :
       {std::pair{"since", since}, {"until", until}}) {
    if (text.empty()) continue;
    auto moment = parseMoment(text, now);
    if (!moment) return std::move(moment).error();
    request[key] = toMilliseconds(*moment);
  }
  return Done{};
}

Result<std::vector<json>> askPages(Management& management,
                                   json request,
                                   const char* key,
                                   std::int64_t limit) {
  std::vector<json> records;
  for (bool more = true; more;) {
    const auto left = limit - static_cast<std::int64_t>(records.size());
    if (left <= 0) break;
    request["limit"] = std::min(kPage, left);
    auto page = management.ask(request);
    if (!page) return std::move(page).error();
    auto& found = (*page)[key];
    more = (*page)["more"].get<bool>() && !found.empty();
    for (auto& record : found) records.push_back(std::move(record));
    if (more) request["before"] = records.back()["id"];
  }
  return records;
}

Result<std::vector<std::string>> askUnknown(Management& management) {
  auto answer = management.ask({{"do", "unread_logs"}});
  if (!answer) return std::move(answer).error();
  return (*answer)["unknown"].get<std::vector<std::string>>();
}

void tellUnknown(const std::vector<std::string>& unknown) {
  for (const auto& one : unknown)
    std::cerr << "not known: " << printable(one) << '\n';
}

}  // namespace mailreeve::cli
