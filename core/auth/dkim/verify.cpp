#include "core/auth/dkim/verify.h"

#include <utility>

#include "core/auth/dkim/signature.h"
#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

struct Candidate {
  std::string_view raw;
  Signature signature;
  Result<Done> readable;
};

std::vector<Candidate> readSignatures(const auth::MessageView& message,
                                      std::size_t limit) {
  std::vector<Candidate> out;
  for (const auto& field : message.fields) {
    if (!equalsIgnoringCase(field.name, "DKIM-Signature")) continue;
    if (out.size() == limit) break;
    Signature signature;
    auto readable =
        readSignature(field.value(), SignatureKind::Dkim, signature);
    out.push_back({field.raw, std::move(signature), std::move(readable)});
  }
  return out;
}

Finding report(const Candidate& candidate, Judgement judgement) {
  const auto& signature = candidate.signature;
  return {
      .outcome = judgement.outcome,
      .problem = std::move(judgement.problem),
      .domain = signature.domain,
      .selector = signature.selector,
      .identityDomain = signature.identityDomain,
      .algorithm = candidate.readable
                       ? std::string(describe(signature.algorithm))
                       : std::string(),
      .signatureHead = signature.head,
      .keyBits = judgement.keyBits,
      .testing = judgement.testing,
  };
}

}  // namespace

Verifier::Verifier(dns::Resolver& resolver,
                   const Clock& clock,
                   Settings settings)
    : clock_(&clock),
      settings_(settings),
      keys_(std::make_unique<Keys>(resolver)) {}

std::vector<Finding> Verifier::verify(const auth::MessageView& message,
                                      dns::Deadline deadline) const {
  const auto candidates = readSignatures(message, settings_.maxSignatures);
  Verification verification(
      *keys_, settings_, clock_->now(), deadline, message);
  for (const auto& candidate : candidates)
    if (candidate.readable) verification.wantKey(candidate.signature);

  std::vector<Finding> findings;
  for (const auto& candidate : candidates)
    findings.push_back(report(
        candidate,
        candidate.readable
            ? verification.judgeMessage(candidate.signature, candidate.raw)
            : Judgement{.problem = candidate.readable.error().what}));
  return findings;
}

}  // namespace mailreeve::dkim
