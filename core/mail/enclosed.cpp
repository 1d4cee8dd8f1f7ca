#include "core/mail/enclosed.h"

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/header_block.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kLongestLine = 998;  // RFC 5322 section 2.1.1.

bool fitsMail(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) return false;
  for (const auto line : split(bytes, '\n'))
    if (line.size() > kLongestLine + 1) return false;  // With its CR.
  return true;
}

// A boundary that the original cannot hold by chance, nor on purpose unless its
// author knew `unique`.
std::string boundaryFor(std::string_view original, const std::string& unique) {
  std::string boundary = "=_" + replaceAll(unique, ".", "_");
  while (original.find(boundary) != std::string_view::npos) boundary += "x";
  return boundary;
}

struct Halves {
  std::string outer;  // Fields about the letter.
  std::string inner;  // Fields about its content, and the content.
};

Halves divide(const std::string& letter) {
  Halves halves;
  HeaderBlock header(letter, 0, letter.size());
  for (Field field; header.next(field);) {
    const bool content = startsWithIgnoringCase(field.name, "Content-");
    (content ? halves.inner : halves.outer)
        .append(letter, field.begin, field.end - field.begin);
  }
  halves.inner += "\r\n" + letter.substr(header.end());
  return halves;
}

}  // namespace

std::string composeWithOriginal(const Letter& letter,
                                std::string_view original,
                                TimePoint at,
                                const std::string& unique,
                                const std::string& host) {
  const auto halves = divide(compose(letter, at, unique, host));
  const std::string boundary = boundaryFor(original, unique);
  const bool asMessage = fitsMail(original);
  const std::string encoding = isAscii(original) ? "7bit" : "8bit";
  std::string out = halves.outer;
  out += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n";
  if (asMessage) out += "Content-Transfer-Encoding: " + encoding + "\r\n";
  out += "\r\n--" + boundary + "\r\n" + halves.inner;
  if (!out.ends_with("\r\n")) out += "\r\n";
  out += "--" + boundary + "\r\n";
  if (asMessage) {
    out += "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: " +
           encoding + "\r\nContent-Disposition: attachment\r\n\r\n";
    out += original;
  } else {
    out +=
        "Content-Type: application/octet-stream; name=\"message.eml\"\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename=\"message.eml\"\r\n\r\n";
    out += encodeBase64(original);
  }
  return out + "\r\n--" + boundary + "--\r\n";
}

}  // namespace mailreeve::mail
