#include "core/base/json_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace mailreeve {

namespace {

// Stands for itself in a JSON string.
bool isPlain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

}  // namespace

std::string jsonText(std::string_view text) {
  using nlohmann::json;
  if (!std::all_of(text.begin(), text.end(), isPlain))
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  out += text;
  out += '"';
  return out;
}

}  // namespace mailreeve
