#include "core/directory/access_lists.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"

namespace mailreeve::directory {

namespace {

config::ListEntry ip(std::string address) {
  return {.name = "ip " + address, .ip = address};
}

config::ListEntry network(std::string cidr) {
  return {.name = "network " + cidr, .network = cidr};
}

config::ListEntry sender(std::string pattern) {
  return {.name = "sender " + pattern, .sender = pattern};
}

config::ListEntry recipient(std::string pattern) {
  return {.name = "recipient " + pattern, .recipient = pattern};
}

config::ListEntry domain(std::string pattern) {
  return {.name = "domain " + pattern, .domain = pattern};
}

config::ListEntry discarding(config::ListEntry entry) {
  entry.action = config::ListAction::Discard;
  return entry;
}

config::ListEntry disabled(config::ListEntry entry) {
  entry.enabled = false;
  return entry;
}

using Entries = std::vector<config::ListEntry>;

// A house with a main domain, an additional one and one with a name in
// Unicode.
AccessLists listsOf(Entries allow, Entries block) {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  home.additional = {"Casa.Example", "häuschen.example"};
  settings.domains = {home};
  settings.lists = {std::move(allow), std::move(block)};
  return AccessLists(std::make_shared<Policy>(std::move(settings)));
}

// "allow: sender a@b.example", "reject: ...", "none".
std::string text(const ListDecision& decision) {
  switch (decision.verdict) {
    case ListVerdict::Allow:
      return "allow: " + decision.entry->name;
    case ListVerdict::Reject:
      return "reject: " + decision.entry->name;
    case ListVerdict::Discard:
      return "discard: " + decision.entry->name;
    case ListVerdict::None:
      break;
  }
  return "none";
}

struct Mail {
  std::string client = "192.0.2.7";
  std::string from = "alice@far.example";
  std::string to = "bob@home.example";
  bool outbound = false;
};

std::string decide(const AccessLists& lists, const Mail& mail) {
  return text(lists.decide(
      mail.client, mail.from, mail.to, mail.outbound, TimePoint{}));
}

}  // namespace

TEST_CASE("each criterion matches what it names, in every spelling") {
  struct Row {
    std::string label;
    config::ListEntry entry;
    Mail mail;
    bool fits;
  };

  const Row rows[] = {
      {"an address", ip("192.0.2.7"), {}, true},
      {"another address", ip("192.0.2.8"), {}, false},
      {"an IPv4 client mapped into IPv6",
       ip("192.0.2.7"),
       {.client = "::ffff:192.0.2.7"},
       true},
      {"an IPv6 address written in another way",
       ip("2001:DB8:0:0::1"),
       {.client = "2001:db8::1"},
       true},
      {"a client whose address is unknown",
       network("0.0.0.0/0"),
       {.client = "unknown"},
       false},
      {"a network", network("192.0.2.0/24"), {}, true},
      {"a network as address and mask",
       network("192.0.2.0/255.255.255.0"),
       {},
       true},
      {"an IPv6 network",
       network("2001:db8::/32"),
       {.client = "2001:db8:1::1"},
       true},
      {"another network", network("198.51.100.0/24"), {}, false},
      {"a sender", sender("alice@far.example"), {}, true},
      {"a sender's case", sender("Alice@Far.Example"), {}, true},
      {"the case of the mail's sender",
       sender("alice@far.example"),
       {.from = "ALICE@FAR.example"},
       true},
      {"another sender", sender("carol@far.example"), {}, false},
      {"the sender is not the recipient",
       sender("bob@home.example"),
       {},
       false},
      {"a sender in angle brackets",
       sender("alice@far.example"),
       {.from = "<alice@far.example>"},
       true},
      {"a sender's extension",
       sender("alice@far.example"),
       {.from = "alice+news@far.example"},
       true},
      {"an extension in the entry means only it",
       sender("alice+news@far.example"),
       {.from = "alice+news@far.example"},
       true},
      {"and not the plain address",
       sender("alice+news@far.example"),
       {.from = "alice@far.example"},
       false},
      {"and not another extension",
       sender("alice+news@far.example"),
       {.from = "alice+shop@far.example"},
       false},
      {"a domain in Unicode, the mail in ASCII",
       sender("alice@bücher.example"),
       {.from = "alice@xn--bcher-kva.example"},
       true},
      {"a domain in ASCII, the mail in Unicode",
       sender("alice@xn--bcher-kva.example"),
       {.from = "alice@BÜCHER.example"},
       true},
      {"a trailing dot",
       sender("alice@far.example"),
       {.from = "alice@far.example."},
       true},
      {"a quoted local part that needs no quotes",
       sender("alice@far.example"),
       {.from = "\"alice\"@far.example"},
       true},
      {"a recipient", recipient("bob@home.example"), {}, true},
      {"a recipient's extension and case",
       recipient("BOB@home.example"),
       {.to = "Bob+Lists@HOME.example"},
       true},
      {"the mailbox behind an additional domain",
       recipient("bob@home.example"),
       {.to = "bob@casa.example"},
       true},
      {"an entry for the additional domain",
       recipient("bob@casa.example"),
       {.to = "bob@home.example"},
       true},
      {"an additional domain in Unicode",
       recipient("bob@home.example"),
       {.to = "bob@xn--huschen-5wa.example"},
       true},
      {"an extension at an additional domain",
       recipient("bob+lists@home.example"),
       {.to = "bob+lists@casa.example"},
       true},
      {"another recipient", recipient("dora@home.example"), {}, false},
      {"no recipient at all", recipient("*"), {.to = ""}, false},
      {"a sender's domain", domain("far.example"), {}, true},
      {"a sender's domain in capitals", domain("FAR.example"), {}, true},
      {"a domain does not mean its sub-domains",
       domain("far.example"),
       {.from = "alice@sub.far.example"},
       false},
      {"the sub-domains of a domain",
       domain("*.far.example"),
       {.from = "alice@a.b.far.example"},
       true},
      {"the sub-domains are not the domain",
       domain("*.far.example"),
       {},
       false},
      {"a domain that only ends alike",
       domain("far.example"),
       {.from = "alice@evilfar.example"},
       false},
      {"a domain in Unicode",
       domain("bücher.example"),
       {.from = "x@xn--bcher-kva.example"},
       true},
      {"the sub-domains of a domain in Unicode",
       domain("*.bücher.example"),
       {.from = "x@mail.xn--bcher-kva.example"},
       true},
      {"a domain is the sender's, not the recipient's",
       domain("home.example"),
       {},
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string none = "none";
    CHECK(decide(listsOf({row.entry}, {}), row.mail) ==
          (row.fits ? "allow: " + row.entry.name : none));
    CHECK(decide(listsOf({}, {row.entry}), row.mail) ==
          (row.fits ? "reject: " + row.entry.name : none));
    CHECK(decide(listsOf({}, {discarding(row.entry)}), row.mail) ==
          (row.fits ? "discard: " + row.entry.name : none));
    CHECK(decide(listsOf({disabled(row.entry)}, {disabled(row.entry)}),
                 row.mail) == none);
  }
}

TEST_CASE("wildcards in senders and recipients") {
  struct Row {
    std::string label;
    std::string pattern;
    std::string address;
    bool fits;
  };

  const Row rows[] = {
      {"everybody", "*", "alice@far.example", true},
      {"everybody at a domain", "*@far.example", "alice@far.example", true},
      {"everybody at another domain", "*@far.example", "a@near.example", false},
      {"not at its sub-domains", "*@far.example", "a@sub.far.example", false},
      {"at a domain in Unicode",
       "*@Bücher.example",
       "a@xn--bcher-kva.example",
       true},
      {"the sub-domains", "*.far.example", "a@sub.far.example", true},
      {"the sub-domains, with an @",
       "*@*.far.example",
       "a@b.c.far.example",
       true},
      {"the sub-domains do not include the domain",
       "*@*.far.example",
       "a@far.example",
       false},
      {"a local part is no sub-domain",
       "*.far.example",
       "sub.far.example@near.example",
       false},
      {"the start of a local part at a domain",
       "news*@far.example",
       "newsletter@far.example",
       true},
      {"the whole of a local part at a domain",
       "news*@far.example",
       "news@far.example",
       true},
      {"the start of a local part elsewhere",
       "news*@far.example",
       "newsletter@near.example",
       false},
      {"another start", "news*@far.example", "new@far.example", false},
      {"the start of an address", "bounce-*", "Bounce-7@any.example", true},
      {"the start of another address", "bounce-*", "bounce@any.example", false},
      {"the end of an address",
       "*-list@far.example",
       "a-list@far.example",
       true},
      {"the end of a domain", "*far.example", "a@evilfar.example", true},
      {"a top-level domain", "*.zip", "a@file.zip", true},
      {"several wildcards", "*promo*@*.shop", "big-promo-7@the.shop", true},
      {"several wildcards that do not fit",
       "*promo*@*.shop",
       "a@the.shop",
       false},
      {"a star in the middle", "a*z@far.example", "abcz@far.example", true},
      {"only one extension",
       "alice+*@far.example",
       "alice+x@far.example",
       true},
      {"an extension is wanted",
       "alice+*@far.example",
       "alice@far.example",
       false},
      {"a pattern that fits without the extension",
       "*ice@far.example",
       "alice+x@far.example",
       true},
      {"a start that fits without the extension",
       "alice@*",
       "alice+x@far.example",
       true},
      {"the null sender", "<>", "", true},
      {"the null sender in brackets", "<>", "<>", true},
      {"the null sender is not everybody", "*", "", false},
      {"the null sender has no domain", "*@*", "<>", false},
      {"everybody is not the null sender", "<>", "alice@far.example", false},
      {"an address without a domain", "root", "root", true},
      {"an address that is none", "*@far.example", "\"a@far.example", true},
      {"a mailbox with an at sign inside quotes",
       "*@far.example",
       "\"a@near.example\"@far.example",
       true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(decide(listsOf({}, {sender(row.pattern)}), {.from = row.address}) ==
          (row.fits ? "reject: sender " + row.pattern : "none"));
    if (!row.address.empty() && row.address != "<>")
      CHECK(
          decide(listsOf({}, {recipient(row.pattern)}), {.to = row.address}) ==
          (row.fits ? "reject: recipient " + row.pattern : "none"));
  }
}

TEST_CASE("the most specific entry is the one that speaks") {
  struct Row {
    std::string label;
    Entries block;
    Mail mail;
    std::string want;
  };

  const Row rows[] = {
      {"an address before its network",
       {network("192.0.2.0/24"), discarding(ip("192.0.2.7"))},
       {},
       "discard: ip 192.0.2.7"},
      {"the longer network",
       {network("192.0.0.0/16"), network("192.0.2.0/24"), network("0.0.0.0/0")},
       {},
       "reject: network 192.0.2.0/24"},
      {"the client before the sender",
       {sender("alice@far.example"), network("192.0.2.0/24")},
       {},
       "reject: network 192.0.2.0/24"},
      {"the sender before the recipient",
       {recipient("bob@home.example"), sender("*")},
       {},
       "reject: sender *"},
      {"an address before its domain",
       {discarding(sender("*@far.example")), sender("alice@far.example")},
       {},
       "reject: sender alice@far.example"},
      {"the extension before the mailbox",
       {sender("alice@far.example"), discarding(sender("alice+x@far.example"))},
       {.from = "alice+x@far.example"},
       "discard: sender alice+x@far.example"},
      {"a longer start at a domain before the domain",
       {sender("*@far.example"),
        sender("a*@far.example"),
        sender("ali*@far.example")},
       {},
       "reject: sender ali*@far.example"},
      {"the domain before its parent",
       {sender("*.example"), sender("*@far.example")},
       {},
       "reject: sender *@far.example"},
      {"the nearer parent",
       {sender("*.example"), sender("*.far.example")},
       {.from = "a@x.y.far.example"},
       "reject: sender *.far.example"},
      {"a domain before a wildcard",
       {sender("a*"), sender("*.example")},
       {},
       "reject: sender *.example"},
      {"the first of two alike",
       {sender("ALICE@far.example"), discarding(sender("alice@far.example"))},
       {},
       "reject: sender ALICE@far.example"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(decide(listsOf({}, row.block), row.mail) == row.want);
  }
}

TEST_CASE("an allow entry wins over any block entry") {
  const auto lists = listsOf({domain("far.example"), recipient("post*@*")},
                             {ip("192.0.2.7"),
                              sender("alice@far.example"),
                              recipient("bob@home.example")});
  CHECK(decide(lists, {}) == "allow: domain far.example");
  CHECK(decide(lists, {.from = "x@near.example"}) == "reject: ip 192.0.2.7");
  CHECK(decide(lists, {.from = "x@near.example", .to = "post@home.example"}) ==
        "allow: recipient post*@*");
}

TEST_CASE("who claims to be one of ours from outside is not believed") {
  const auto lists = listsOf({sender("carol@home.example"),
                              domain("home.example"),
                              recipient("open@home.example"),
                              ip("198.51.100.1")},
                             {sender("*@home.example")});
  const Mail forged{.from = "carol@home.example"};
  CHECK(decide(lists, forged) == "reject: sender *@home.example");

  const auto decision =
      lists.decide(forged.client, forged.from, forged.to, false, TimePoint{});
  REQUIRE(decision.ignored != nullptr);
  CHECK(decision.ignored->name == "sender carol@home.example");

  SUBCASE("at an additional domain neither") {
    CHECK(decide(lists, {.from = "carol@casa.example"}) ==
          "reject: sender *@home.example");
  }
  SUBCASE("an authenticated or trusted client is") {
    CHECK(decide(lists, {.from = "carol@home.example", .outbound = true}) ==
          "allow: sender carol@home.example");
  }
  SUBCASE("entries that do not rest on the sender still count") {
    CHECK(decide(lists,
                 {.from = "carol@home.example", .to = "open@home.example"}) ==
          "allow: recipient open@home.example");
    CHECK(decide(lists,
                 {.client = "198.51.100.1", .from = "carol@home.example"}) ==
          "allow: ip 198.51.100.1");
  }
}

TEST_CASE("an entry for one recipient does not concern the others") {
  const auto lists = listsOf({}, {recipient("bob@home.example")});
  CHECK(decide(lists, {.to = "bob@home.example"}) ==
        "reject: recipient bob@home.example");
  CHECK(decide(lists, {.to = "dora@home.example"}) == "none");
}

TEST_CASE("empty lists decide nothing") {
  const auto lists = listsOf({}, {});
  CHECK(decide(lists, {}) == "none");
  CHECK(decide(lists, {.client = "", .from = "", .to = ""}) == "none");
}

}  // namespace mailreeve::directory
