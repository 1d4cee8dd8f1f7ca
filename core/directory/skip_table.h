// What an entry of the allow list skips: the table of FEATURES B14.
//
// Everything that the table does not name still runs: relay control, limits,
// attachment and content rules, spam.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/config/lists.h"

namespace mailreeve::directory {

enum class Skip : std::uint8_t {
  Dnsbl,
  Spf,
  Antivirus,
  Dkim,
  Dmarc,
  Restrictions,  // B15-B17 and the block list.
};

inline constexpr Skip kEverySkip[] = {Skip::Dnsbl,
                                      Skip::Spf,
                                      Skip::Antivirus,
                                      Skip::Dkim,
                                      Skip::Dmarc,
                                      Skip::Restrictions};

// "dnsbl", "spf", ...: as traces name it.
[[nodiscard]] std::string_view name(Skip skip);

class SkipSet {
 public:
  constexpr SkipSet() = default;

  constexpr SkipSet(std::initializer_list<Skip> skips) {
    for (const Skip skip : skips) add(skip);
  }

  constexpr void add(Skip skip) { bits_ |= bit(skip); }

  [[nodiscard]] constexpr bool has(Skip skip) const {
    return (bits_ & bit(skip)) != 0;
  }

  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

  [[nodiscard]] constexpr SkipSet operator&(SkipSet other) const {
    return SkipSet(bits_ & other.bits_);
  }

  [[nodiscard]] constexpr SkipSet operator|(SkipSet other) const {
    return SkipSet(bits_ | other.bits_);
  }

  [[nodiscard]] constexpr SkipSet without(Skip skip) const {
    return SkipSet(bits_ & ~static_cast<unsigned>(bit(skip)));
  }

  static constexpr SkipSet all() {
    SkipSet every;
    for (const Skip skip : kEverySkip) every.add(skip);
    return every;
  }

  friend constexpr bool operator==(SkipSet, SkipSet) = default;

 private:
  explicit constexpr SkipSet(unsigned bits)
      : bits_(static_cast<std::uint8_t>(bits)) {}

  static constexpr std::uint8_t bit(Skip skip) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(skip));
  }

  std::uint8_t bits_ = 0;
};

// "spf, antivirus", or "nothing".
[[nodiscard]] std::string text(SkipSet skips);

// The kinds of entries, in the order of the table.
enum class ListCriterion { Ip, Network, Sender, Recipient, Domain };

// A row of the table.
[[nodiscard]] SkipSet skips(ListCriterion criterion, config::ListCompat compat);

}  // namespace mailreeve::directory
