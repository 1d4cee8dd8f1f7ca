// The allow and block lists of FEATURES B14, made ready for asking: 100,000
// entries cost a look-up as much as ten.
//
// Addresses are those of the envelope (MAIL FROM, RCPT TO), never of the
// header. Disabled entries do not exist here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/network.h"
#include "core/directory/address_patterns.h"
#include "core/directory/filtered_map.h"
#include "core/directory/policy.h"

namespace mailreeve::config {
struct ListEntry;
}

namespace mailreeve::directory {

enum class ListVerdict { None, Allow, Reject, Discard };
enum class ListCriterion { Ip, Network, Sender, Recipient, Domain };

// "ip", "sender", ...: the key of the YAML.
[[nodiscard]] std::string_view name(ListCriterion criterion);

// What the lists are asked about, normalised once for all of them.
struct ListSubject {
  std::optional<Ip> client;  // Nothing when it is no address.
  AddressKeys sender;
  AddressKeys recipient;  // Null: only the client and the sender count.

  // The sender claims a domain of ours, but its client neither logged in nor
  // may relay: forged, as far as anybody can tell.
  bool forgeable = false;
};

struct ListDecision {
  ListVerdict verdict = ListVerdict::None;
  const config::ListEntry* entry = nullptr;  // Lives as long as the Policy.
  ListCriterion criterion = ListCriterion::Ip;

  // An allow entry that fits a forgeable sender and was therefore passed over.
  const config::ListEntry* ignored = nullptr;
};

// "entry \"spammers\" (sender)", for logs and traces; the entry must not be
// null.
[[nodiscard]] std::string describe(const ListDecision& decision);

// Immutable; any thread.
class AccessLists {
 public:
  explicit AccessLists(PolicyPtr policy);

  // `outbound`: authenticated, or from a network that may relay; see
  // Policy::isOutbound.
  [[nodiscard]] ListSubject subject(std::string_view clientIp,
                                    std::string_view sender,
                                    std::string_view recipient,
                                    bool outbound) const;

  // The entry named is the most specific of the first criterion that fits:
  // client (address, then the longest network), sender, recipient.
  [[nodiscard]] ListDecision allows(const ListSubject& subject) const;
  [[nodiscard]] ListDecision blocks(const ListSubject& subject) const;

  // Both: an allow entry wins over any block entry.
  [[nodiscard]] ListDecision decide(std::string_view clientIp,
                                    std::string_view sender,
                                    std::string_view recipient,
                                    bool outbound) const;

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

  static void build(List& list,
                    const std::vector<config::ListEntry>& entries,
                    const Policy& policy);
  static void add(List& list, std::uint32_t position, const Policy& policy);
  static std::uint32_t findClient(const List& list, const ListSubject& subject);
  static std::uint32_t find(const List& list,
                            const ListSubject& subject,
                            bool askSender);

  PolicyPtr policy_;
  List allow_;
  List block_;
};

}  // namespace mailreeve::directory
