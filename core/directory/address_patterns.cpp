#include "core/directory/address_patterns.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"

namespace mailreeve::directory {

namespace {

constexpr auto kNowhere = std::string_view::npos;

bool hasStar(std::string_view text) {
  return text.find('*') != kNowhere;
}

std::string backwards(std::string_view text) {
  return {text.rbegin(), text.rend()};
}

std::string_view domainOfKey(std::string_view address) {
  const auto at = address.rfind('@');
  return at == kNowhere ? std::string_view{} : address.substr(at + 1);
}

std::string mainDomainKey(const Policy& policy, std::string_view domain) {
  const config::Domain* ours = policy.domainOf(domain);
  const auto key = mail::domainKey(ours != nullptr ? ours->name : domain);
  return key ? *key : lower(domain);
}

// The domain part of a pattern: a name, `*.name`, or something wilder.
std::string domainPatternKey(const Policy& policy, std::string_view domain) {
  if (!hasStar(domain)) return mainDomainKey(policy, domain);
  if (!domain.starts_with("*.") || hasStar(domain.substr(2)))
    return lower(domain);
  const auto key = mail::domainKey(domain.substr(2));
  return key ? "*." + *key : lower(domain);
}

}  // namespace

std::string_view AddressKeys::domain() const {
  return domainOfKey(mailbox);
}

AddressKeys addressKeys(const Policy& policy, std::string_view address) {
  AddressKeys keys;
  if (mail::withoutBrackets(trim(address)).empty()) return keys;
  keys.mailbox = policy.mailboxKey(address);
  if (address.find('+') == kNowhere) {
    keys.full = keys.mailbox;
    return keys;
  }
  const std::string whole = mail::addressKey(address, "");
  const auto at = whole.rfind('@');
  keys.full = at == kNowhere
                  ? whole
                  : whole.substr(0, at + 1) + std::string(keys.domain());
  return keys;
}

std::string patternKey(const Policy& policy, std::string_view pattern) {
  pattern = mail::withoutBrackets(trim(pattern));
  if (!hasStar(pattern)) return addressKeys(policy, pattern).full;
  const auto at = pattern.rfind('@');
  if (at == kNowhere)
    return pattern.starts_with("*.") ? domainPatternKey(policy, pattern)
                                     : lower(pattern);
  return lower(pattern.substr(0, at + 1)) +
         domainPatternKey(policy, pattern.substr(at + 1));
}

void AddressPatterns::add(const std::string& pattern, std::uint32_t value) {
  const std::string_view text = pattern;
  if (!hasStar(text)) {
    exact_.add(pattern, value);
    return;
  }
  const auto star = text.find('*');
  const bool oneStar = star == text.rfind('*');
  const auto at = text.rfind('@');
  if (text.starts_with("*@*.") && !hasStar(text.substr(4))) {
    parentDomains_.add(pattern.substr(4), value);
  } else if (oneStar && text.starts_with("*.") && at == kNowhere) {
    parentDomains_.add(pattern.substr(2), value);
  } else if (oneStar && at != kNowhere && star + 1 == at) {
    addInDomain(text.substr(0, star), text.substr(at + 1), value);
  } else if (oneStar && star + 1 == text.size()) {
    starts_.add(pattern.substr(0, star), value);
  } else if (oneStar && star == 0) {
    ends_.add(backwards(text.substr(1)), value);
  } else {
    general_.push_back({pattern, value});
  }
}

void AddressPatterns::addInDomain(std::string_view start,
                                  std::string_view domain,
                                  std::uint32_t value) {
  if (start.empty())
    domains_.add(std::string(domain), value);
  else
    startsInDomain_.add(std::string(domain)).add(std::string(start), value);
}

void AddressPatterns::finish() {
  exact_.finish();
  domains_.finish();
  for (auto& [domain, starts] : startsInDomain_) starts.finish();
  startsInDomain_.finish();
  parentDomains_.finish();
  starts_.finish();
  ends_.finish();
}

std::uint32_t AddressPatterns::find(const AddressKeys& address) const {
  const bool extended = address.full != address.mailbox;
  if (const auto* found = exact_.find(address.full)) return *found;
  if (address.null()) return kNone;
  if (extended)
    if (const auto* found = exact_.find(address.mailbox)) return *found;

  // With its extension an address fits whatever it fits without, as far as the
  // start counts.
  auto found = findInDomain(address.full);
  if (found == kNone) found = findParent(address.domain());
  if (found == kNone) found = findWildcard(address.full);
  if (found == kNone && extended) found = findWildcard(address.mailbox);
  return found;
}

std::uint32_t AddressPatterns::findInDomain(std::string_view address) const {
  const auto domain = domainOfKey(address);
  if (const auto* starts = startsInDomain_.find(domain)) {
    const auto local = address.substr(0, address.size() - domain.size() - 1);
    if (const auto found = starts->find(local); found != kNone) return found;
  }
  const auto* found = domains_.find(domain);
  return found == nullptr ? kNone : *found;
}

std::uint32_t AddressPatterns::findParent(std::string_view domain) const {
  if (parentDomains_.empty()) return kNone;
  for (auto dot = domain.find('.'); dot != kNowhere; dot = domain.find('.')) {
    domain.remove_prefix(dot + 1);
    if (const auto* found = parentDomains_.find(domain)) return *found;
  }
  return kNone;
}

std::uint32_t AddressPatterns::findWildcard(std::string_view address) const {
  if (const auto found = starts_.find(address); found != kNone) return found;
  if (!ends_.empty())
    if (const auto found = ends_.find(backwards(address)); found != kNone)
      return found;
  const auto fits = std::find_if(
      general_.begin(), general_.end(), [address](const General& general) {
        return matchesWildcard(general.pattern, address);
      });
  return fits == general_.end() ? kNone : fits->value;
}

}  // namespace mailreeve::directory
