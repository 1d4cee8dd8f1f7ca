#include "core/directory/access_lists.h"

#include <cstring>
#include <utility>

#include "core/base/text.h"
#include "core/config/settings.h"

namespace mailreeve::directory {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

ListCriterion criterionOf(const config::ListEntry& entry) {
  if (!entry.ip.empty()) return ListCriterion::Ip;
  if (!entry.network.empty()) return ListCriterion::Network;
  if (!entry.sender.empty()) return ListCriterion::Sender;
  if (!entry.recipient.empty()) return ListCriterion::Recipient;
  return ListCriterion::Domain;
}

ListDecision decision(const config::ListEntry& entry, ListVerdict verdict) {
  return {verdict, &entry, criterionOf(entry), nullptr};
}

}  // namespace

std::string_view name(ListCriterion criterion) {
  switch (criterion) {
    case ListCriterion::Ip:
      return "ip";
    case ListCriterion::Network:
      return "network";
    case ListCriterion::Sender:
      return "sender";
    case ListCriterion::Recipient:
      return "recipient";
    case ListCriterion::Domain:
      break;
  }
  return "domain";
}

std::string describe(const ListDecision& decision) {
  return "entry \"" + decision.entry->name + "\" (" +
         std::string(name(decision.criterion)) + ")";
}

std::size_t AccessLists::IpHash::operator()(const Ip& ip) const {
  // Clients choose their IPv6 addresses, but not which addresses are listed.
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, ip.bytes.data(), sizeof high);
  std::memcpy(&low, ip.bytes.data() + sizeof high, sizeof low);
  std::uint64_t hash = (high ^ (low * 0x9e3779b97f4a7c15U));
  hash = (hash ^ (hash >> 32U)) * 0xff51afd7ed558ccdU;
  return hash ^ (hash >> 32U);
}

AccessLists::AccessLists(PolicyPtr policy) : policy_(std::move(policy)) {
  const config::Lists& lists = policy_->settings().lists;
  build(allow_, lists.allow, *policy_);
  build(block_, lists.block, *policy_);
}

void AccessLists::build(List& list,
                        const std::vector<config::ListEntry>& entries,
                        const Policy& policy) {
  list.entries = &entries;
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    if (entries[i].enabled) add(list, i, policy);
  list.clients.finish();
  list.senders.finish();
  list.recipients.finish();
}

// What is no address or network was refused when the settings were read; it
// fits nothing here.
void AccessLists::add(List& list,
                      std::uint32_t position,
                      const Policy& policy) {
  const config::ListEntry& entry = (*list.entries)[position];
  switch (criterionOf(entry)) {
    case ListCriterion::Ip:
      if (const auto ip = parseIp(entry.ip)) list.clients.add(*ip, position);
      break;
    case ListCriterion::Network:
      if (const auto network = parseNetwork(entry.network))
        list.networks.add(*network, position);
      break;
    case ListCriterion::Sender:
      list.senders.add(patternKey(policy, entry.sender), position);
      break;
    case ListCriterion::Recipient:
      list.recipients.add(patternKey(policy, entry.recipient), position);
      break;
    case ListCriterion::Domain:
      if (!entry.domain.empty())
        list.senders.add(patternKey(policy, "*@" + entry.domain), position);
      break;
  }
}

ListSubject AccessLists::subject(std::string_view clientIp,
                                 std::string_view sender,
                                 std::string_view recipient,
                                 bool outbound) const {
  ListSubject subject{parseIp(clientIp),
                      addressKeys(*policy_, sender),
                      addressKeys(*policy_, recipient),
                      false};
  subject.forgeable =
      !outbound && policy_->domainOf(subject.sender.domain()) != nullptr;
  return subject;
}

std::uint32_t AccessLists::findClient(const List& list,
                                      const ListSubject& subject) {
  if (!subject.client) return kNone;
  const auto* exact = list.clients.find(*subject.client);
  return exact != nullptr ? *exact : list.networks.find(*subject.client);
}

std::uint32_t AccessLists::find(const List& list,
                                const ListSubject& subject,
                                bool askSender) {
  auto found = findClient(list, subject);
  if (found == kNone && askSender) found = list.senders.find(subject.sender);
  if (found == kNone && !subject.recipient.null())
    found = list.recipients.find(subject.recipient);
  return found;
}

ListDecision AccessLists::allows(const ListSubject& subject) const {
  const auto& entries = *allow_.entries;
  const auto found = find(allow_, subject, !subject.forgeable);
  if (found != kNone) return decision(entries[found], ListVerdict::Allow);
  ListDecision none;
  if (subject.forgeable)
    if (const auto passedOver = allow_.senders.find(subject.sender);
        passedOver != kNone)
      none.ignored = &entries[passedOver];
  return none;
}

ListDecision AccessLists::blocks(const ListSubject& subject) const {
  const auto found = find(block_, subject, true);
  if (found == kNone) return {};
  const config::ListEntry& entry = (*block_.entries)[found];
  return decision(entry,
                  entry.action == config::ListAction::Discard
                      ? ListVerdict::Discard
                      : ListVerdict::Reject);
}

ListDecision AccessLists::decide(std::string_view clientIp,
                                 std::string_view sender,
                                 std::string_view recipient,
                                 bool outbound) const {
  const ListSubject who = subject(clientIp, sender, recipient, outbound);
  const ListDecision allowed = allows(who);
  if (allowed.verdict != ListVerdict::None) return allowed;
  ListDecision blocked = blocks(who);
  blocked.ignored = allowed.ignored;
  return blocked;
}

}  // namespace mailreeve::directory
