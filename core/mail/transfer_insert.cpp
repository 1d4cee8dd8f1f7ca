// Writing quoted-printable and base64, whole and into what is there already.
#include <algorithm>
#include <array>

#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kSoftBreak = "=\r\n";
constexpr std::size_t kLineLength = 76;
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool isHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') ||
         (c >= 'a' && c <= 'f');
}

std::string escaped(char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'=', kHex[byte >> 4U], kHex[byte & 15U]};
}

bool isUtf8Continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// One line without its line end.
void encodeLine(std::string_view line, std::string& out) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size();) {
    std::string unit;
    const char c = line[i];
    const bool blank = c == ' ' || c == '\t';
    if ((c > 32 && c < 127 && c != '=') || (blank && i + 1 < line.size())) {
      unit = c;
      ++i;
    } else {
      // A lead byte takes its continuation bytes along; UTF-8 has at most 3.
      std::size_t length = 1;
      while (length < 4 && i + length < line.size() && c != '=' &&
             static_cast<unsigned char>(c) >= 0xC0 &&
             isUtf8Continuation(line[i + length]))
        ++length;
      for (const char byte : line.substr(i, length)) unit += escaped(byte);
      i += length;
    }
    const std::size_t room = i < line.size() ? kLineLength - 1 : kLineLength;
    if (column + unit.size() > room) {
      out += kSoftBreak;
      column = 0;
    }
    out += unit;
    column += unit.size();
  }
}

// The position in quoted-printable text at which `offset` bytes are decoded.
std::optional<std::size_t> encodedPosition(std::string_view encoded,
                                           std::size_t offset) {
  std::size_t at = 0;
  for (std::size_t decoded = 0; decoded < offset;) {
    if (at >= encoded.size()) return std::nullopt;
    if (encoded[at] != '=') {
      ++at;
      ++decoded;
    } else if (encoded.substr(at, 3) == kSoftBreak) {
      at += 3;
    } else if (encoded.substr(at, 2) == "=\n") {
      at += 2;
    } else if (at + 2 < encoded.size() && isHex(encoded[at + 1]) &&
               isHex(encoded[at + 2])) {
      at += 3;
      ++decoded;
    } else {
      return std::nullopt;
    }
  }
  return at;
}

std::string_view withoutTrailing(std::string_view text,
                                 std::string_view characters) {
  const auto last = text.find_last_not_of(characters);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Where the last line of base64 begins that ends no later than `characters`
// encoded characters, and how many stand before it. Lines must hold whole
// groups and nothing but base64.
struct LineStart {
  std::size_t at = 0;
  std::size_t characters = 0;
};

std::optional<LineStart> base64Line(std::string_view encoded,
                                    std::size_t characters) {
  LineStart start;
  std::size_t at = 0;
  std::size_t seen = 0;
  const auto significant = withoutTrailing(encoded, "\r\n=");
  while (at < significant.size()) {
    const auto newline = significant.find('\n', at);
    const bool last = newline == std::string_view::npos;
    auto line = significant.substr(at, last ? newline : newline - at);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(kBase64) != std::string_view::npos ||
        (!last && line.size() % 4 != 0))
      return std::nullopt;
    if (seen <= characters) start = {at, seen};
    seen += line.size();
    if (last) break;
    at = newline + 1;
  }
  return start;
}

}  // namespace

std::string encodeQuotedPrintable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (;;) {
    const auto newline = text.find('\n');
    auto line = text.substr(0, newline);
    if (newline != std::string_view::npos && !line.empty() &&
        line.back() == '\r')
      line.remove_suffix(1);
    encodeLine(line, out);
    if (newline == std::string_view::npos) return out;
    out += kLineEnd;
    text.remove_prefix(newline + 1);
  }
}

std::string encodeBase64(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() / 57 * 78 + 80);
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    if (column == kLineLength) {
      out += kLineEnd;
      column = 0;
    }
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k])
                                  : 0U;
    };
    const unsigned group = byte(0) << 16U | byte(1) << 8U | byte(2);
    out += kBase64[group >> 18U];
    out += kBase64[group >> 12U & 63U];
    out += i + 1 < bytes.size() ? kBase64[group >> 6U & 63U] : '=';
    out += i + 2 < bytes.size() ? kBase64[group & 63U] : '=';
    column += 4;
  }
  return out;
}

std::optional<EncodedInsert> insertQuotedPrintable(std::string_view encoded,
                                                   std::size_t offset,
                                                   std::string_view addition) {
  const auto at = encodedPosition(encoded, offset);
  if (!at) return std::nullopt;
  const auto before = encoded.substr(0, *at);
  const auto behind = encoded.substr(*at);
  EncodedInsert insert{*at, *at, {}};
  const bool atLineStart = before.empty() || before.back() == '\n';
  if (!atLineStart && addition.substr(0, 1) != "\r") insert.with += kSoftBreak;
  insert.with += encodeQuotedPrintable(addition);
  const bool ownLine = !addition.empty() && addition.back() == '\n';
  const bool lineEnds =
      behind.empty() || behind.front() == '\r' || behind.front() == '\n';
  if (!ownLine && !lineEnds) insert.with += kSoftBreak;
  return insert;
}

std::optional<EncodedInsert> insertBase64(std::string_view encoded,
                                          std::string_view decoded,
                                          std::size_t offset,
                                          std::string_view addition) {
  const auto start = base64Line(encoded, offset / 3 * 4);
  if (!start) return std::nullopt;
  const std::size_t kept = start->characters / 4 * 3;
  if (kept > offset || offset > decoded.size()) return std::nullopt;
  std::string tail(decoded.substr(kept, offset - kept));
  tail += addition;
  tail += decoded.substr(offset);
  const auto end = withoutTrailing(encoded, "\r\n").size();
  return EncodedInsert{start->at, end, encodeBase64(tail)};
}

}  // namespace mailreeve::mail
