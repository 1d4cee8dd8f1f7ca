#include "core/auth/arc/verify.h"

#include <algorithm>
#include <utility>

#include "core/auth/arc/chain.h"
#include "core/auth/arc/seal_data.h"
#include "core/auth/tag_list.h"
#include "core/mail/header_block.h"

namespace mailreeve::arc {

namespace {

using dkim::Outcome;

Finding failed(std::string problem) {
  return {.outcome = Outcome::Fail, .problem = std::move(problem)};
}

// What `judgement`, of a signature that had to pass, makes of the chain.
Finding failedBy(const dkim::Judgement& judgement,
                 const std::string& what,
                 std::size_t number) {
  return {.outcome = judgement.outcome == Outcome::TempError
                         ? Outcome::TempError
                         : Outcome::Fail,
          .problem =
              what + " " + std::to_string(number) + ": " + judgement.problem};
}

Hop hopOf(const Set& set) {
  const auto value = set.results.substr(set.results.find(':') + 1);
  return {set.sealSignature.domain,
          mail::unfold(value.substr(value.find(';') + 1))};
}

// Step 3 of section 5.2: the first set says none, all others pass.
bool saysRight(const std::vector<Set>& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (chain[i].sealSignature.chain != (i == 0 ? "none" : "pass"))
      return false;
  return true;
}

Finding judge(const std::vector<Set>& chain, dkim::Verification& verification) {
  if (!saysRight(chain)) return failed("a seal says that the chain was broken");
  verification.wantKey(chain.back().messageSignature);
  for (const auto& set : chain) verification.wantKey(set.sealSignature);

  const auto last = verification.judgeMessage(chain.back().messageSignature,
                                              chain.back().message);
  if (last.outcome != Outcome::Pass)
    return failedBy(last, "ARC-Message-Signature", chain.size());

  const auto& fields = chain.back().messageSignature.signedFields;
  Finding finding{
      .outcome = Outcome::Pass,
      .authorSigned =
          std::find(fields.begin(), fields.end(), "from") != fields.end()};
  SealData data;
  for (const auto& set : chain) {
    const auto seal = verification.judgeData(
        set.sealSignature,
        data.upTo(set.results, set.message, auth::withoutSignature(set.seal)));
    if (seal.outcome != Outcome::Pass)
      return failedBy(seal, "ARC-Seal", set.sealSignature.instance);
    data.add(set.results, set.message, set.seal);
    finding.hops.push_back(hopOf(set));
  }
  return finding;
}

}  // namespace

Verifier::Verifier(dns::Resolver& resolver,
                   const Clock& clock,
                   dkim::Settings settings)
    : clock_(&clock),
      settings_(settings),
      keys_(std::make_unique<dkim::Keys>(resolver)) {}

Finding Verifier::verify(const auth::MessageView& message,
                         dns::Deadline deadline) const {
  const auto chain = readChain(message);
  if (!chain) return failed(chain.error().what);
  if (chain->empty()) return {};
  dkim::Verification verification(
      *keys_, settings_, clock_->now(), deadline, message);
  return judge(*chain, verification);
}

}  // namespace mailreeve::arc
