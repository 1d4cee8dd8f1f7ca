#include "core/mail/percent.h"

#include <charconv>

namespace mailreeve::mail {

std::string decodeMarked(std::string_view text, char mark) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const char* end = digits.data() + digits.size();
    if (text[i] == mark && digits.size() == 2 &&
        std::from_chars(digits.data(), end, byte, 16).ptr == end) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace mailreeve::mail
