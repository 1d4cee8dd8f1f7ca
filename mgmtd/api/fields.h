// Reads the fields of one request, strictly: a missing field, one of the wrong
// kind, out of range or unknown is refused, and the first of them is named.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::api {

class Fields {
 public:
  // `request` must outlive this.
  explicit Fields(const nlohmann::json& request) : request_(request) {}

  // Required, and not empty.
  [[nodiscard]] std::string text(const char* key);
  [[nodiscard]] std::string text(const char* key, const std::string& fallback);
  // A list; none when it is missing.
  [[nodiscard]] std::vector<std::string> texts(const char* key);
  [[nodiscard]] bool flag(const char* key, bool fallback);
  [[nodiscard]] std::int64_t number(const char* key,
                                    std::int64_t fallback,
                                    std::int64_t least,
                                    std::int64_t most);
  // Milliseconds since 1970; nothing when it is missing.
  [[nodiscard]] std::optional<TimePoint> moment(const char* key);

  // Whether all was well. To be asked before any of the values is used.
  [[nodiscard]] Result<Done> done() const;

 private:
  // Null when the field is missing.
  [[nodiscard]] const nlohmann::json* find(const char* key);
  void refuse(const char* key, const std::string& why);

  const nlohmann::json& request_;
  std::set<std::string> known_ = {"do"};
  std::string problem_;
};

}  // namespace mailreeve::api
