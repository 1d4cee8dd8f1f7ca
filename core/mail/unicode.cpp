#include "core/mail/unicode.h"

#include <algorithm>
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
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8Length(text);
    if (length == 0) appendUtf8(static_cast<unsigned char>(text[0]), out);
    out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace mailreeve::mail
