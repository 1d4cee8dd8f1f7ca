// Throws lines at the parsers of Postfix's, Dovecot's and our own logs. What
// they find lies within the line, whatever stands there.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mgmtd/logs/parse.h"

using namespace mailreeve;

namespace {

void mustLieWithin(std::string_view part, std::string_view whole) {
  if (part.empty()) return;
  if (part.data() < whole.data() ||
      part.data() + part.size() > whole.data() + whole.size())
    std::abort();
}

void read(const logs::Line& line) {
  const auto entry = logs::parseEntry(line);
  if (!entry) return;
  for (const auto part : {entry->queueId,
                          entry->messageId,
                          entry->traceCode,
                          entry->client,
                          entry->login,
                          entry->sender,
                          entry->recipient,
                          entry->originalRecipient,
                          entry->relay,
                          entry->linked,
                          entry->session,
                          entry->text})
    mustLieWithin(part, line.text);
  if (name(entry->kind).empty() || entry->size < 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static logs::LineTimes times;
  times.setNow(TimePoint(std::chrono::hours(500'000)));
  if (const auto line = logs::splitLine(text, times)) read(*line);
  // The frame is soon found out; what stands in it is what matters.
  for (const std::string_view program :
       {"postfix/smtpd", "postfix/postscreen", "dovecot", "milterd", "policyd"})
    read({.program = program, .text = text});
  return 0;
}
