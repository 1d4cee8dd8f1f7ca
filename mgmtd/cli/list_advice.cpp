#include "mgmtd/cli/list_advice.h"

#include <algorithm>
#include <map>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/directory/access_lists.h"
#include "core/directory/address_patterns.h"
#include "mgmtd/cli/list_entries.h"

namespace mailreeve::cli {

namespace {

using config::ListEntry;
using directory::ListCriterion;

// An entry with what it is compared by.
struct Known {
  ListKind list;
  const ListEntry* entry;
  ListCriterion criterion;
  std::string pattern;             // Of senders and recipients.
  std::optional<Network> network;  // Of clients.
  TimePoint until;                 // From then on it holds no more.
};

std::string label(const Known& known) {
  return std::string(name(known.list)) + " \"" + known.entry->name + "\"";
}

Known knownOf(const directory::Policy& policy,
              ListKind list,
              const ListEntry& entry) {
  Known known{list,
              &entry,
              directory::criterionOf(entry),
              "",
              std::nullopt,
              directory::expiryOf(entry.expires).value_or(TimePoint::max())};
  switch (known.criterion) {
    case ListCriterion::Ip:
    case ListCriterion::Network: {
      const auto network = parseNetwork(criterionValue(entry));
      if (network) known.network = *network;
      break;
    }
    case ListCriterion::Sender:
      known.pattern = directory::patternKey(policy, entry.sender);
      break;
    case ListCriterion::Recipient:
      known.pattern = directory::patternKey(policy, entry.recipient);
      break;
    case ListCriterion::Domain:
      known.pattern = directory::patternKey(policy, "*@" + entry.domain);
      break;
  }
  return known;
}

bool ofSender(const Known& known) {
  return known.criterion == ListCriterion::Sender ||
         known.criterion == ListCriterion::Domain;
}

// Whether whatever fits `inner` fits `outer` as well. A `*` of the inner
// pattern is met by a `*` of the outer only, so the text may stand for all that
// it fits.
bool covers(const Known& outer, const Known& inner) {
  if (outer.network && inner.network) {
    if (outer.network->address.v6 != inner.network->address.v6 ||
        outer.network->prefix > inner.network->prefix)
      return false;
    NetworkSet set;
    set.add(*outer.network);
    return set.find(inner.network->address) != NetworkSet::kNone;
  }
  if (outer.pattern.empty() || inner.pattern.empty()) return false;
  if (ofSender(outer) != ofSender(inner)) return false;
  return matchesWildcard(outer.pattern, inner.pattern);
}

class Adviser {
 public:
  Adviser(const directory::PolicyPtr& policy, TimePoint now)
      : policy_(*policy), now_(now) {
    const auto& lists = policy_.settings().lists;
    for (const auto& entry : lists.allow) take(ListKind::Allow, entry);
    for (const auto& entry : lists.block) take(ListKind::Block, entry);
  }

  void forgeable() {
    for (const auto& known : inForce_) {
      if (known.list != ListKind::Allow || !ofSender(known) ||
          known.entry->proof != config::ListProof::None)
        continue;
      if (claimsOurs(known))
        say("own",
            known,
            "allows a domain of yours: it is passed over for whoever did not "
            "log in; allow the service by ip, or with proof");
      else
        say("forgeable",
            known,
            "anybody can write this MAIL FROM; add `proof: spf`, or allow the "
            "partner by ip or network");
    }
  }

  // 100,000 plain entries have few wildcards among them: only those, and what
  // is alike, can cover others.
  void shadowed() {
    std::vector<const Known*> wide;
    std::multimap<std::string, const Known*> exact;
    for (const auto& known : inForce_) {
      const bool plain =
          known.network ? known.network->prefix == known.network->address.bits()
                        : known.pattern.find('*') == std::string::npos;
      if (plain)
        exact.emplace(keyOf(known), &known);
      else
        wide.push_back(&known);
    }
    for (const auto& known : inForce_) {
      const Known* by = nullptr;
      const auto alike = exact.equal_range(keyOf(known));
      for (auto each = alike.first; each != alike.second && by == nullptr;
           ++each)
        if (shadows(*each->second, known)) by = each->second;
      for (const auto* each : wide) {
        if (by != nullptr) break;
        if (shadows(*each, known)) by = each;
      }
      if (by == nullptr) continue;
      say("shadowed",
          known,
          known.list == by->list
              ? label(*by) + " fits all that this fits; remove one"
              : "never decides: " + label(*by) +
                    " fits all that this fits, and wins");
    }
  }

