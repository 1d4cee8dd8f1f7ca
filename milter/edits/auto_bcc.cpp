#include "milter/edits/auto_bcc.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/mail/address.h"

namespace mailreeve::milter {

namespace {

// RFC 3461: whatever becomes of the copy, no report goes to the author.
constexpr const char* kNever = "NOTIFY=NEVER";

// Fields in which mail servers note for whom they have handled a message. One
// that names a target says that this message is our copy, sent on by the target
// and come back. A field is easily written, and nobody may write himself out of
// a rule: it is believed only of a message that has left us before.
constexpr std::array<std::string_view, 3> kHandledFor = {
    "Delivered-To", "X-Original-To", "X-Forwarded-For"};

bool contains(const Party& party, const std::string& part) {
  const auto in = [&](std::string_view text) {
    return text.find(part) != std::string_view::npos;
  };
  return in(party.keys.full) || in(party.keys.mailbox) ||
         in(lower(party.address));
}

// Addresses in the order in which they stand, separated as senders separate.
void addKeys(const directory::Policy& policy,
             std::string_view value,
             std::set<std::string>& keys) {
  while (!value.empty()) {
    const auto end = std::min(value.find_first_of(" ,\t"), value.size());
    const auto word = value.substr(0, end);
    if (word.find('@') != std::string_view::npos)
      keys.insert(policy.mailboxKey(mail::withoutBrackets(word)));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

// Our signature or our seal holds, and nobody else can make one. Without keys
// the hop count ends a circle.
bool hasLeftUs(const directory::Policy& policy, const Authentication& found) {
  if (found.dkim)
    for (const auto& each : *found.dkim)
      if (each.outcome == dkim::Outcome::Pass &&
          policy.domainOf(each.domain) != nullptr)
        return true;
  if (found.arc && found.arc->outcome == dkim::Outcome::Pass)
    for (const auto& hop : found.arc->hops)
      if (policy.domainOf(hop.sealer) != nullptr) return true;
  return false;
}

std::set<std::string> handledFor(const Transaction& transaction,
                                 const Findings& findings,
                                 const mail::Message& message) {
  std::set<std::string> keys;
  if (transaction.outbound ||
      !hasLeftUs(transaction.policy, findings.authentication))
    return keys;
  for (const auto& header : message.headers())
    for (const auto name : kHandledFor)
      if (equalsIgnoringCase(header.name, name))
        addKeys(transaction.policy, header.text(), keys);
  return keys;
}

// Each domain that sends or receives this message, once, in this order.
std::vector<const config::Domain*> domainsOf(const Transaction& transaction) {
  std::vector<const config::Domain*> domains;
  const auto add = [&](const config::Domain* domain) {
    if (domain != nullptr &&
        std::find(domains.begin(), domains.end(), domain) == domains.end())
      domains.push_back(domain);
  };
  add(transaction.sender.domain);
  for (const auto& recipient : transaction.recipients) add(recipient.domain);
  return domains;
}

}  // namespace

AutoBcc::AutoBcc(const directory::Policy& policy) {
  for (const auto& domain : policy.settings().domains)
    for (const auto& settings : domain.autoBcc) {
      if (!settings.enabled) continue;
      Rule rule{&settings, lower(settings.contains), {}};
      for (const auto& to : settings.to) {
        const std::string address =
            to.find('@') == std::string::npos ? to + "@" + domain.name : to;
        rule.targets.push_back({address, policy.mailboxKey(address)});
      }
      byDomain_[&domain].push_back(std::move(rule));
    }
}

Result<Verdict> AutoBcc::propose(const Transaction& transaction,
                                 const Findings& findings,
                                 Draft& draft) const {
  // A null sender means a report or a notice: it belongs to whoever gets it.
  if (byDomain_.empty() || transaction.sender.keys.null())
    return Verdict::pass();
  std::vector<const Rule*> rules;
  for (const auto* domain : domainsOf(transaction))
    if (const auto found = byDomain_.find(domain); found != byDomain_.end())
      for (const auto& rule : found->second)
        if (matches(rule, *domain, transaction)) rules.push_back(&rule);
  if (rules.empty()) return Verdict::pass();

  std::set<std::string> served =
      handledFor(transaction, findings, draft.original());
  for (const auto& recipient : transaction.recipients)
    served.insert(recipient.keys.mailbox);
  std::vector<std::string> copies;
  for (const auto* rule : rules)
    for (const auto& target : rule->targets) {
      if (!served.insert(target.key).second) continue;
      draft.addRecipient(target.address, kNever);
      copies.push_back(rule->settings->name.empty()
                           ? target.address
                           : target.address + " (" + rule->settings->name +
                                 ")");
    }
  return Verdict::pass(copies.empty() ? "all targets have it already"
                                      : "copy to " + join(copies, ", "));
}

// A domain that only receives the message may look at its own recipients, not
// at whom else its author wrote to.
bool AutoBcc::matches(const Rule& rule,
                      const config::Domain& domain,
                      const Transaction& transaction) {
  switch (rule.settings->when) {
    case config::BccWhen::All:
      return true;
    case config::BccWhen::Sender:
      return contains(transaction.sender, rule.contains);
    case config::BccWhen::Recipient:
      break;
  }
  const bool sends = transaction.sender.domain == &domain;
  return std::any_of(transaction.recipients.begin(),
                     transaction.recipients.end(),
                     [&](const Party& recipient) {
                       return (sends || recipient.domain == &domain) &&
                              contains(recipient, rule.contains);
                     });
}

}  // namespace mailreeve::milter
