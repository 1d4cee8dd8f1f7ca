// The allow and block lists of FEATURES B14, made ready for asking: 100,000
// entries cost a look-up as much as ten.
//
// Addresses are those of the envelope (MAIL FROM, RCPT TO), never of the
// header. Disabled entries do not exist here, expired ones not any more.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/network.h"
#include "core/base/snapshot.h"
#include "core/directory/address_patterns.h"
#include "core/directory/filtered_map.h"
#include "core/directory/policy.h"
#include "core/directory/skip_table.h"

namespace mailreeve::config {
struct ListEntry;
}

namespace mailreeve::directory {

enum class ListVerdict { None, Allow, Reject, Discard };

// "ip", "sender", ...: the key of the YAML.
[[nodiscard]] std::string_view name(ListCriterion criterion);

// Of the one criterion that is set.
[[nodiscard]] ListCriterion criterionOf(const config::ListEntry& entry);

// When an entry of that `expires` ends: the midnight after the day, local time.
// Nothing when it is empty.
[[nodiscard]] std::optional<TimePoint> expiryOf(const std::string& day);

// What the lists are asked about, normalised once for all of them.
struct ListSubject {
  std::optional<Ip> client;  // Nothing when it is no address.
  AddressKeys sender;
  AddressKeys recipient;  // Null: only the client and the sender count.

  // The sender claims a domain of ours, but its client neither logged in nor
  // may relay: forged, as far as anybody can tell.
  bool forgeable = false;

  TimePoint at;  // Which entries have expired.
};

struct ListDecision {
  ListVerdict verdict = ListVerdict::None;
  const config::ListEntry* entry = nullptr;  // Lives as long as the Policy.
  ListCriterion criterion = ListCriterion::Ip;

  // Of Allow: what all the entries that fit skip together.
  SkipSet skips;

  // An allow entry that fits a forgeable sender and was therefore passed over.
  const config::ListEntry* ignored = nullptr;

  // An allow entry by sender or domain that fits but holds only for mail with
  // its `proof`, which whoever asks may have or get.
  const config::ListEntry* unproven = nullptr;
};

// "entry \"spammers\" (sender)", for logs and traces; the entry must not be
// null.
[[nodiscard]] std::string describe(const ListDecision& decision);

// Any thread.
class AccessLists {
 public:
  explicit AccessLists(PolicyPtr policy);

  // `outbound`: authenticated, or from a network that may relay; see
  // Policy::isOutbound.
  [[nodiscard]] ListSubject subject(std::string_view clientIp,
                                    std::string_view sender,
                                    std::string_view recipient,
                                    bool outbound,
                                    TimePoint at) const;

  // The entry named is the most specific of the first criterion that fits:
  // client (address, then the longest network), sender, recipient.
  [[nodiscard]] ListDecision allows(const ListSubject& subject) const;
  [[nodiscard]] ListDecision blocks(const ListSubject& subject) const;

  // Both: an allow entry wins over any block entry, or the reverse when the
  // settings say `compat: strict`.
  [[nodiscard]] ListDecision decide(std::string_view clientIp,
                                    std::string_view sender,
                                    std::string_view recipient,
                                    bool outbound,
                                    TimePoint at) const;

  // What an entry of the allow list skips by these settings.
  [[nodiscard]] SkipSet skipsOf(const config::ListEntry& entry) const;

 private:
  struct IpHash {
    std::size_t operator()(const Ip& ip) const;
  };

  // The values of all indexes are positions in `entries`.
  struct List {
    const std::vector<config::ListEntry>* entries = nullptr;
    FilteredMap<Ip, std::uint32_t, IpHash> clients;
    NetworkSet networks;
    AddressPatterns senders;  // The criterion `domain` included.
    AddressPatterns recipients;
  };

  // The entries in force until the first of them expires.
  struct Index {
    List allow;
    List block;
    TimePoint until = TimePoint::max();
  };

  static std::shared_ptr<const Index> build(const Policy& policy, TimePoint at);
  static void build(List& list,
                    const std::vector<config::ListEntry>& entries,
                    const Policy& policy,
                    TimePoint at,
                    TimePoint& until);
  static void add(List& list, std::uint32_t position, const Policy& policy);
  static std::uint32_t findClient(const List& list, const ListSubject& subject);
  [[nodiscard]] std::shared_ptr<const Index> indexAt(TimePoint at) const;
  void note(ListDecision& decision,
            const List& list,
            std::uint32_t position) const;

  PolicyPtr policy_;
  mutable Snapshot<Index> index_;
  mutable std::mutex rebuilding_;  // One at a time; index_ guards itself.
};

}  // namespace mailreeve::directory
