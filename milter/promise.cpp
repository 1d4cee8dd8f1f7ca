#include "milter/promise.h"

#include <algorithm>
#include <string_view>

#include "core/config/settings.h"

namespace mailreeve::milter {

namespace {

using config::ListProof;

// The domain itself, or one above or below: RFC 7489's relaxed alignment
// without the public suffixes, which nobody can sign for.
bool aligned(std::string_view a, std::string_view b) {
  const auto below = [](std::string_view low, std::string_view high) {
    return low.size() > high.size() && low.ends_with(high) &&
           low[low.size() - high.size() - 1] == '.';
  };
  return !a.empty() && !b.empty() && (a == b || below(a, b) || below(b, a));
}

bool hasSignature(const std::vector<dkim::Finding>& signatures,
                  dkim::Outcome outcome,
                  std::string_view domain) {
  return std::any_of(
      signatures.begin(), signatures.end(), [&](const auto& signature) {
        return signature.outcome == outcome &&
               aligned(signature.domain, domain);
      });
}

bool isProven(ListProof proof,
              const Authentication& found,
              std::string_view domain) {
  switch (proof) {
    case ListProof::Spf:
      return found.spf && found.spf->outcome == spf::Outcome::Pass &&
             !found.spf->heloJudged;
    case ListProof::Dkim:
      return found.dkim &&
             hasSignature(*found.dkim, dkim::Outcome::Pass, domain);
    case ListProof::Dmarc:
      return found.dmarc && found.dmarc->outcome == dmarc::Outcome::Pass &&
             aligned(found.dmarc->authorDomain, domain);
    case ListProof::None:
      break;
  }
  return false;
}

// Whether the DNS alone kept it from being proven. SPF answers for itself.
bool mayBeProven(ListProof proof,
                 const Authentication& found,
                 std::string_view domain) {
  if (proof == ListProof::Dmarc)
    return found.dmarc && found.dmarc->outcome == dmarc::Outcome::TempError &&
           aligned(found.dmarc->authorDomain, domain);
  return proof == ListProof::Dkim && found.dkim &&
         hasSignature(*found.dkim, dkim::Outcome::TempError, domain);
}

}  // namespace

bool isPromised(const Findings& findings, ListProof proof) {
  return findings.promise.entry != nullptr &&
         findings.promise.entry->proof == proof;
}

bool mayBeSparedSpf(const Findings& findings) {
  return (isPromised(findings, ListProof::Dkim) ||
          isPromised(findings, ListProof::Dmarc)) &&
         findings.promise.skips.has(Skip::Spf);
}

std::string keepPromise(ListProof proof,
                        const Transaction& transaction,
                        Findings& findings) {
  if (!isPromised(findings, proof)) return {};
  const Promise promise = findings.promise;
  findings.promise = {};
  std::string saw = "; entry \"" + promise.entry->name + "\"";
  const auto& found = findings.authentication;
  const auto domain = transaction.sender.keys.domain();
  if (!isProven(proof, found, domain)) {
    if (!mayBeProven(proof, found, domain)) return saw + " is not proven";
    findings.openProof = promise.skips;
    return saw + " cannot be proven at the moment";
  }
  findings.exempt.add(promise.skips);
  // By SPF policyd has proven and counted it.
  if (proof != ListProof::Spf) findings.proven = promise.entry;
  return saw + " is proven and spares " + text(promise.skips);
}

bool asksMessageForProof(const config::Settings& settings) {
  const auto& allow = settings.lists.allow;
  return std::any_of(allow.begin(), allow.end(), [](const auto& entry) {
    return entry.enabled &&
           (entry.proof == ListProof::Dkim || entry.proof == ListProof::Dmarc);
  });
}

}  // namespace mailreeve::milter
