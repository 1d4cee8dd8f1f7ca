#include "core/auth/dmarc/author.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::dmarc {

TEST_CASE("the author's domain is the one that everybody sees") {
  struct Row {
    std::string label;
    std::string from;
    std::string want;  // The domain, or "!" and why there is none.
  };

  const std::string several = "!From holds addresses of several domains";
  const Row rows[] = {
      {"a bare address", "alice@example.com", "example.com"},
      {"more addresses than are read",
       replaceAll(std::string(100, 'x'), "x", "a@example.com, ") +
           "ceo@bank.example",
       "!From holds too many addresses"},
      {"in angle brackets", "Alice <alice@Example.COM>", "example.com"},
      {"a name in quotes", "\"Alice, A.\" <alice@example.com>", "example.com"},
      {"an address as the name",
       "\"ceo@bank.example\" <eve@example.com>",
       "example.com"},
      {"an unquoted address as the name",
       "ceo@bank.example <eve@example.com>",
       "example.com"},
      {"a comment", "alice@example.com (ceo@bank.example)", "example.com"},
      {"nested comments", "(a (b) \\) c) alice@example.com", "example.com"},
      {"blanks around the dots", "alice @ example . com", "example.com"},
      {"folded", "Alice\r\n\t<alice@example.com>", "example.com"},
      {"an @ in the local part", "\"a@b.example\"@example.com", "example.com"},
      {"a source route", "<@relay.example:alice@example.com>", "example.com"},
      {"two of one domain", "a@example.com, b@example.com", "example.com"},
      {"a group", "Team: a@example.com, B <b@example.com>;", "example.com"},
      {"a domain in UTF-8",
       "alice@b\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example"},
      {"an empty angle", "Alice <>", "!From holds no address"},
      {"two domains", "a@example.com, b@example.org", several},
      {"two angles", "<a@example.com>, <b@example.org>", several},
      {"two angles side by side",
       "<ceo@bank.example> <eve@example.com>",
       several},
      {"two addresses side by side",
       "ceo@bank.example eve@example.com",
       "!From holds what is no address"},
      {"two in one angle",
       "<ceo@bank.example@example.com>",
       "!From holds what is no address"},
      {"no address", "Alice", "!From holds what is no address"},
      {"nothing", "", "!From holds no address"},
      {"a quote that does not end",
       "\"Alice <alice@example.com>",
       "!From holds an address whose domain is none"},
      {"a domain that is none",
       "alice@exa mple..com",
       "!From holds an address whose domain is none"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string message = "From: " + row.from + "\r\n\r\n";
    const auto domain = authorDomain(auth::viewOf(message));
    CHECK((domain ? *domain : "!" + domain.error().what) == row.want);
  }
}

TEST_CASE("a message shows its author once") {
  const auto problem = [](const std::string& message) {
    const auto domain = authorDomain(auth::viewOf(message));
    return domain ? *domain : domain.error().what;
  };
  CHECK(problem("To: b@example.com\r\n\r\n") == "there is no From field");
  CHECK(problem("From: a@example.com\r\nfrom: b@example.com\r\n\r\n") ==
        "there are several From fields");
}

}  // namespace mailreeve::dmarc
