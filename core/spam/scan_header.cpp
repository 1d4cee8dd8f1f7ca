#include "core/spam/scan_header.h"

#include "core/base/time_text.h"

namespace mailreeve::spam {

namespace {

// One word: what would end the line, the comment or the brackets it stands in
// becomes a question mark.
std::string word(std::string_view text) {
  constexpr std::size_t kMost = 255;
  std::string out;
  for (const char c : text.substr(0, kMost))
    out += c > ' ' && c < 127 &&
                   std::string_view("()[]<>;\\\"").find(c) ==
                       std::string_view::npos
               ? c
               : '?';
  return out.empty() ? "unknown" : out;
}

// An address may hold blanks and brackets in quotes; only its line is guarded.
std::string addressWord(std::string_view text) {
  constexpr std::size_t kMost = 400;
  std::string out;
  for (const char c : text.substr(0, kMost))
    out += c >= ' ' && c != 127 && c != '<' && c != '>' ? c : '?';
  return out;
}

std::string literal(std::string_view address) {
  const bool v6 = address.find(':') != std::string_view::npos;
  return "[" + std::string(v6 ? "IPv6:" : "") + word(address) + "]";
}

}  // namespace

std::string dryRunHeader() {
  return "X-Mailreeve-Dry-Run: yes\r\n";
}

std::string scanHeader(const mail::Envelope& envelope,
                       std::string_view hostname,
                       TimePoint at) {
  const std::string sender = addressWord(envelope.mailFrom);
  std::string header = "Return-Path: <" + sender + ">\r\n";
  header += "X-Envelope-From: <" + sender + ">\r\n";
  if (envelope.clientAddress.empty()) return header;
  header += "Received: from " + word(envelope.helo) + " (" +
            word(envelope.clientName) + " " + literal(envelope.clientAddress) +
            ")\r\n";
  const bool authenticated = !envelope.login.empty();
  if (authenticated)
    header += "\t(Authenticated sender: " + word(envelope.login) + ")\r\n";
  header += "\tby " + word(hostname) + " (Postfix) with " +
            (authenticated ? "ESMTPSA" : "ESMTP") + " id " +
            word(envelope.queueId);
  // One recipient only, as Postfix does: a copy tells nobody of the others.
  if (envelope.recipients.size() == 1)
    header += "\r\n\tfor <" + addressWord(envelope.recipients.front()) + ">";
  return header + "; " + utcMailDate(at) + "\r\n";
}

}  // namespace mailreeve::spam
