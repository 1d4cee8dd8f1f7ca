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

}  // namespace mailreeve::mail
