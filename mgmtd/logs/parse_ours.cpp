// The lines of milterd and policyd. Their events say more; the lines count
// where an event was lost.
#include "mgmtd/logs/parse.h"
#include "mgmtd/logs/scan.h"

namespace mailreeve::logs {

namespace {

using Text = std::string_view;

constexpr std::size_t kCode = 8;

bool isCode(Text text) {
  return text.size() == kCode;
}

}  // namespace

// "DEECE97: trace=F9AEPNHW, client=203.0.113.10, from=<a>, rcpts=1, size=247,
// verdict=pass, reason=..."
bool parseMilterd(Text text, store::MailEntry& entry) {
  Text id;
  Text rest = text;
  if (!takeUntil(rest, ": trace=", id)) return false;
  entry.kind = store::EntryKind::Verdict;
  entry.text = rest;
  if (id != "NOQUEUE") {
    if (!isQueueId(id)) return false;
    entry.queueId = id;
  }
  if (!takeUntil(rest, ", client=", entry.traceCode) ||
      !isCode(entry.traceCode) || !takeUntil(rest, ", ", entry.client))
    return false;
  if (take(rest, "login=") && !takeUntil(rest, ", ", entry.login)) return false;
  if (!takeAddress(rest, "from", entry.sender) || !take(rest, ", rcpts="))
    return false;
  entry.hasSender = true;
  entry.recipients = leadingNumber(rest);
  Text ignored;
  if (!takeUntil(rest, ", size=", ignored)) return false;
  entry.size = leadingNumber(rest);
  if (!takeUntil(rest, ", verdict=", ignored)) return false;
  entry.status = rest.substr(0, rest.find(','));
  rest.remove_prefix(entry.status.size());
  // What joins it to the quarantine, as a session joins deliveries.
  if (take(rest, ", quarantine="))
    entry.session = rest.substr(0, rest.find(','));
  return !entry.status.empty();
}

// "reject: block_list: ..., from=<a> to=<b> client=203.0.113.10, reference
// 285K4RJB"
bool parsePolicyd(Text text, store::MailEntry& entry) {
  entry.kind = store::EntryKind::Verdict;
  entry.text = text;
  const auto mark = text.rfind(", reference ");
  if (mark == Text::npos) return false;
  entry.traceCode = text.substr(mark + 12);
  const auto from = text.rfind(", from=<", mark);
  if (!isCode(entry.traceCode) || from == Text::npos) return false;
  Text rest = text.substr(from + 8, mark - from - 8);
  if (!takeUntil(rest, "> to=<", entry.sender) ||
      !takeUntil(rest, "> client=", entry.recipient))
    return false;
  entry.hasSender = true;
  entry.client = rest.substr(0, rest.find(' '));
  Text ignored;
  Text login = rest;
  if (takeUntil(login, " login=", ignored))
    entry.login = login.substr(0, login.find(' '));
  if (takeUntil(rest, " queue_id=", ignored) && isQueueId(rest))
    entry.queueId = rest;
  entry.status = text.substr(0, text.find(':'));
  return true;
}

}  // namespace mailreeve::logs
