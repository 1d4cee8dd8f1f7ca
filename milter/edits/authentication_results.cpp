#include "milter/edits/authentication_results.h"

#include "core/auth/message_view.h"
#include "core/auth/results/read.h"
#include "milter/authentication.h"
#include "milter/forged_limit.h"

namespace mailreeve::milter {

Result<Verdict> AuthenticationResults::propose(const Transaction&,
                                               const Findings& findings,
                                               Draft& draft) const {
  const auto message = draft.message();
  if (!message) return message.error();
  const auto forged =
      results::forgedResults(auth::viewOf(**message), authservId_);
  if (forged.size() > kMostForged) return tooManyForged(forged.size());
  mail::MessageEdit edit;
  // The last first: each one that goes renumbers those behind it.
  for (auto number = forged.rbegin(); number != forged.rend(); ++number)
    edit.headers.push_back({"Authentication-Results", *number, std::nullopt});

  const auto found = methodResults(findings.authentication);
  if (!found.empty()) {
    auto field = results::resultsField(authservId_, found);
    edit.headers.push_back({std::move(field.name),
                            mail::HeaderChange::kTop,
                            std::move(field.value)});
  }
  if (!edit.headers.empty()) draft.changeContent(std::move(edit));
  if (forged.empty()) return Verdict::pass();
  return Verdict::pass("removed " + std::to_string(forged.size()) +
                       " that bore our name");
}

}  // namespace mailreeve::milter