  void dead(const std::vector<store::ListHit>& hits, std::chrono::hours idle) {
    std::map<std::pair<std::string, std::string>, const store::ListHit*> byName;
    for (const auto& hit : hits) byName[{hit.list, hit.name}] = &hit;
    for (const auto& known : inForce_) {
      const auto found = byName.find({name(known.list), known.entry->name});
      if (found == byName.end()) continue;
      const auto& hit = *found->second;
      const auto last = std::max(hit.last, hit.since);
      const auto days =
          std::chrono::duration_cast<std::chrono::days>(now_ - last);
      if (now_ - last < idle || refusedBefore(known)) continue;
      say("dead",
          known,
          (hit.hits == 0 ? "has never decided anything in "
                         : "has decided nothing for ") +
              std::to_string(days.count()) + " days; remove it");
    }
  }

  std::vector<Advice> advice;

 private:
  void take(ListKind list, const ListEntry& entry) {
    if (!entry.enabled) return;
    const Known known = knownOf(policy_, list, entry);
    if (known.until <= now_)
      say("expired", known, "has expired on " + entry.expires + "; remove it");
    else
      inForce_.push_back(known);
  }

  void say(const char* kind, const Known& known, std::string what) {
    advice.push_back({kind, label(known), std::move(what)});
  }

  // Allow entries by sender are passed over for such senders, unless these
  // logged in.
  [[nodiscard]] bool claimsOurs(const Known& known) const {
    const auto at = known.pattern.rfind('@');
    return at != std::string::npos &&
           policy_.domainOf(known.pattern.substr(at + 1)) != nullptr;
  }

  static std::string keyOf(const Known& known) {
    return known.network ? known.network->text()
                         : (ofSender(known) ? "s" : "r") + known.pattern;
  }

  // Of two on different lists.
  [[nodiscard]] bool winsOver(const Known& outer, const Known& inner) const {
    const bool allowWins =
        policy_.settings().lists.compat == config::ListCompat::MailPlus;
    if (outer.list != (allowWins ? ListKind::Allow : ListKind::Block) ||
        outer.entry->proof != config::ListProof::None)
      return false;
    return outer.list == ListKind::Block || !ofSender(outer) ||
           !claimsOurs(inner);
  }

  // Whether `inner` never decides because of `outer`.
  [[nodiscard]] bool shadows(const Known& outer, const Known& inner) const {
    if (outer.entry == inner.entry || !covers(outer, inner) ||
        outer.until < inner.until)
      return false;
    if (outer.list != inner.list) return winsOver(outer, inner);
    // Within a list the more specific one decides; it is pointless only where
    // it decides the same. Of two alike the one that lasts is kept, else the
    // first.
    if (outer.entry->action != inner.entry->action ||
        outer.entry->proof != inner.entry->proof ||
        directory::skips(outer.criterion, config::ListCompat::MailPlus) !=
            directory::skips(inner.criterion, config::ListCompat::MailPlus))
      return false;
    return !covers(inner, outer) || outer.until > inner.until ||
           outer.entry < inner.entry;
  }

  // Postscreen refuses those clients before anybody counts.
  [[nodiscard]] bool refusedBefore(const Known& known) const {
    return policy_.settings().postscreen.enabled && known.network &&
           known.list == ListKind::Block;
  }

  const directory::Policy& policy_;
  TimePoint now_;
  std::vector<Known> inForce_;
};

}  // namespace

std::vector<Advice> adviseOnLists(const directory::PolicyPtr& policy,
                                  const std::vector<store::ListHit>& hits,
                                  std::chrono::hours idle,
                                  TimePoint now) {
  Adviser adviser(policy, now);
  adviser.forgeable();
  adviser.shadowed();
  adviser.dead(hits, idle);
  return std::move(adviser.advice);
}

}  // namespace mailreeve::cli
