#include "core/mail/address.h"

#include <doctest/doctest.h>

namespace mailreeve::mail {

TEST_CASE("an address is taken apart") {
  struct Row {
    std::string label;
    std::string text;
    std::string local;  // Empty: the address is refused.
    std::string domain;
  };

  const Row rows[] = {
      {"a plain address", "alice@b.example", "alice", "b.example"},
      {"the case is kept", "Alice@B.Example", "Alice", "B.Example"},
      {"dots between atoms", "a.b.c@d.example", "a.b.c", "d.example"},
      {"every atom character",
       "!#$%&'*+-/=?^_`{|}~@b",
       "!#$%&'*+-/=?^_`{|}~",
       "b"},
      {"a quoted local part loses its quotes",
       "\"a b\"@c.example",
       "a b",
       "c.example"},
      {"an @ inside quotes", "\"a@b\"@c.example", "a@b", "c.example"},
      {"an escaped quote", "\"a\\\"b\"@c.example", "a\"b", "c.example"},
      {"a UTF-8 local part",
       "j\xc3\xb6rg@c.example",
       "j\xc3\xb6rg",
       "c.example"},
      {"a UTF-8 domain",
       "a@b\xc3\xbc"
       "cher.example",
       "a",
       "b\xc3\xbc"
       "cher.example"},
      {"an IPv4 literal", "a@[192.0.2.1]", "a", "[192.0.2.1]"},
      {"an IPv6 literal", "a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]"},
      {"the trailing dot is dropped", "a@b.example.", "a", "b.example"},
      {"an underscore in a domain is accepted",
       "a@b_c.example",
       "a",
       "b_c.example"},
      {"64 octets before the @",
       std::string(64, 'a') + "@b",
       std::string(64, 'a'),
       "b"},
      {"65 octets before the @", std::string(65, 'a') + "@b", "", ""},
      {"256 octets after the @",
       "a@" + std::string(63, 'b') + "." + std::string(63, 'b') + "." +
           std::string(63, 'b') + "." + std::string(64, 'b'),
       "",
       ""},
      {"a label of 64 octets",
       "a@" + std::string(64, 'b') + ".example",
       "",
       ""},
      {"nothing at all", "", "", ""},
      {"a name without domain", "postmaster", "", ""},
      {"no local part", "@b.example", "", ""},
      {"no domain", "a@", "", ""},
      {"two @", "a@b@c", "", ""},
      {"a leading dot", ".a@b", "", ""},
      {"a trailing dot before the @", "a.@b", "", ""},
      {"two dots", "a..b@c", "", ""},
      {"a blank without quotes", "a b@c", "", ""},
      {"angle brackets", "<a@b>", "", ""},
      {"a display name", "Alice <a@b>", "", ""},
      {"a source route", "@x,@y:a@b", "", ""},
      {"an open quote", "\"a@b.example", "", ""},
      {"an empty quoted string", "\"\"@b.example", "", ""},
      {"a control character in quotes", "\"a\x01\"@b.example", "", ""},
      {"a line break", "a\r\nb@c", "", ""},
      {"invalid UTF-8", "\xff@b", "", ""},
      {"an empty label", "a@b..example", "", ""},
      {"two trailing dots", "a@b.example..", "", ""},
      {"a label that begins with a hyphen", "a@-b.example", "", ""},
      {"a number that is no IPv4 literal", "a@[300.1.1.1]", "", ""},
      {"a blank in the domain", "a@b c", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = parseAddress(row.text);
    REQUIRE(got.ok() == !row.local.empty());
    if (!got) continue;
    CHECK(got->local == row.local);
    CHECK(got->domain == row.domain);
  }
}

TEST_CASE("an address written again is the same address") {
  for (const std::string text :
       {"a@b.example", "\"a b\"@c.example", "\"a\\\"\\\\b@c\"@d.example"}) {
    CAPTURE(text);
    const auto parsed = parseAddress(text);
    REQUIRE(parsed);
    CHECK(parsed->text() == text);
  }
}

TEST_CASE("a reverse path may be null") {
  for (const std::string text : {"", "<>"}) {
    const auto got = parseReversePath(text);
    REQUIRE(got);
    CHECK(got->isNull());
    CHECK(got->text().empty());
  }
  CHECK(parseReversePath("<a@b.example>")->local == "a");
  CHECK_FALSE(parseReversePath("<postmaster>"));
}

TEST_CASE("a domain that is its own key is known as such") {
  struct Row {
    std::string label;
    std::string domain;
    bool want;
  };

  const Row rows[] = {
      {"a plain name", "b.example", true},
      {"one label", "localhost", true},
      {"digits, hyphens and underscores", "a-1._b.example", true},
      {"an A-label", "xn--bcher-kva.example", true},
      {"numbers only, which are no literal", "192.0.2.1", true},
      {"a label of 63 octets", std::string(63, 'b') + ".example", true},
      {"a label of 64 octets", std::string(64, 'b') + ".example", false},
      {"a capital at the end", "b.examplE", false},
      {"a trailing dot", "b.example.", false},
      {"two trailing dots", "b.example..", false},
      {"an empty label", "b..example", false},
      {"a leading dot", ".example", false},
      {"a dot alone", ".", false},
      {"nothing", "", false},
      {"a label that begins with a hyphen", "-b.example", false},
      {"a label that ends with a hyphen", "b-.example", false},
      {"a literal", "[192.0.2.1]", false},
      {"a U-label", "b\xc3\xbc\x63her.example", false},
      {"a full stop that is not ASCII's", "b\xe3\x80\x82\x65xample", false},
      {"a NUL byte", std::string("b\0c", 3), false},
      {"a blank", "b example", false},
      {"an @", "a@b.example", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(isDomainKey(row.domain) == row.want);
    const auto key = domainKey(row.domain);
    // A literal is its own key too, but no name.
    const bool same = key && *key == row.domain;
    CHECK(same == (row.want || row.domain.starts_with('[')));
    if (!key || !row.want) continue;
    std::string capitals = row.domain;
    for (char& c : capitals)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    CHECK(*domainKey(capitals) == row.domain);
  }
}

TEST_CASE("addresses are compared by their key") {
  struct Row {
    std::string label;
    std::string address;
    std::string want;
  };

  const Row rows[] = {
      {"case", "Alice@B.EXAMPLE", "alice@b.example"},
      {"the extension", "alice+news@b.example", "alice@b.example"},
      {"a delimiter at the start is part of the name",
       "+a@b.example",
       "+a@b.example"},
      {"a trailing dot", "a@b.example.", "a@b.example"},
      {"angle brackets", "<A@b.example>", "a@b.example"},
      {"an international domain",
       "a@B\xc3\x9c"
       "CHER.example",
       "a@xn--bcher-kva.example"},
      {"a decomposed umlaut",
       "a@bu\xcc\x88"
       "cher.example",
       "a@xn--bcher-kva.example"},
      {"the A-label as it is",
       "a@XN--BCHER-KVA.example",
       "a@xn--bcher-kva.example"},
      {"sharp s stays itself (not transitional)",
       "a@stra\xc3\x9f"
       "e.example",
       "a@xn--strae-oqa.example"},
      {"needless quotes", "\"alice\"@b.example", "alice@b.example"},
      {"quotes that are needed", "\"Alice+a b\"@b.example", "alice@b.example"},
      {"the same without them, as Postfix shows it",
       "Alice+a b@b.example",
       "alice@b.example"},
      {"an @ in the local part",
       "a@b.example@C.example",
       "a@b.example@c.example"},
      {"no local part", "@B.example", "@b.example"},
      {"postmaster keeps its name",
       "Postmaster@b.example",
       "postmaster@b.example"},
      {"what is no address equals only itself",
       "Not An Address",
       "not an address"},
      {"the null sender", "<>", ""},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(addressKey(row.address) == row.want);
  }
  CHECK(addressKey("a+b@c.example", "") == "a+b@c.example");
  CHECK(addressKey("a-b@c.example", "+-") == "a@c.example");
}

TEST_CASE("extensions are cut where Postfix cuts them") {
  CHECK(withoutExtension("a+b+c") == "a");
  CHECK(withoutExtension("a-b", "+-") == "a");
  CHECK(withoutExtension("owner-list", "-") == "owner-list");
  CHECK(withoutExtension("list-request", "-") == "list-request");
  CHECK(withoutExtension("double-bounce", "-") == "double-bounce");
  CHECK(withoutExtension("", "+").empty());
}

TEST_CASE("a domain key is refused for what is no domain") {
  CHECK(*domainKey("[IPv6:2001:DB8::1]") == "[ipv6:2001:db8::1]");
  for (const std::string text : {"",
                                 ".",
                                 "a b",
                                 "a..b",
                                 "\xff.example",
                                 "a\x01.example",
                                 "b\xc3\xbc.example..",
                                 "[1.2.3]",
                                 "*.example"}) {
    CAPTURE(text);
    CHECK_FALSE(domainKey(text));
  }
}

}  // namespace mailreeve::mail
