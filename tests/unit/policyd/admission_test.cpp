// The rules that keep count: greylisting, recipients that do not exist, and
// allow entries that want proof.
#include <map>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"
#include "core/dns/zone_resolver.h"
#include "core/store/unknown_recipients.h"
#include "policyd/greylist_sender.h"
#include "policyd/rules.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;
using config::GreylistAction;

const TimePoint kNow = std::chrono::system_clock::from_time_t(1'770'000'000);

config::Settings house() {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  home.additional = {"casa.example"};
  settings.domains = {home};
  settings.server.hostname = "mx.home.example";
  settings.networks.trusted = {"10.9.0.0/16"};
  settings.greylisting.enabled = true;
  return settings;
}

struct Ask {
  std::string from = "alice@far.example";
  std::string to = "bob@home.example";
  std::string client = "192.0.2.7";
  std::string clientName = "unknown";
  std::string reverseName = "unknown";
  std::string login;
  std::chrono::seconds after{0};
};

// The world of one daemon: its memory, and the DNS it sees.
struct World {
  std::shared_ptr<store::Greylist> greylist =
      std::make_shared<store::Greylist>();
  std::shared_ptr<store::UnknownRecipients> unknown =
      std::make_shared<store::UnknownRecipients>();
  ManualClock clock{kNow};
  std::shared_ptr<dns::ZoneResolver> zone =
      std::make_shared<dns::ZoneResolver>();
  bool databaseFails = false;
  bool directoryFails = false;
  std::string writtenTo;  // By whoever is asked about.

  Outcome judge(const config::Settings& settings, const Ask& ask) {
    Asks asks;
    asks.usedToday = [](const std::string& user) -> Result<store::Usage> {
      return store::Usage{user, "", 0, 0};
    };
    asks.exists = [this](const std::string& mailbox) -> std::optional<bool> {
      if (directoryFails) return std::nullopt;
      return !mailbox.starts_with("nobody");
    };
    asks.countUnknown = [this](const std::string& client,
                               TimePoint at,
                               bool another) {
      const auto day = store::usageDay(at);
      return another ? unknown->add(client, day) : unknown->count(client, day);
    };
    asks.greylist = [this](const store::GreylistSender& sender,
                           const store::GreylistTerms& terms,
                           TimePoint at) -> Result<store::GreylistAnswer> {
      if (databaseFails) return Error{ErrorCode::Unavailable, "disk full"};
      return greylist->attempt(sender, terms, at);
    };
    asks.hasWrittenTo = [this](const std::string&, const std::string& address) {
      return address == writtenTo;
    };
    asks.facts = std::make_shared<const ClientFacts>(
        zone, clock, settings.server.hostname, settings.greylisting.dnswl);
    const auto rules =
        makeRules(std::make_shared<directory::Policy>(settings), asks);
    Request request;
    request.protocolState = "RCPT";
    request.clientAddress = ask.client;
    request.clientName = ask.clientName;
    request.reverseClientName = ask.reverseName;
    request.heloName = "mx.far.example";
    request.saslUsername = ask.login;
    request.sender = ask.from;
    request.recipient = ask.to;
    return rules.judge(request, kNow + ask.after);
  }
};

// "defer: greylist: first attempt, known by ..." or "pass: " and what the last
// rule saw.
std::string text(const Outcome& outcome) {
  std::string out(name(outcome.answer.kind));
  const Step& last = outcome.steps.back();
  return out + ": " + std::string(last.rule) + ": " + last.saw;
}

config::GreylistRule ruleFor(const std::string& key,
                             const std::string& value,
                             GreylistAction action) {
  config::GreylistRule rule;
  rule.name = value;
  rule.action = action;
  (key == "ip" ? rule.ip : key == "network" ? rule.network : rule.host) = value;
  return rule;
}

}  // namespace

