#include "mgmtd/quarantine/released_bytes.h"

#include <ctime>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/mail/header_block.h"

namespace mailreeve::quarantine {

namespace {

constexpr std::string_view kOurs = "X-Mailreeve-";
constexpr std::string_view kForeign = "X-Received-Mailreeve-";

}  // namespace

ReleasedBytes releasedBytes(const store::HeldMessage& held,
                            std::string_view bytes,
                            TimePoint now) {
  ReleasedBytes out;
  out.trace =
      "X-Mailreeve-Released: " + held.id + "; held=" + utcText(held.received) +
      ";\r\n released=" + utcText(now) +
      "; for=" + std::string(name(held.kind)) +
      ";\r\n client=" + (held.client.empty() ? "local" : held.client) + "\r\n";
  out.message.reserve(bytes.size());
  std::size_t copied = 0;
  mail::HeaderBlock header(bytes, 0, bytes.size());
  for (mail::Field field; header.next(field);) {
    const bool dropped = equalsIgnoringCase(field.name, "Return-Path") ||
                         equalsIgnoringCase(field.name, "Delivered-To");
    const bool renamed = startsWithIgnoringCase(field.name, kOurs);
    if (!dropped && !renamed) continue;
    out.message.append(bytes.substr(copied, field.begin - copied));
    copied = field.end;
    if (!renamed) continue;
    out.message.append(kForeign);
    const std::size_t rest = field.begin + kOurs.size();
    out.message.append(bytes.substr(rest, field.end - rest));
  }
  out.message.append(bytes.substr(copied));
  return out;
}

}  // namespace mailreeve::quarantine
