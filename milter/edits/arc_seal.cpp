#include "milter/edits/arc_seal.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/dns/name.h"
#include "core/mail/address.h"
#include "milter/authentication.h"

namespace mailreeve::milter {

namespace {

constexpr std::string_view kResults = "Authentication-Results";

// The aliases, by mailbox key, from which mail goes on to an address that is
// not ours; through other aliases, too.
std::unordered_set<std::string> outwardAliases(
    const directory::Policy& policy) {
  std::unordered_map<std::string, std::vector<std::string>> reachedFrom;
  std::vector<std::string> open;
  for (const auto& domain : policy.settings().domains)
    for (const auto& alias : domain.aliases) {
      const std::string from =
          policy.mailboxKey(alias.name + "@" + domain.name);
      for (const auto& to : alias.to) {
        const std::string target =
            to.find('@') == std::string::npos ? to + "@" + domain.name : to;
        if (policy.domainOfAddress(target) == nullptr)
          open.push_back(from);
        else
          reachedFrom[policy.mailboxKey(target)].push_back(from);
      }
    }
  std::unordered_set<std::string> outward;
  while (!open.empty()) {
    const std::string alias = std::move(open.back());
    open.pop_back();
    if (!outward.insert(alias).second) continue;
    const auto found = reachedFrom.find(alias);
    if (found != reachedFrom.end())
      open.insert(open.end(), found->second.begin(), found->second.end());
  }
  return outward;
}

// Whether a signature of the sender's could cover a field. Our own results, and
// fields that nobody signs, are not counted.
bool isCovered(std::string_view field) {
  return !equalsIgnoringCase(field, kResults) &&
         !startsWithIgnoringCase(field, "X-");
}

// Whether what is covered may be changed: without composing the message, which
// gets our results in any case.
bool touchesCovered(const mail::MessageEdit& edit) {
  return edit.body || std::any_of(edit.headers.begin(),
                                  edit.headers.end(),
                                  [](const mail::HeaderChange& change) {
                                    return isCovered(change.name);
                                  });
}

std::vector<const mail::Header*> covered(const mail::Message& message) {
  std::vector<const mail::Header*> out;
  for (const auto& header : message.headers())
    if (isCovered(header.name)) out.push_back(&header);
  return out;
}

bool isChanged(const mail::Message& before, const mail::Message& after) {
  const auto was = covered(before);
  const auto is = covered(after);
  return before.body() != after.body() ||
         !std::equal(was.begin(),
                     was.end(),
                     is.begin(),
                     is.end(),
                     [](const mail::Header* a, const mail::Header* b) {
                       return a->name == b->name && a->value == b->value;
                     });
}

// SPF cannot be asked again about what is passed on: DMARC may have passed by
// it, so that it has failed cannot be said.
std::vector<results::MethodResult> resultsFor(const Transaction& transaction,
                                              const Authentication& found) {
  auto results = methodResults(found);
  if (transaction.handling == Handling::Sealed)
    std::erase_if(results, [](const results::MethodResult& each) {
      return each.method == "dmarc" && each.result != "pass";
    });
  return results;
}

// Why the sealer had nothing to say (RFC 8617 sections 5.1 and 5.1.2).
std::string whyNot(const arc::Finding& found) {
  if (found.outcome == dkim::Outcome::Pass) return "the chain is full";
  if (found.outcome == dkim::Outcome::TempError)
    return "the chain before us could not be checked";
  return "the chain broke before us";
}

}  // namespace

ArcSeal::ArcSeal(const directory::Policy& policy,
                 std::shared_ptr<const KeyRing> keys,
                 const Clock& clock)
    : policy_(policy),
      keys_(std::move(keys)),
      sealing_(!keys_->empty() &&
               policy.settings().dkim.arc != config::ArcSealing::Never),
      sealer_(clock),
      outward_(outwardAliases(policy)) {
  if (auto key = mail::domainKey(policy.settings().server.hostname))
    hostname_ = *key;
}

Result<Verdict> ArcSeal::propose(const Transaction& transaction,
                                 const Findings& findings,
                                 Draft& draft) const {
  const auto& found = findings.authentication;
  if (!sealing_ || transaction.outbound || transaction.fromSigningNetwork ||
      !found.arc)
    return Verdict::pass();
  const auto why = whySeal(transaction, draft);
  if (!why) return why.error();
  if (why->empty()) return Verdict::pass();
  const auto* key = keyFor(transaction);
  if (key == nullptr) return Verdict::pass("not sealed: no key is in use");

  const auto message = draft.message();
  if (!message) return message.error();
  const auto text = results::resultsText(authservId(policy_.settings()),
                                         resultsFor(transaction, found));
  auto fields = sealer_.seal(auth::viewOf(**message), *found.arc, *key, text);
  if (!fields) return std::move(fields).error();
  if (fields->empty())
    return Verdict::pass("not sealed: " + whyNot(*found.arc));
  mail::MessageEdit edit;
  // Each goes to the top: the last first.
  for (auto field = fields->rbegin(); field != fields->rend(); ++field)
    edit.headers.push_back(
        {field->name, mail::HeaderChange::kTop, field->value});
  draft.changeContent(std::move(edit));
  return Verdict::pass(key->domain + " " + key->selector + ": " + *why);
}

// Empty: no reason.
Result<std::string> ArcSeal::whySeal(const Transaction& transaction,
                                     Draft& draft) const {
  if (policy_.settings().dkim.arc == config::ArcSealing::Always)
    return std::string("always");
  if (mayLeave(transaction, draft)) return std::string("it may leave again");
  if (!touchesCovered(draft.content())) return std::string();
  const auto message = draft.message();
  if (!message) return message.error();
  return std::string(isChanged(draft.original(), **message) ? "it was changed"
                                                            : "");
}

bool ArcSeal::mayLeave(const Transaction& transaction,
                       const Draft& draft) const {
  const auto& added = draft.addedRecipients();
  return std::any_of(transaction.recipients.begin(),
                     transaction.recipients.end(),
                     [&](const Party& recipient) {
                       return recipient.domain == nullptr ||
                              outward_.contains(recipient.keys.mailbox);
                     }) ||
         std::any_of(added.begin(), added.end(), [&](const auto& copy) {
           return policy_.domainOfAddress(copy.address) == nullptr;
         });
}

const dkim::SigningKey* ArcSeal::keyOf(std::string_view domain) const {
  const auto* owner = policy_.domainOf(domain);
  const auto* keys = keys_->find(domain);
  return owner == nullptr || !owner->dkim.enabled || keys == nullptr ||
                 keys->usable.empty()
             ? nullptr
             : &keys->usable.front();
}

// Of a recipient's domain, in whose name mail is forwarded; else this host's.
const dkim::SigningKey* ArcSeal::keyFor(const Transaction& transaction) const {
  for (const auto& recipient : transaction.recipients) {
    const auto& address = recipient.address;
    const auto name = mail::domainKey(address.substr(address.rfind('@') + 1));
    if (name)
      if (const auto* key = keyOf(*name)) return key;
    if (recipient.domain != nullptr)
      if (const auto main = mail::domainKey(recipient.domain->name))
        if (const auto* key = keyOf(*main)) return key;
  }
  for (std::string_view name = hostname_; !name.empty();
       name = dns::parentOf(name))
    if (const auto* key = keyOf(name)) return key;
  return nullptr;
}

}  // namespace mailreeve::milter
