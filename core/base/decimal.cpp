#include "core/base/decimal.h"

#include "core/base/text.h"

namespace mailreeve {

std::string Decimal::text() const {
  const bool negative = thousandths_ < 0;
  const auto size = negative ? 0 - static_cast<std::uint64_t>(thousandths_)
                             : static_cast<std::uint64_t>(thousandths_);
  std::string out = (negative ? "-" : "") + std::to_string(size / kOne);
  if (size % kOne == 0) return out;
  std::string digits =
      std::to_string(kOne + static_cast<std::int64_t>(size % kOne)).substr(1);
  digits.resize(digits.find_last_not_of('0') + 1);
  return out + "." + digits;
}

std::optional<Decimal> parseDecimal(std::string_view text) {
  constexpr std::size_t kDigitsBefore = 9;
  constexpr std::size_t kDigitsBehind = 3;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (whole.size() > kDigitsBefore) return std::nullopt;
  const auto before = parseNumber(whole);
  if (!before) return std::nullopt;
  auto count = static_cast<std::int64_t>(*before) * Decimal::kOne;
  if (point != std::string_view::npos) {
    std::string digits(text.substr(point + 1));
    if (digits.empty() || digits.size() > kDigitsBehind) return std::nullopt;
    digits.resize(kDigitsBehind, '0');
    const auto behind = parseNumber(digits);
    if (!behind) return std::nullopt;
    count += static_cast<std::int64_t>(*behind);
  }
  return Decimal::thousandths(negative ? -count : count);
}

}  // namespace mailreeve