TEST_CASE("who is greylisted, and who never") {
  auto settings = house();
  settings.greylisting.dnswl = {"wl.example"};
  settings.greylisting.rules = {
      ruleFor("ip", "198.51.100.1", GreylistAction::Allow),
      ruleFor("network", "198.51.100.0/24", GreylistAction::Block),
      ruleFor("host", "*.good.example", GreylistAction::Allow),
      ruleFor("host", "*.bad.good.example", GreylistAction::Block),
      ruleFor("host", "mx.exact.example", GreylistAction::Allow)};
  settings.lists.allow = {{.name = "partner", .ip = "203.0.113.80"}};
  settings.dkim.networks = {"203.0.113.64/28", "198.51.100.3"};
  World world;
  world.zone->addText("spf.example", "v=spf1 ip4:192.0.2.0/24 -all");
  world.zone->addAddress("9.2.0.192.wl.example", "127.0.0.2");

  struct Row {
    std::string label;
    Ask ask;
    std::string want;
  };

  const Row rows[] = {
      {"a stranger",
       {},
       "defer: greylist: first attempt, known by 192.0.2.0/24, 120 s to wait"},
      {"who logged in",
       {.from = "bob@home.example", .login = "bob@home.example"},
       "pass: greylist: one of ours"},
      {"a trusted network",
       {.client = "10.9.1.1"},
       "pass: greylist: one of ours"},
      {"this host itself",
       {.client = "127.0.0.1"},
       "pass: greylist: one of ours"},
      {"a network we sign for, which could not come again",
       {.from = "printer@home.example", .client = "203.0.113.65"},
       "pass: greylist: from a signing network"},
      {"one of its hosts that a rule blocks",
       {.client = "198.51.100.3"},
       "reject: greylist: rule \"198.51.100.0/24\" blocks"},
      {"who is allowed is not asked",
       {.client = "203.0.113.80"},
       "allow: allow_list: entry \"partner\" (ip)"},
      {"to postmaster",
       {.to = "Postmaster@casa.example"},
       "pass: greylist: to postmaster@home.example"},
      {"to abuse",
       {.to = "abuse@home.example"},
       "pass: greylist: to abuse@home.example"},
      {"to somebody who does not exist",
       {.to = "nobody@home.example"},
       "pass: greylist: no such recipient"},
      {"to a domain that is not ours",
       {.to = "x@out.example"},
       "pass: greylist: not to us"},
      {"a sender with what a terminal obeys, though allowed",
       {.from = "\"a\x1b[31m\"@out.example", .client = "203.0.113.80"},
       "reject: address_syntax: control characters"},
      {"such a recipient",
       {.to = "\"bob+\x7f\"@home.example"},
       "reject: address_syntax: control characters"},
      {"a client without an address",
       {.client = "unknown"},
       "pass: greylist: no client address"},
      {"on a list of good clients",
       {.client = "192.0.2.9"},
       "pass: greylist: listed as good in wl.example"},
      {"SPF vouches",
       {.from = "a@spf.example"},
       "defer: greylist: first attempt, known by spf.example, 120 s to wait"},
      {"SPF does not",
       {.from = "a@spf.example", .client = "203.0.113.9"},
       "defer: greylist: first attempt, known by 203.0.113.0/24, 120 s to "
       "wait"},
      {"the null sender, by its network",
       {.from = "", .client = "203.0.113.9"},
       "defer: greylist: first attempt, known by 203.0.113.0/24, 120 s to "
       "wait"},
      {"IPv6, by its /64",
       {.client = "2001:db8:1:2::9"},
       "defer: greylist: first attempt, known by 2001:db8:1:2::/64, 120 s to "
       "wait"},
      {"an address before its network",
       {.client = "198.51.100.1"},
       "pass: greylist: rule \"198.51.100.1\" allows"},
      {"a blocked network",
       {.client = "198.51.100.2"},
       "reject: greylist: rule \"198.51.100.0/24\" blocks"},
      {"a host by its verified name",
       {.clientName = "mx1.good.example"},
       "pass: greylist: rule \"*.good.example\" allows"},
      {"a name that does not lead back is no reason to allow",
       {.reverseName = "mx1.good.example"},
       "defer: greylist: came too early, known by 192.0.2.0/24, 120 s to "
       "wait"},
      {"but one to block, the longest first",
       {.reverseName = "x.bad.good.example"},
       "reject: greylist: rule \"*.bad.good.example\" blocks"},
      {"a whole name",
       {.clientName = "MX.exact.example"},
       "pass: greylist: rule \"mx.exact.example\" allows"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(text(world.judge(settings, row.ask)) == row.want);
  }

  settings.greylisting.defaultAction = GreylistAction::Allow;
  CHECK(text(world.judge(settings, {})) == "pass: greylist: default allows");
  settings.greylisting.defaultAction = GreylistAction::Block;
  CHECK(text(world.judge(settings, {})) == "reject: greylist: default blocks");
  settings.greylisting.enabled = false;
  CHECK(text(world.judge(settings, {})) == "pass: greylist: off");
}

TEST_CASE("a greylisted sender is told when to come, and then taken") {
  const auto settings = house();
  World world;
  const auto first = world.judge(settings, {});
  CHECK(replyText(first.answer, "7K3M9QXD") ==
        "450 4.7.1 Greylisted, try again in 120 seconds (reference 7K3M9QXD)");
  CHECK(world.judge(settings, {.after = 60s}).answer.wait == 60s);
  CHECK(text(world.judge(settings, {.client = "192.0.2.99", .after = 121s})) ==
        "pass: greylist: waited long enough, known by 192.0.2.0/24");
  CHECK(text(world.judge(settings, {.after = 200s})) ==
        "pass: greylist: known sender, known by 192.0.2.0/24");
}

TEST_CASE("whom the recipient has written to need not wait") {
  auto settings = house();
  World world;
  world.zone->addText("spf.example", "v=spf1 ip4:192.0.2.0/24 -all");
  world.zone->addText("soft.example", "v=spf1 ~all");

  struct Row {
    std::string label;
    std::string writtenTo;
    Ask ask;
    std::string want;
  };

  const Row rows[] = {
      {"an answer",
       "friend@far.example",
       {.from = "Friend@far.example"},
       "pass: greylist: first attempt, known by 192.0.2.0/24, but the "
       "recipient has written to it"},
      {"an answer that SPF vouches for",
       "friend@spf.example",
       {.from = "friend@spf.example"},
       "pass: greylist: first attempt, known by spf.example, but the "
       "recipient has written to it"},
      {"somebody else of that domain",
       "friend@far.example",
       {.from = "other@far.example"},
       "defer: greylist: first attempt, known by 192.0.2.0/24, 120 s to wait"},
      {"the friend's name in a forger's mouth",
       "friend@spf.example",
       {.from = "friend@spf.example", .client = "203.0.113.9"},
       "defer: greylist: first attempt, known by 203.0.113.0/24, 120 s to "
       "wait"},
      {"which SPF only suspects",
       "friend@soft.example",
       {.from = "friend@soft.example", .client = "203.0.113.9"},
       "defer: greylist: first attempt, known by 203.0.113.0/24, 120 s to "
       "wait"},
      {"a bounce is from nobody",
       "",
       {.from = "", .client = "203.0.113.9"},
       "defer: greylist: first attempt, known by 203.0.113.0/24, 120 s to "
       "wait"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    world.writtenTo = row.writtenTo;
    CHECK(text(world.judge(settings, row.ask)) == row.want);
  }
  world.writtenTo = "late@far.example";
  settings.spam.correspondents.enabled = false;
  CHECK(text(world.judge(settings, {.from = "late@far.example"})) ==
        "defer: greylist: first attempt, known by 192.0.2.0/24, 120 s to wait");
}

TEST_CASE("what cannot be known lets the mail pass") {
  const auto settings = house();
  World world;
  SUBCASE("the database fails") {
    world.databaseFails = true;
    CHECK(text(world.judge(settings, {})) ==
          "pass: greylist: not greylisted: disk full");
  }
  SUBCASE("nobody knows who exists") {
    world.directoryFails = true;
    CHECK(text(world.judge(settings, {})) ==
          "pass: greylist: cannot know who exists");
  }
  SUBCASE("the DNS is dead") {
    world.zone->fail("far.example");
    CHECK(text(world.judge(settings, {})) ==
          "defer: greylist: first attempt, known by 192.0.2.0/24, 120 s to "
          "wait");
  }
}

TEST_CASE("a client that guesses addresses is refused until the next day") {
  auto settings = house();
  settings.greylisting.enabled = false;
  settings.restrictions.unknownRecipients = 3;
  settings.lists.allow = {{.name = "partner", .ip = "203.0.113.80"}};
  World world;
  const Ask guess{.to = "nobody@home.example"};
  const auto saw = [&world, &settings](const Ask& ask) {
    const auto outcome = world.judge(settings, ask);
    return std::string(name(outcome.answer.kind)) + ": " +
           outcome.steps.at(std::min<std::size_t>(3, outcome.steps.size() - 1))
               .saw;
  };
  CHECK(saw({}) == "pass: 0 before this");
  CHECK(saw(guess) == "pass: no such recipient, 1 of 3 today");
  CHECK(saw(guess) == "pass: no such recipient, 2 of 3 today");
  CHECK(saw({.to = "nobody@far.example"}) == "pass: not to us");
  CHECK(saw(guess) == "pass: no such recipient, 3 of 3 today");
  CHECK(saw({}) == "reject: 192.0.2.7 named 3 today, of 3");
  CHECK(saw({.client = "192.0.2.8"}) == "pass: 0 before this");
  CHECK(saw({.after = 24h}) == "pass: 0 before this");
  CHECK(saw({.to = "nobody@home.example", .client = "10.9.1.1"}) ==
        "pass: one of ours");
  CHECK(saw({.to = "nobody@home.example", .client = "203.0.113.80"}) ==
        "allow: entry \"partner\" (ip)");
  world.directoryFails = true;
  CHECK(saw({.to = "nobody@home.example", .client = "192.0.2.9"}) ==
        "pass: cannot know who exists");
}

TEST_CASE("an allow entry with proof holds where the proof is had") {
  auto settings = house();
  settings.greylisting.enabled = false;
  using config::ListProof;
  settings.lists.allow = {
      {.name = "bank", .domain = "bank.example", .proof = ListProof::Spf},
      {.name = "shop", .domain = "shop.example", .proof = ListProof::Dkim}};
  settings.lists.block = {{.name = "all", .sender = "*"}};
  World world;
  world.zone->addText("bank.example", "v=spf1 ip4:192.0.2.7 -all");
  const auto saw = [&world, &settings](const Ask& ask) {
    const auto outcome = world.judge(settings, ask);
    return std::string(name(outcome.answer.kind)) + ": " +
           outcome.steps.at(1).saw;
  };
  CHECK(saw({.from = "a@bank.example"}) ==
        "allow: entry \"bank\", SPF says pass");
  CHECK(saw({.from = "a@bank.example", .client = "192.0.2.8"}) ==
        "reject: entry \"bank\" passed over: SPF says fail");
  CHECK(saw({.from = "a@shop.example"}) ==
        "reject: entry \"shop\" waits for its proof by DKIM");
  world.zone->fail("bank.example");
  CHECK(saw({.from = "b@bank.example"}) ==
        "defer: entry \"bank\" cannot be proven now, and a block entry fits: "
        "SPF says temperror");
  settings.lists.block.clear();
  CHECK(saw({.from = "c@bank.example"}) ==
        "pass: entry \"bank\" passed over: SPF says temperror");
}

TEST_CASE("where block entries win they are asked first") {
  auto settings = house();
  settings.greylisting.enabled = false;
  settings.lists.allow = {{.name = "a", .sender = "alice@far.example"}};
  settings.lists.block = {{.name = "b", .sender = "*@far.example"}};
  World world;
  CHECK(world.judge(settings, {}).answer.kind == Answer::Kind::Allow);
  settings.lists.compat = config::ListCompat::Strict;
  const auto strict = world.judge(settings, {});
  CHECK(text(strict) == "reject: block_list: entry \"b\" (sender)");
}

}  // namespace mailreeve::policyd
