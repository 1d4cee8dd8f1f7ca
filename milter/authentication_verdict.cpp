#include "milter/authentication_verdict.h"

#include <algorithm>
#include <utility>

namespace mailreeve::milter {

namespace {

void mark(const std::string& prefix,
          const std::string& found,
          Findings& findings) {
  auto& prefixes = findings.marks.subjectPrefixes;
  if (!prefix.empty() &&
      std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end())
    prefixes.push_back(prefix);
  findings.marks.fields.push_back({"X-Mailreeve-Authentication", " " + found});
}

}  // namespace

Verdict verdictOf(config::OnFailure action,
                  const config::AuthenticationChecks& settings,
                  std::string found,
                  std::string saw,
                  Reply reply,
                  Findings& findings) {
  switch (action) {
    case config::OnFailure::Accept:
      return Verdict::pass(std::move(saw));
    case config::OnFailure::Mark:
      mark(settings.markSubject, found, findings);
      return Verdict::mark(std::move(saw), std::move(found));
    case config::OnFailure::Quarantine:
      return Verdict::quarantine(std::move(saw), std::move(found));
    case config::OnFailure::Reject:
      break;
  }
  return Verdict::reject(std::move(reply), std::move(saw), std::move(found));
}

std::string replyText(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  for (char& c : out)
    if (c < 0x20 || c > 0x7e || c == '%') c = '?';
  return out;
}

}  // namespace mailreeve::milter
