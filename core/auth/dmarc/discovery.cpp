#include "core/auth/dmarc/discovery.h"

#include <utility>

#include "core/dns/name.h"

namespace mailreeve::dmarc {

namespace {

// RFC 9989 section 4.10: a name of more labels is cut to seven after the first
// question, so that eight are asked at most.
constexpr std::size_t kMaxLabels = 8;

std::string stepUp(const std::string& domain, bool first) {
  std::string_view up = dns::parentOf(domain);
  while (first && dns::labelCount(up) >= kMaxLabels) up = dns::parentOf(up);
  return std::string(up);
}

// The name one label below `suffix` on the way to `domain`.
std::string childOf(const std::string& suffix, const std::string& domain) {
  std::string_view child = domain;
  while (dns::parentOf(child) != suffix) child = dns::parentOf(child);
  return std::string(child);
}

// A record without a policy that can be applied is no DMARC at all.
std::optional<Governing> governing(Record record, std::string domain) {
  if (!record.policy) return std::nullopt;
  return Governing{std::move(record), std::move(domain)};
}

}  // namespace

Discovery::Discovery(dns::Resolver& resolver,
                     dns::Deadline deadline,
                     Mode mode,
                     const PublicSuffixList& suffixes)
    : resolver_(resolver),
      deadline_(deadline),
      mode_(mode),
      suffixes_(suffixes) {}

Result<std::optional<Governing>> Discovery::policyFor(
    const std::string& domain) {
  return mode_ == Mode::PublicSuffixList ? policyByList(domain)
                                         : policyByWalk(domain);
}

Result<std::string> Discovery::organisationOf(const std::string& domain) {
  if (mode_ == Mode::PublicSuffixList) {
    auto organisation = suffixes_.registrableDomain(domain);
    return organisation.empty() ? domain : organisation;
  }
  const auto& way = walk(domain);
  if (way.error) return *way.error;
  return organisationIn(way, domain);
}

Result<Discovery::Published> Discovery::fetch(const std::string& domain) {
  if (const auto known = published_.find(domain); known != published_.end())
    return known->second;
  const std::string name = "_dmarc." + domain;
  const auto answer = resolver_.lookup(name, dns::Type::Txt, deadline_);
  if (answer.status == dns::Status::Failed)
    return Error{ErrorCode::Unavailable, name + ": " + answer.problem};
  Published published;
  for (const auto& text : answer.texts) {
    if (!isRecord(text)) continue;
    published.several = published.record.has_value();
    published.record = parseRecord(text);
    if (published.several) break;
  }
  if (published.several) published.record.reset();
  return published_[domain] = published;
}

const Discovery::Walk& Discovery::walk(const std::string& domain) {
  const auto [entry, fresh] = walks_.try_emplace(domain);
  Walk& way = entry->second;
  if (!fresh) return way;
  bool first = true;
  for (std::string at = domain; !at.empty(); at = stepUp(at, first)) {
    if (at != domain) first = false;
    const auto published = fetch(at);
    if (!published) {
      way.error = published.error();
      return way;
    }
    if (!published->record) continue;
    way.found.push_back({at, *published->record});
    const auto suffix = published->record->suffix;
    if (suffix == Suffix::No || (suffix == Suffix::Yes && at != domain)) break;
  }
  return way;
}

// RFC 9989 section 4.10.2.
std::string Discovery::organisationIn(const Walk& walk,
                                      const std::string& domain) {
  for (const auto& [at, record] : walk.found)
    if (record.suffix == Suffix::No) return at;
  if (walk.found.empty()) return domain;
  const auto& [top, record] = walk.found.back();
  if (record.suffix == Suffix::Yes && top != domain)
    return childOf(top, domain);
  return top;
}

// RFC 7489 section 6.6.3: the domain's own record, else its organisation's. Of
// several, none.
Result<std::optional<Governing>> Discovery::policyByList(
    const std::string& domain) {
  const auto own = fetch(domain);
  if (!own) return own.error();
  if (own->several) return std::optional<Governing>{};
  if (own->record) return governing(*own->record, domain);

  const std::string organisation = suffixes_.registrableDomain(domain);
  if (organisation.empty() || organisation == domain)
    return std::optional<Governing>{};
  const auto above = fetch(organisation);
  if (!above) return above.error();
  if (!above->record) return std::optional<Governing>{};
  return governing(*above->record, organisation);
}

// RFC 9989 section 4.10.1: the domain's own record, else its organisation's,
// else that of the public suffix above.
Result<std::optional<Governing>> Discovery::policyByWalk(
    const std::string& domain) {
  const auto own = fetch(domain);
  if (!own) return own.error();
  if (own->record) return governing(*own->record, domain);
  const auto& way = walk(domain);
  if (way.error) return *way.error;
  if (way.found.empty()) return std::optional<Governing>{};
  const std::string organisation = organisationIn(way, domain);
  for (const auto& [at, record] : way.found)
    if (at == organisation) return governing(record, at);
  return governing(way.found.back().record, way.found.back().domain);
}

}  // namespace mailreeve::dmarc
