// Content-Transfer-Encoding (RFC 2045 section 6): decoding whole, and the
// encoded form of text that is appended to an encoded leaf.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailreeve::mail {

enum class Encoding {
  SevenBit,
  EightBit,
  Binary,
  Base64,
  QuotedPrintable,
  Uuencode,
  Unknown,
};

// The encoding a field's value names, whatever its case. RFC 2045 section 6.4:
// what we do not know is Unknown, and not to be looked into.
[[nodiscard]] Encoding encodingOf(std::string_view name);

// The encoded bytes are the content itself.
[[nodiscard]] bool isIdentity(Encoding encoding);

// Garbage between encoded characters is skipped. Never longer than its input;
// what is Unknown comes back as it is.
[[nodiscard]] std::string decodeTransfer(std::string_view encoded,
                                         Encoding encoding);
[[nodiscard]] std::size_t decodedTransferSize(std::string_view encoded,
                                              Encoding encoding);

// RFC 2045 section 6.7: text with hard line breaks (CRLF or LF, both written as
// CRLF) in lines of at most 76 characters. A soft break never splits a
// character of UTF-8. No line end is added.
[[nodiscard]] std::string encodeQuotedPrintable(std::string_view text);

// RFC 2045 section 6.8: lines of 76 characters, CRLF between them and none at
// the end.
[[nodiscard]] std::string encodeBase64(std::string_view bytes);

// Part of an encoded text and what to put in its place.
struct EncodedInsert {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string with;
};

// How `encoded` has to change so that it decodes to `decoded` (which it now
// decodes to) with `addition` at `offset`: what stands before stays byte for
// byte, what stands behind as far as the encoding allows. Nothing: it is too
// irregular to be added to; encode it whole.
[[nodiscard]] std::optional<EncodedInsert> insertQuotedPrintable(
    std::string_view encoded, std::size_t offset, std::string_view addition);
[[nodiscard]] std::optional<EncodedInsert> insertBase64(
    std::string_view encoded,
    std::string_view decoded,
    std::size_t offset,
    std::string_view addition);

}  // namespace mailreeve::mail
