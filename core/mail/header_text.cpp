#include "core/mail/header_text.h"

#include <gmime/gmime.h>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/gmime_start.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

std::string readableHeader(std::string_view value, std::size_t limit) {
  startGMime();
  const std::string plain = unfold(value.substr(0, limit));
  char* decoded = ::g_mime_utils_header_decode_text(nullptr, plain.c_str());
  std::string out = decoded == nullptr ? plain : decoded;
  ::g_free(decoded);
  return printable(anyAsUtf8(out));
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
