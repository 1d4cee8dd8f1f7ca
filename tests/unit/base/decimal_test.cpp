#include "core/base/decimal.h"

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("a decimal is read and written exactly") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;  // Empty: it is none.
  };

  const Row rows[] = {
      {"a whole number", "5", "5"},
      {"needless digits are not written", "5.500", "5.5"},
      {"three digits behind the point", "0.001", "0.001"},
      {"a negative number", "-1.25", "-1.25"},
      {"less than one below zero", "-0.5", "-0.5"},
      {"a plus sign", "+3", "3"},
      {"minus zero is zero", "-0.0", "0"},
      {"the largest", "999999999.999", "999999999.999"},
      {"too large", "1000000000", ""},
      {"four digits behind the point", "0.0001", ""},
      {"nothing before the point", ".5", ""},
      {"nothing behind the point", "5.", ""},
      {"two points", "1.2.3", ""},
      {"two signs", "--1", ""},
      {"a sign alone", "-", ""},
      {"an exponent", "1e3", ""},
      {"a blank", " 1", ""},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto decimal = parseDecimal(row.text);
    CHECK((decimal ? decimal->text() : "") == row.want);
  }
}

TEST_CASE("decimals add up without an error") {
  Decimal sum;
  for (int i = 0; i < 10; ++i) sum += Decimal::thousandths(100);
  CHECK(sum == Decimal::of(1));
  CHECK(-sum < Decimal());
  CHECK(sum + Decimal::thousandths(1) > Decimal::of(1));
}

}  // namespace mailreeve
