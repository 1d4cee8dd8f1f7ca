#include "core/store/like.h"

#include "core/base/text.h"

namespace mailreeve::store {

std::string likePattern(const std::string& wildcard) {
  std::string out;
  for (const char c : lower(wildcard)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c == '*' ? '%' : c;
  }
  return out;
}

}  // namespace mailreeve::store
