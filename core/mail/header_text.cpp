#include "core/mail/header_text.h"

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/encoded_words.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

std::string readableHeader(std::string_view value, std::size_t limit) {
  return printable(anyAsUtf8(decodeWords(unfold(value.substr(0, limit)))));
}

std::string anyAsUtf8(std::string_view bytes) {
  if (isValidUtf8(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | (byte >> 6U));
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

}  // namespace mailreeve::mail
