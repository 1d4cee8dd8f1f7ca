#include "core/auth/dmarc/verify.h"

#include <algorithm>
#include <utility>

#include "core/auth/dmarc/author.h"
#include "core/dns/name.h"

namespace mailreeve::dmarc {

namespace {

// Of one message: more identifiers than this are not walked up for.
constexpr std::size_t kMaxIdentifiers = 10;

// A domain that SPF or DKIM has proven, or would have if the DNS had answered.
struct Identifier {
  std::string method;
  std::string domain;
  bool strict = false;
  bool proven = false;
};

std::vector<Identifier> identifiersOf(const spf::Finding& spf,
                                      const std::vector<dkim::Finding>& dkim,
                                      const Record& record) {
  std::vector<Identifier> out;
  const auto add = [&out](std::string method,
                          const std::string& domain,
                          bool strict,
                          bool proven) {
    if (out.size() < kMaxIdentifiers && !domain.empty())
      out.push_back({std::move(method), dns::nameKey(domain), strict, proven});
  };
  if (spf.outcome == spf::Outcome::Pass ||
      spf.outcome == spf::Outcome::TempError)
    add("spf", spf.domain, record.strictSpf, spf.outcome == spf::Outcome::Pass);
  for (const auto& finding : dkim)
    if (finding.outcome == dkim::Outcome::Pass ||
        finding.outcome == dkim::Outcome::TempError)
      add("dkim",
          finding.domain,
          record.strictDkim,
          finding.outcome == dkim::Outcome::Pass);
  // What is proven first: then nobody asks about the rest.
  std::stable_partition(
      out.begin(), out.end(), [](const Identifier& one) { return one.proven; });
  return out;
}

Policy milder(Policy policy) {
  return policy == Policy::Reject ? Policy::Quarantine : Policy::None;
}

// One message, whose author domain is known.
class Evaluation {
 public:
  Evaluation(dns::Resolver& resolver,
             dns::Deadline deadline,
             Mode mode,
             const PublicSuffixList& suffixes,
             std::string author)
      : resolver_(resolver),
        deadline_(deadline),
        mode_(mode),
        discovery_(resolver, deadline, mode, suffixes) {
    finding_.authorDomain = std::move(author);
  }

  Finding run(const spf::Finding& spf,
              const std::vector<dkim::Finding>& dkim,
              unsigned sample) && {
    auto governing = discovery_.policyFor(finding_.authorDomain);
    if (!governing) return tempError(governing.error().what);
    if (!*governing) return std::move(finding_);
    finding_.record = std::move((*governing)->record);
    finding_.policyDomain = std::move((*governing)->domain);

    align(identifiersOf(spf, dkim, *finding_.record));
    if (auto name = discovery_.organisationOf(finding_.authorDomain))
      finding_.organisation = *std::move(name);
    const auto published = publishedPolicy();
    if (published) finding_.published = *published;
    if (finding_.outcome != Outcome::Fail) return std::move(finding_);
    if (!published) return tempError(published.error().what);
    soften(sample);
    return std::move(finding_);
  }

 private:
  Finding tempError(std::string problem) {
    finding_.outcome = Outcome::TempError;
    finding_.problem = std::move(problem);
    return std::move(finding_);
  }

  // p= for the domain of the record, else np= or sp=.
  Result<Policy> publishedPolicy() {
    const Record& record = *finding_.record;
    const Policy own = record.policy.value_or(Policy::None);
    if (finding_.policyDomain == finding_.authorDomain) return own;
    const Policy below = record.subdomains.value_or(own);
    if (!record.nonexistent) return below;
    // Any type will do: what matters is whether the name is there.
    const auto answer =
        resolver_.lookup(finding_.authorDomain, dns::Type::A, deadline_);
    if (answer.status == dns::Status::Failed)
      return Error{ErrorCode::Unavailable,
                   finding_.authorDomain + ": " + answer.problem};
    return answer.status == dns::Status::NoDomain ? *record.nonexistent : below;
  }

  void align(const std::vector<Identifier>& identifiers) {
    finding_.outcome = Outcome::Fail;
    for (const auto& one : identifiers) {
      bool& proof =
          one.method == "spf" ? finding_.spfAligned : finding_.dkimAligned;
      const bool passes = finding_.outcome == Outcome::Pass;
      if (proof || (passes && !one.proven)) continue;
      const auto aligned = isAligned(one);
      if (aligned && *aligned && one.proven) {
        proof = true;
        if (!passes) pass(one);
      } else if (!passes && (!aligned || *aligned)) {
        // It could have been: another identifier may still decide.
        finding_.outcome = Outcome::TempError;
        finding_.problem =
            aligned ? one.method + " of " + one.domain + " could not be checked"
                    : aligned.error().what;
      }
    }
  }

  void pass(const Identifier& by) {
    finding_.outcome = Outcome::Pass;
    finding_.alignedBy = by.method + "=" + by.domain;
    finding_.problem.clear();
  }

  Result<bool> isAligned(const Identifier& one) {
    const auto& author = finding_.authorDomain;
    if (one.domain == author) return true;
    if (one.strict) return false;
    const auto organisation = discovery_.organisationOf(author);
    if (!organisation) {
      // Only a relative of the author could have been aligned.
      if (!related(one.domain, author)) return false;
      return organisation.error();
    }
    if (!dns::isSameOrBelow(one.domain, *organisation)) return false;
    const auto other = discovery_.organisationOf(one.domain);
    if (!other) return other.error();
    return *other == *organisation;
  }

  static bool related(std::string_view a, std::string_view b) {
    const auto top = [](std::string_view name) {
      return name.substr(name.rfind('.') + 1);
    };
    return top(a) == top(b);
  }

  // RFC 7489 section 6.6.4: a message left out by pct= gets the next milder
  // policy. RFC 9989 has t=y instead, for all messages.
  void soften(unsigned sample) {
    const Record& record = *finding_.record;
    const bool soft = mode_ == Mode::TreeWalk ? record.testing
                                              : sample % 100 >= record.percent;
    finding_.applied = soft ? milder(finding_.published) : finding_.published;
    finding_.softened = finding_.applied != finding_.published;
  }

  dns::Resolver& resolver_;
  dns::Deadline deadline_;
  Mode mode_;
  Discovery discovery_;
  Finding finding_;
};

}  // namespace

std::string_view describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::None:
      return "none";
    case Outcome::Pass:
      return "pass";
    case Outcome::Fail:
      return "fail";
    case Outcome::TempError:
      return "temperror";
    case Outcome::PermError:
      break;
  }
  return "permerror";
}

Verifier::Verifier(dns::Resolver& resolver,
                   PublicSuffixList suffixes,
                   Mode mode)
    : resolver_(&resolver), suffixes_(std::move(suffixes)), mode_(mode) {}

Finding Verifier::verify(const auth::MessageView& message,
                         const spf::Finding& spf,
                         const std::vector<dkim::Finding>& dkim,
                         unsigned sample,
                         dns::Deadline deadline) const {
  auto author = authorDomain(message);
  if (!author)
    return {.outcome = Outcome::PermError, .problem = author.error().what};
  return Evaluation(*resolver_, deadline, mode_, suffixes_, *std::move(author))
      .run(spf, dkim, sample);
}

}  // namespace mailreeve::dmarc
