#include "core/mail/unicode.h"

#include <memory>

#include <glib.h>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/html_entity.h"

namespace mailreeve::mail {

namespace {

struct Free {
  void operator()(char* text) const { ::g_free(text); }
};

using Text = std::unique_ptr<char, Free>;

Text compose(const char* text, gssize size) {
  return Text(::g_utf8_normalize(text, size, G_NORMALIZE_NFKC));
}

}  // namespace

std::string foldText(std::string_view text) {
  if (isAscii(text) || !isValidUtf8(text)) return lower(text);
  const auto composed = compose(text.data(), static_cast<gssize>(text.size()));
  if (!composed) return lower(text);
  const Text folded(::g_utf8_casefold(composed.get(), -1));
  // Folding may leave what is not composed.
  const auto again = compose(folded.get(), -1);
  return again ? std::string(again.get()) : std::string(folded.get());
}

std::string asUtf8(std::string_view text) {
  if (isValidUtf8(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      out += c;
    else
      appendUtf8(byte, out);
  }
  return out;
}

}  // namespace mailreeve::mail
