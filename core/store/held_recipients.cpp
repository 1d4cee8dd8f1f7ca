#include "core/store/held_recipients.h"

#include <deque>
#include <set>
#include <utility>

#include "core/mail/address.h"

namespace mailreeve::store {

namespace {

// Settings refuse aliases in a circle; what is asked here is a database.
constexpr std::size_t kMost = 10'000;

// In the main domain, where no additional domain is mapped any more; the
// extension stays.
std::string deliverable(const std::string& address, const std::string& key) {
  const auto parsed = mail::parseAddress(address);
  const auto sign = key.rfind('@');
  if (!parsed || sign == std::string::npos) return address;
  return mail::Address{parsed->local, key.substr(sign + 1)}.text();
}

}  // namespace

Result<std::vector<HeldRecipient>> resolveRecipients(
    const std::vector<std::string>& recipients,
    const directory::Policy& policy,
    Accounts& accounts) {
  std::vector<HeldRecipient> out;
  std::set<std::string> seen;
  std::deque<std::pair<std::string, std::string>> open;  // Address, original.
  for (const auto& one : recipients) open.emplace_back(one, one);
  for (; !open.empty() && seen.size() < kMost; open.pop_front()) {
    const auto [address, original] = open.front();
    const bool ours = policy.domainOfAddress(address) != nullptr;
    const auto key =
        ours ? policy.mailboxKey(address) : mail::addressKey(address, "");
    if (!seen.insert(key).second) continue;
    std::vector<std::string> targets;
    if (ours) {
      auto found = accounts.aliasTargets(key);
      if (!found) return std::move(found).error();
      targets = *std::move(found);
    }
    for (const auto& target : targets) open.emplace_back(target, original);
    if (!targets.empty()) continue;
    HeldRecipient recipient;
    recipient.address = ours ? deliverable(address, key) : address;
    recipient.mailbox = key;
    recipient.original = original;
    out.push_back(std::move(recipient));
  }
  return out;
}

}  // namespace mailreeve::store
