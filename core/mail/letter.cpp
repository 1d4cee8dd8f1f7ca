#include "core/mail/letter.h"

#include <algorithm>
#include <ctime>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/mail/charset.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kEnd = "\r\n";
// RFC 2047 section 2: an encoded word has at most 75 characters. 39 octets are
// 52 of base64, and "=?utf-8?B?" with "?=" are 12 more: room for "Subject: ".
constexpr std::size_t kOctetsOfWord = 39;
constexpr std::size_t kPlainMost = 900;  // RFC 5322: a line has at most 998.

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// How many octets of `text` make the next word without splitting a character.
std::size_t wordLength(std::string_view text) {
  std::size_t length = std::min(kOctetsOfWord, text.size());
  while (length > 1 && length < text.size() && continues(text[length]))
    --length;
  return length;
}

std::string encodedWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = wordLength(text);
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + encodeBase64(text.substr(0, length)) + "?=";
    text.remove_prefix(length);
  }
  return out;
}

void field(std::string& out, std::string_view name, const std::string& value) {
  out.append(name).append(": ").append(value).append(kEnd);
}

std::string mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return printable(address);
  std::string quoted = headerText(name);
  if (quoted == name) {
    quoted = replaceAll(replaceAll(name, "\\", "\\\\"), "\"", "\\\"");
    quoted = "\"" + quoted + "\"";
  }
  return quoted + " <" + printable(address) + ">";
}

std::string addresses(const std::vector<std::string>& to) {
  std::vector<std::string> clean;
  clean.reserve(to.size());
  for (const auto& address : to) clean.push_back(printable(address));
  return clean.empty() ? "undisclosed-recipients:;" : join(clean, ",\r\n ");
}

// A text part with its Content fields.
std::string part(const std::string& type, const std::string& text) {
  std::string out;
  field(out, "Content-Type", type + "; charset=utf-8");
  field(out, "Content-Transfer-Encoding", "quoted-printable");
  out.append(kEnd).append(encodeQuotedPrintable(text)).append(kEnd);
  return out;
}

std::string alternative(const Letter& letter, const std::string& unique) {
  const std::string boundary = "=_" + unique;  // Never in quoted-printable.
  std::string out;
  field(out,
        "Content-Type",
        "multipart/alternative; boundary=\"" + boundary + "\"");
  out.append(kEnd);
  out.append("--").append(boundary).append(kEnd);
  out.append(part("text/plain", letter.text));
  out.append("--").append(boundary).append(kEnd);
  out.append(part("text/html", letter.html));
  out.append("--").append(boundary).append("--").append(kEnd);
  return out;
}

}  // namespace

std::string headerText(std::string_view text) {
  const std::string clean = printable(text);
  if (isAscii(clean) && clean.size() <= kPlainMost &&
      clean.find("=?") == std::string::npos)
    return clean;
  return encodedWords(clean);
}

std::string compose(const Letter& letter,
                    TimePoint at,
                    const std::string& unique,
                    const std::string& host) {
  std::string out;
  field(out, "From", mailbox(letter.fromName, letter.from));
  field(out, "To", addresses(letter.to));
  field(out, "Subject", headerText(letter.subject));
  field(out, "Date", localTime(at, "%a, %d %b %Y %H:%M:%S %z"));
  field(out, "Message-ID", "<" + unique + "@" + host + ">");
  // RFC 3834 section 5.
  field(out, "Auto-Submitted", "auto-generated");
  field(out, "X-Auto-Response-Suppress", "All");
  for (const auto& [name, value] : letter.fields)
    field(out, name, headerText(value));
  field(out, "MIME-Version", "1.0");
  out += letter.html.empty() ? part("text/plain", letter.text)
                             : alternative(letter, unique);
  return out;
}

}  // namespace mailreeve::mail
