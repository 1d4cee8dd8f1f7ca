#include "mgmtd/logs/parse.h"

namespace mailreeve::logs {

std::optional<store::MailEntry> parseEntry(const Line& line) {
  store::MailEntry entry;
  entry.time = line.time;
  entry.exact = line.exact;
  entry.program = line.program;
  bool good = false;
  // An instance of its own may be called postfix-out.
  if (line.program.starts_with("postfix"))
    good = parsePostfix(line.text, entry);
  else if (line.program == "dovecot")
    good = parseDovecot(line.text, entry);
  else if (line.program == "milterd")
    good = parseMilterd(line.text, entry);
  else if (line.program == "policyd")
    good = parsePolicyd(line.text, entry);
  if (!good) return std::nullopt;
  return entry;
}

}  // namespace mailreeve::logs
