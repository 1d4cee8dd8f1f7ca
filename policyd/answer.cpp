#include "policyd/answer.h"

namespace mailreeve::policyd {

std::string_view name(Answer::Kind kind) {
  switch (kind) {
    case Answer::Kind::Pass:
      return "pass";
    case Answer::Kind::Allow:
      return "allow";
    case Answer::Kind::Discard:
      return "discard";
    case Answer::Kind::Defer:
      return "defer";
    case Answer::Kind::Reject:
      break;
  }
  return "reject";
}

std::string replyText(const Answer& answer, std::string_view traceCode) {
  if (!answer.refuses()) return {};
  std::string out = std::to_string(answer.code);
  out += ' ';
  out += answer.enhanced;
  out += ' ';
  out += answer.text;
  if (answer.wait.count() > 0)
    out += ", try again in " + std::to_string(answer.wait.count()) + " seconds";
  out += " (reference ";
  out += traceCode;
  out += ')';
  return out;
}

void writeAction(const Answer& answer,
                 std::string_view traceCode,
                 std::string& out) {
  out += "action=";
  if (answer.refuses())
    out += replyText(answer, traceCode);
  else
    out += answer.kind == Answer::Kind::Allow ? "OK" : "DUNNO";
  out += "\n\n";
}

}  // namespace mailreeve::policyd
