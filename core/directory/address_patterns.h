// Which of many address patterns fits an address, found without looking at
// each of them.
//
// Exact addresses, `*@domain` and `*.domain` are found by hash, `start*`,
// `start*@domain` and `*end` by binary search. What remains (`a*b*@*.example`)
// is tried one by one: such patterns are rare, and written by administrators
// only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/directory/filtered_map.h"
#include "core/directory/policy.h"
#include "core/directory/prefix_index.h"

namespace mailreeve::directory {

// One address in the two forms in which rules may mean it. Both empty: the
// null sender.
struct AddressKeys {
  std::string full;     // Normalised, with its +extension.
  std::string mailbox;  // As Policy::mailboxKey gives it.

  [[nodiscard]] bool null() const { return full.empty(); }

  [[nodiscard]] std::string_view domain() const;
};

[[nodiscard]] AddressKeys addressKeys(const Policy& policy,
                                      std::string_view address);

// A pattern brought to the form of AddressKeys: case folded, its domain (also
// after `*.`) as A-labels and as the main domain, `<>` as the empty text.
[[nodiscard]] std::string patternKey(const Policy& policy,
                                     std::string_view pattern);

class AddressPatterns {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // `pattern` is a patternKey(). The empty pattern is the null sender, which no
  // other pattern fits, `*` included. Of patterns alike, the first is kept.
  void add(const std::string& pattern, std::uint32_t value);

  // To be called once, after the last add() and before the first find().
  void finish();

  // The value of the most specific pattern that fits: an address, with its
  // extension before without; then its domain; then the nearest parent domain;
  // then a wildcard.
  [[nodiscard]] std::uint32_t find(const AddressKeys& address) const;

 private:
  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  template <class Value>
  using Map = FilteredMap<std::string, Value, Hash>;

  struct General {
    std::string pattern;
    std::uint32_t value = kNone;
  };

  void addInDomain(std::string_view start,
                   std::string_view domain,
                   std::uint32_t value);
  [[nodiscard]] std::uint32_t findInDomain(std::string_view address) const;
  [[nodiscard]] std::uint32_t findParent(std::string_view domain) const;
  [[nodiscard]] std::uint32_t findWildcard(std::string_view address) const;

  Map<std::uint32_t> exact_;
  Map<std::uint32_t> domains_;        // *@domain
  Map<PrefixIndex> startsInDomain_;   // start*@domain
  Map<std::uint32_t> parentDomains_;  // *.domain
  PrefixIndex starts_;                // start*
  PrefixIndex ends_;                  // *end, written backwards
  std::vector<General> general_;
};

}  // namespace mailreeve::directory
