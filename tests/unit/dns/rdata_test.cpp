#include "core/dns/rdata.h"

#include <doctest/doctest.h>

namespace mailreeve::dns {

TEST_CASE("records that lie about their lengths are left out") {
  struct Row {
    std::string label;
    Type type;
    std::string rdata;
    bool want;
  };

  const Row rows[] = {
      {"a text",
       Type::Txt,
       "\x03"
       "abc",
       true},
      {"an empty text", Type::Txt, std::string("\0", 1), true},
      {"no string at all", Type::Txt, "", true},
      {"a string longer than the record",
       Type::Txt,
       "\x04"
       "abc",
       false},
      {"an address of 4 bytes", Type::A, "\x7f\x01\x01\x01", true},
      {"an address of 5 bytes", Type::A, "\x7f\x01\x01\x01\x01", false},
      {"an IPv6 address of 4 bytes", Type::Aaaa, "\x7f\x01\x01\x01", false},
      {"a name",
       Type::Ptr,
       std::string("\x01"
                   "a\x01"
                   "b\0",
                   5),
       true},
      {"a name without its end",
       Type::Ptr,
       "\x01"
       "a\x01"
       "b",
       false},
      {"bytes behind a name",
       Type::Ptr,
       std::string("\x01"
                   "a\0z",
                   4),
       false},
      {"a compressed name", Type::Ptr, "\xc0\x0c", false},
      {"the root as a pointer", Type::Ptr, std::string("\0", 1), false},
      {"a dot inside a label",
       Type::Ptr,
       std::string("\x03"
                   "a.b\0",
                   5),
       false},
      {"an exchange",
       Type::Mx,
       std::string("\0\x0a\x01"
                   "a\0",
                   5),
       true},
      {"the exchange that takes none",
       Type::Mx,
       std::string("\0\0\0", 3),
       true},
      {"half an exchange", Type::Mx, std::string("\0", 1), false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Answer answer;
    CHECK(addRecord(answer, row.type, row.rdata) == row.want);
    const auto count = answer.texts.size() + answer.addresses.size() +
                       answer.exchanges.size() + answer.names.size();
    CHECK(count == (row.want ? 1 : 0));
  }
}

}  // namespace mailreeve::dns
