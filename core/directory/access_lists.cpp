#include "core/directory/access_lists.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/config/settings.h"

namespace mailreeve::directory {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

}  // namespace

ListCriterion criterionOf(const config::ListEntry& entry) {
  if (!entry.ip.empty()) return ListCriterion::Ip;
  if (!entry.network.empty()) return ListCriterion::Network;
  if (!entry.sender.empty()) return ListCriterion::Sender;
  if (!entry.recipient.empty()) return ListCriterion::Recipient;
  return ListCriterion::Domain;
}

std::optional<TimePoint> expiryOf(const std::string& day) {
  const auto parts = split(day, '-');
  if (parts.size() != 3) return std::nullopt;
  const auto number = [&parts](std::size_t part) {
    return static_cast<int>(parseNumber(parts[part]).value_or(0));
  };
  std::tm local{};
  local.tm_year = number(0) - 1900;
  local.tm_mon = number(1) - 1;
  local.tm_mday = number(2) + 1;
  local.tm_isdst = -1;
  const std::time_t end = std::mktime(&local);
  return end < kLastSecond ? fromSeconds(end) : TimePoint::max();
}

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

AccessLists::AccessLists(PolicyPtr policy)
    : policy_(std::move(policy)), index_(build(*policy_, TimePoint::min())) {}

std::shared_ptr<const AccessLists::Index> AccessLists::build(
    const Policy& policy, TimePoint at) {
  auto index = std::make_shared<Index>();
  const config::Lists& lists = policy.settings().lists;
  build(index->allow, lists.allow, policy, at, index->until);
  build(index->block, lists.block, policy, at, index->until);
  return index;
}

void AccessLists::build(List& list,
                        const std::vector<config::ListEntry>& entries,
                        const Policy& policy,
                        TimePoint at,
                        TimePoint& until) {
  list.entries = &entries;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].enabled) continue;
    const auto expiry = expiryOf(entries[i].expires);
    if (expiry && *expiry <= at) continue;
    if (expiry) until = std::min(until, *expiry);
    add(list, i, policy);
  }
  list.clients.finish();
  list.senders.finish();
  list.recipients.finish();
}

std::shared_ptr<const AccessLists::Index> AccessLists::indexAt(
    TimePoint at) const {
  auto index = index_.get();
  if (at < index->until) return index;
  const std::lock_guard lock(rebuilding_);
  index = index_.get();
  if (at < index->until) return index;  // Another thread has done it.
  index_.publish(build(*policy_, at));
  return index_.get();
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
                                 bool outbound,
                                 TimePoint at) const {
  ListSubject subject{parseIp(clientIp),
                      addressKeys(*policy_, sender),
                      addressKeys(*policy_, recipient),
                      false,
                      at};
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

SkipSet AccessLists::skipsOf(const config::ListEntry& entry) const {
  return skips(criterionOf(entry), policy_->settings().lists.compat);
}

// The first entry noted is the one that is named; what they skip adds up.
void AccessLists::note(ListDecision& decision,
                       const List& list,
                       std::uint32_t position) const {
  if (position == kNone) return;
  const config::ListEntry& entry = (*list.entries)[position];
  decision.skips = decision.skips | skipsOf(entry);
  if (decision.entry != nullptr) return;
  decision.entry = &entry;
  decision.verdict = ListVerdict::Allow;
  decision.criterion = criterionOf(entry);
}

ListDecision AccessLists::allows(const ListSubject& subject) const {
  const auto index = indexAt(subject.at);
  const List& list = index->allow;
  ListDecision decision;
  note(decision, list, findClient(list, subject));
  if (const auto found = list.senders.find(subject.sender); found != kNone) {
    const config::ListEntry& entry = (*list.entries)[found];
    if (entry.proof != config::ListProof::None)
      decision.unproven = &entry;
    else if (subject.forgeable)
      decision.ignored = &entry;
    else
      note(decision, list, found);
  }
  if (!subject.recipient.null())
    note(decision, list, list.recipients.find(subject.recipient));
  return decision;
}

ListDecision AccessLists::blocks(const ListSubject& subject) const {
  const auto index = indexAt(subject.at);
  const List& list = index->block;
  auto found = findClient(list, subject);
  if (found == kNone) found = list.senders.find(subject.sender);
  if (found == kNone && !subject.recipient.null())
    found = list.recipients.find(subject.recipient);
  ListDecision decision;
  if (found == kNone) return decision;
  decision.entry = &(*list.entries)[found];
  decision.criterion = criterionOf(*decision.entry);
  decision.verdict = decision.entry->action == config::ListAction::Discard
                         ? ListVerdict::Discard
                         : ListVerdict::Reject;
  return decision;
}

ListDecision AccessLists::decide(std::string_view clientIp,
                                 std::string_view sender,
                                 std::string_view recipient,
                                 bool outbound,
                                 TimePoint at) const {
  const ListSubject who = subject(clientIp, sender, recipient, outbound, at);
  const ListDecision allowed = allows(who);
  const bool allowWins =
      policy_->settings().lists.compat == config::ListCompat::MailPlus;
  if (allowWins && allowed.verdict != ListVerdict::None) return allowed;
  ListDecision blocked = blocks(who);
  if (blocked.verdict == ListVerdict::None) return allowed;
  blocked.ignored = allowed.ignored;
  blocked.unproven = allowed.unproven;
  return blocked;
}

}  // namespace mailreeve::directory
