// A list that may be longer than one answer: as much of it as fits, and whether
// there may be more.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace mailreeve::api {

// Of one answer; the control socket takes some more.
inline constexpr std::size_t kMostBytes = 700U << 10U;

// What `limit` of a request may be.
inline constexpr std::int64_t kMostRecords = 500;

// In bytes, as it is sent.
[[nodiscard]] std::size_t sizeOf(const nlohmann::json& value);

// {key: [..], "more": true or false} of what was `found` for a request with
// this limit. NotFound is an empty list: nothing was stored yet.
template <class Record>
[[nodiscard]] Result<nlohmann::json> page(
    const char* key,
    const Result<std::vector<Record>>& found,
    std::int64_t limit,
    std::type_identity_t<nlohmann::json (*)(const Record&)> toJson) {
  static const std::vector<Record> kNone;
  if (!found && found.error().code != ErrorCode::NotFound) return found.error();
  const auto& records = found ? *found : kNone;
  auto out = nlohmann::json::array();
  std::size_t bytes = 0;
  for (const auto& record : records) {
    auto one = toJson(record);
    bytes += sizeOf(one);
    if (bytes > kMostBytes && !out.empty()) break;
    out.push_back(std::move(one));
  }
  const bool more = out.size() < records.size() ||
                    static_cast<std::int64_t>(records.size()) == limit;
  return nlohmann::json{{key, std::move(out)}, {"more", more}};
}

}  // namespace mailreeve::api
