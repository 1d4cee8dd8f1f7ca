// An exact number with up to three digits behind the point: what scores and
// thresholds are counted in, so that 0.1 added ten times is 1.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailreeve {

class Decimal {
 public:
  static constexpr std::int64_t kOne = 1000;

  constexpr Decimal() = default;

  [[nodiscard]] static constexpr Decimal of(std::int64_t whole) {
    return thousandths(whole * kOne);
  }

  [[nodiscard]] static constexpr Decimal thousandths(std::int64_t count) {
    Decimal decimal;
    decimal.thousandths_ = count;
    return decimal;
  }

  [[nodiscard]] constexpr std::int64_t thousandths() const {
    return thousandths_;
  }

  // Without needless digits: "5", "-0.25".
  [[nodiscard]] std::string text() const;

  constexpr Decimal& operator+=(Decimal other) {
    thousandths_ += other.thousandths_;
    return *this;
  }

  friend constexpr Decimal operator+(Decimal a, Decimal b) { return a += b; }

  friend constexpr Decimal operator-(Decimal a) {
    return thousandths(-a.thousandths_);
  }

  friend constexpr auto operator<=>(Decimal, Decimal) = default;

 private:
  std::int64_t thousandths_ = 0;
};

// "5", "-1.5", "0.250"; a sign may stand before, at most three digits behind
// the point and nine before it. Nothing for anything else.
[[nodiscard]] std::optional<Decimal> parseDecimal(std::string_view text);

}  // namespace mailreeve
