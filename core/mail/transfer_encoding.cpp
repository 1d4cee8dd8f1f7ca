#include "core/mail/transfer_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <gmime/gmime.h>

#include "core/base/text.h"
#include "core/mail/gmime_start.h"

namespace mailreeve::mail {

namespace {

GMimeContentEncoding gmimeName(Encoding encoding) {
  switch (encoding) {
    case Encoding::QuotedPrintable:
      return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    case Encoding::Uuencode:
      return GMIME_CONTENT_ENCODING_UUENCODE;
    default:
      return GMIME_CONTENT_ENCODING_DEFAULT;
  }
}

// The lines between "begin" and "end"; GMime wants to be put there.
std::string_view withoutBeginLine(std::string_view encoded) {
  constexpr std::string_view kBegin = "begin ";
  std::size_t at = 0;
  while (at < encoded.size() && encoded.substr(at, kBegin.size()) != kBegin)
    at = std::min(encoded.find('\n', at), encoded.size() - 1) + 1;
  at = encoded.find('\n', at);
  return at == std::string_view::npos ? std::string_view{}
                                      : encoded.substr(at + 1);
}

// GMime ends at the first padding; others go on behind it, and so do those who
// hide something there.
class Base64 {
 public:
  template <class Take>
  void decode(std::string_view encoded, Take take) {
    constexpr std::size_t kPiece = 16U << 10U;
    std::string out;
    out.reserve(kPiece + 3);
    for (const char c : encoded) {
      put(c, out);
      if (out.size() < kPiece) continue;
      take(std::string_view(out));
      out.clear();
    }
    if (count_ > 1) end(out);
    if (!out.empty()) take(std::string_view(out));
  }

 private:
  static constexpr std::array<std::int8_t, 256> kValues = [] {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
      values[static_cast<unsigned char>(kAlphabet[i])] =
          static_cast<std::int8_t>(i);
    return values;
  }();

  void put(char c, std::string& out) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) {
      if (c == '=') end(out);
      return;
    }
    bits_ = bits_ << 6U | static_cast<std::uint32_t>(value);
    if (++count_ < 4) return;
    for (const unsigned shift : {16U, 8U, 0U})
      out += static_cast<char>(static_cast<unsigned char>(bits_ >> shift));
    bits_ = 0;
    count_ = 0;
  }

  // Padding: what is there of a group is all of it.
  void end(std::string& out) {
    if (count_ == 2) bits_ <<= 12U;
    if (count_ == 3) bits_ <<= 6U;
    if (count_ >= 2)
      out += static_cast<char>(static_cast<unsigned char>(bits_ >> 16U));
    if (count_ == 3)
      out += static_cast<char>(static_cast<unsigned char>(bits_ >> 8U));
    bits_ = 0;
    count_ = 0;
  }

  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

// Feeds `encoded` through GMime in pieces and hands each decoded piece on.
template <class Take>
void decodeInPieces(std::string_view encoded, Encoding encoding, Take take) {
  if (encoding == Encoding::Base64) {
    Base64().decode(encoded, take);
    return;
  }
  constexpr std::size_t kPiece = 16U << 10U;
  startGMime();
  GMimeEncoding state;
  ::g_mime_encoding_init_decode(&state, gmimeName(encoding));
  if (encoding == Encoding::Uuencode) {
    encoded = withoutBeginLine(encoded);
    state.state |= GMIME_UUDECODE_STATE_BEGIN;
  }
  std::array<char, kPiece + 16> out{};
  while (!encoded.empty()) {
    const std::size_t length = std::min(encoded.size(), kPiece);
    const std::size_t got =
        ::g_mime_encoding_step(&state, encoded.data(), length, out.data());
    take(std::string_view(out.data(), got));
    encoded.remove_prefix(length);
  }
}

}  // namespace

Encoding encodingOf(std::string_view name) {
  const std::string key = lower(trim(name));
  if (key.empty() || key == "7bit" || key == "7-bit") return Encoding::SevenBit;
  if (key == "8bit" || key == "8-bit") return Encoding::EightBit;
  if (key == "binary") return Encoding::Binary;
  if (key == "base64") return Encoding::Base64;
  if (key == "quoted-printable") return Encoding::QuotedPrintable;
  if (key == "uuencode" || key == "x-uuencode" || key == "x-uue")
    return Encoding::Uuencode;
  return Encoding::Unknown;
}

bool isIdentity(Encoding encoding) {
  return encoding == Encoding::SevenBit || encoding == Encoding::EightBit ||
         encoding == Encoding::Binary;
}

std::string decodeTransfer(std::string_view encoded, Encoding encoding) {
  if (isIdentity(encoding) || encoding == Encoding::Unknown)
    return std::string(encoded);
  std::string out;
  out.reserve(encoded.size());
  decodeInPieces(
      encoded, encoding, [&out](std::string_view piece) { out += piece; });
  return out;
}

std::size_t decodedTransferSize(std::string_view encoded, Encoding encoding) {
  if (isIdentity(encoding) || encoding == Encoding::Unknown)
    return encoded.size();
  std::size_t size = 0;
  decodeInPieces(encoded, encoding, [&size](std::string_view piece) {
    size += piece.size();
  });
  return size;
}

}  // namespace mailreeve::mail
