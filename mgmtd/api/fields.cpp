#include "mgmtd/api/fields.h"

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::api {

const nlohmann::json* Fields::find(const char* key) {
  known_.insert(key);
  const auto found = request_.find(key);
  return found == request_.end() || found->is_null() ? nullptr : &*found;
}

void Fields::refuse(const char* key, const std::string& why) {
  if (problem_.empty()) problem_ = std::string(key) + ": " + why;
}

std::string Fields::text(const char* key) {
  std::string value = text(key, "");
  if (value.empty()) refuse(key, "is missing");
  return value;
}

std::string Fields::text(const char* key, const std::string& fallback) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_string()) {
    refuse(key, "must be a text");
    return fallback;
  }
  return value->get<std::string>();
}

std::vector<std::string> Fields::texts(const char* key) {
  std::vector<std::string> out;
  const auto* value = find(key);
  if (value == nullptr) return out;
  if (!value->is_array()) refuse(key, "must be a list");
  for (const auto& one : *value) {
    if (one.is_string())
      out.push_back(one.get<std::string>());
    else
      refuse(key, "must hold texts");
  }
  return out;
}

bool Fields::flag(const char* key, bool fallback) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    refuse(key, "must be true or false");
    return fallback;
  }
  return value->get<bool>();
}

std::int64_t Fields::number(const char* key,
                            std::int64_t fallback,
                            std::int64_t least,
                            std::int64_t most) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  // A number too large for 64 bits is read as a floating one.
  if (!value->is_number_integer() || value->get<std::int64_t>() < least ||
      value->get<std::int64_t>() > most) {
    refuse(key,
           "must be a whole number, " + std::to_string(least) + ".." +
               std::to_string(most));
    return fallback;
  }
  return value->get<std::int64_t>();
}

std::optional<TimePoint> Fields::moment(const char* key) {
  const std::int64_t value = number(key, -1, 0, kLastMillisecond);
  if (value < 0) return std::nullopt;
  return fromMilliseconds(value);
}

Result<Done> Fields::done() const {
  if (!problem_.empty()) return Error{ErrorCode::Invalid, problem_};
  for (const auto& [key, value] : request_.items())
    if (known_.count(key) == 0)
      return Error{ErrorCode::Invalid, printable(key) + ": is not known here"};
  return Done{};
}

}  // namespace mailreeve::api
