#include "core/directory/skip_table.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"
#include "core/directory/access_lists.h"

namespace mailreeve::directory {

namespace {

using config::ListCompat;
using config::ListEntry;
using config::ListProof;

const TimePoint kNow = *expiryOf("2027-06-14");  // Midnight before the 15th.

AccessLists listsOf(config::Lists lists) {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  settings.domains = {home};
  settings.lists = std::move(lists);
  return AccessLists(std::make_shared<Policy>(std::move(settings)));
}

ListDecision allows(const AccessLists& lists, const std::string& sender) {
  return lists.allows(lists.subject(
      "192.0.2.7", sender, "bob@home.example", /*outbound=*/false, kNow));
}

}  // namespace

TEST_CASE("what an allow entry skips, cell by cell") {
  struct Row {
    std::string label;
    ListEntry entry;
    Skip skip;
    bool skipped;
    bool skippedWhenStrict;
  };

  const ListEntry ip{.name = "x", .ip = "192.0.2.7"};
  const ListEntry network{.name = "x", .network = "192.0.2.0/24"};
  const ListEntry sender{.name = "x", .sender = "a@far.example"};
  const ListEntry recipient{.name = "x", .recipient = "bob@home.example"};
  const ListEntry domain{.name = "x", .domain = "far.example"};
  const Row rows[] = {
      {"ip skips DNSBL", ip, Skip::Dnsbl, true, true},
      {"ip skips SPF", ip, Skip::Spf, true, true},
      {"ip skips antivirus", ip, Skip::Antivirus, true, true},
      {"ip skips DKIM", ip, Skip::Dkim, true, true},
      {"ip skips DMARC", ip, Skip::Dmarc, true, true},
      {"ip skips restrictions", ip, Skip::Restrictions, true, true},
      {"network skips DNSBL", network, Skip::Dnsbl, true, true},
      {"network skips SPF", network, Skip::Spf, true, true},
      {"network is scanned", network, Skip::Antivirus, false, false},
      {"network skips DKIM", network, Skip::Dkim, true, true},
      {"network skips DMARC", network, Skip::Dmarc, true, true},
      {"network skips restrictions", network, Skip::Restrictions, true, true},
      {"sender is looked up in DNSBL", sender, Skip::Dnsbl, false, false},
      {"sender skips SPF", sender, Skip::Spf, true, true},
      {"sender skips antivirus", sender, Skip::Antivirus, true, false},
      {"sender is held to DKIM", sender, Skip::Dkim, false, false},
      {"sender is held to DMARC", sender, Skip::Dmarc, false, false},
      {"sender skips restrictions", sender, Skip::Restrictions, true, true},
      {"recipient is behind DNSBL", recipient, Skip::Dnsbl, false, false},
      {"recipient skips SPF", recipient, Skip::Spf, true, true},
      {"recipient skips antivirus", recipient, Skip::Antivirus, true, false},
      {"recipient is behind DKIM", recipient, Skip::Dkim, false, false},
      {"recipient is behind DMARC", recipient, Skip::Dmarc, false, false},
      {"recipient skips restrictions",
       recipient,
       Skip::Restrictions,
       true,
       true},
      {"domain is looked up in DNSBL", domain, Skip::Dnsbl, false, false},
      {"domain skips SPF", domain, Skip::Spf, true, true},
      {"domain skips antivirus", domain, Skip::Antivirus, true, false},
      {"domain skips DKIM", domain, Skip::Dkim, true, true},
      {"domain skips DMARC", domain, Skip::Dmarc, true, true},
      {"domain skips restrictions", domain, Skip::Restrictions, true, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    for (const bool strict : {false, true}) {
      CAPTURE(strict);
      const auto lists = listsOf(
          {.allow = {row.entry},
           .compat = strict ? ListCompat::Strict : ListCompat::MailPlus});
      const auto decision = allows(lists, "a@far.example");
      CHECK(decision.verdict == ListVerdict::Allow);
      CHECK(decision.skips.has(row.skip) ==
            (strict ? row.skippedWhenStrict : row.skipped));
    }
  }
}

TEST_CASE("what several entries skip adds up") {
  const auto lists =
      listsOf({.allow = {{.name = "office", .network = "192.0.2.0/24"},
                         {.name = "partner", .sender = "a@far.example"}}});
  CHECK(text(allows(lists, "b@far.example").skips) ==
        "dnsbl, spf, dkim, dmarc, restrictions");
  const auto both = allows(lists, "a@far.example");
  CHECK(both.entry->name == "office");
  CHECK(both.skips == SkipSet::all());
  CHECK(text(SkipSet{}) == "nothing");
}

TEST_CASE("an entry that wants proof does not hold by itself") {
  const auto lists = listsOf(
      {.allow = {
           {.name = "bank", .domain = "bank.example", .proof = ListProof::Spf},
           {.name = "box", .recipient = "box@home.example"}}});
  const auto claimed = allows(lists, "a@bank.example");
  CHECK(claimed.verdict == ListVerdict::None);
  CHECK(claimed.skips.empty());
  REQUIRE(claimed.unproven != nullptr);
  CHECK(claimed.unproven->name == "bank");

  SUBCASE("another entry may") {
    const auto boxed = lists.allows(lists.subject(
        "192.0.2.7", "a@bank.example", "box@home.example", false, kNow));
    CHECK(boxed.verdict == ListVerdict::Allow);
    CHECK(boxed.entry->name == "box");
    CHECK(boxed.unproven != nullptr);
  }
  SUBCASE("a domain of ours can be proven, too") {
    const auto ours = listsOf({.allow = {{.name = "service",
                                          .domain = "home.example",
                                          .proof = ListProof::Spf}}});
    const auto decision = allows(ours, "news@home.example");
    CHECK(decision.ignored == nullptr);
    CHECK(decision.unproven != nullptr);
  }
}

TEST_CASE("strict lists: a block entry wins") {
  config::Lists lists{.allow = {{.name = "a", .sender = "a@far.example"}},
                      .block = {{.name = "b", .sender = "*@far.example"}}};
  const auto decide = [&lists] {
    return listsOf(lists).decide(
        "192.0.2.7", "a@far.example", "bob@home.example", false, kNow);
  };
  CHECK(decide().verdict == ListVerdict::Allow);
  lists.compat = ListCompat::Strict;
  CHECK(decide().verdict == ListVerdict::Reject);
  lists.block.clear();
  CHECK(decide().verdict == ListVerdict::Allow);
}

TEST_CASE("an entry holds to the end of its last day, and not longer") {
  const auto lists = listsOf(
      {.allow = {
           {.name = "visit",
            .sender = "a@far.example",
            .expires = "2027-06-15"},
           {.name = "long visit",
            .sender = "*@far.example",
            .expires = "2027-06-20"},
           {.name = "gone", .ip = "192.0.2.7", .expires = "2027-06-14"}}});

  struct Row {
    std::string label;
    std::string day;  // Asked at its last second.
    std::string want;
  };

  const Row rows[] = {
      {"days before", "2027-06-13", "gone"},
      {"the last day of the first", "2027-06-14", "gone"},
      {"the day after it", "2027-06-15", "visit"},
      {"the next that fits speaks then", "2027-06-16", "long visit"},
      {"its last day", "2027-06-20", "long visit"},
      {"nobody is left", "2027-06-21", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto at = *expiryOf(row.day) - std::chrono::seconds(1);
    const auto decision = lists.allows(lists.subject(
        "192.0.2.7", "a@far.example", "bob@home.example", false, at));
    CHECK((decision.entry == nullptr ? "" : decision.entry->name) == row.want);
  }
  CHECK(!expiryOf(""));
  CHECK(*expiryOf("9999-12-31") == TimePoint::max());
}

}  // namespace mailreeve::directory
