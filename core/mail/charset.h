// Character sets: which we can write, and the way between them and UTF-8.
// Nothing here guesses: bytes that are not valid in the named charset, or text
// the charset cannot hold, are an Error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve::mail {

[[nodiscard]] bool isAscii(std::string_view text);

// The length of the well-formed UTF-8 character that `text`, which is not
// empty, begins with, or 0.
[[nodiscard]] std::size_t utf8Length(std::string_view text);

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool isValidUtf8(std::string_view text);

struct Charset {
  std::string_view name;   // Lower case, as MIME writes it.
  std::string_view iconv;  // The converter's name for it.

  // Every byte below 0x40 stands for its ASCII character wherever it occurs:
  // `<`, `>`, blanks and line ends can be found, and ASCII text appended,
  // without decoding.
  bool asciiTransparent = true;
};

// The charset called `name` (any case, aliases included), or null: not one that
// mail uses. An empty name is us-ascii (RFC 2045 section 5.2).
[[nodiscard]] const Charset* findCharset(std::string_view name);

// The charset that a byte order mark at the start of `bytes` names; null
// without one.
[[nodiscard]] const Charset* charsetOfMark(std::string_view bytes);

[[nodiscard]] Result<std::string> toUtf8(std::string_view bytes,
                                         const Charset& charset);
[[nodiscard]] Result<std::string> fromUtf8(std::string_view text,
                                           const Charset& charset);

}  // namespace mailreeve::mail
