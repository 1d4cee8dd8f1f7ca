#include "mgmtd/cli/postfix_steps.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"
#include "core/dns/zone_resolver.h"

namespace mailreeve::cli {

namespace {

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

// "postscreen_access no opinion; postscreen_dns_lists reject 550 ...".
std::string text(const std::vector<PostfixStep>& steps) {
  std::string out;
  for (const auto& each : steps) {
    if (!out.empty()) out += "; ";
    out += each.step.step + " " + each.step.says;
    if (each.code != 0) out += " " + std::to_string(each.code);
  }
  return out;
}

void fill(dns::ZoneResolver& names) {
  names.addAddress("9.113.0.203.bad.example", "127.0.0.4");
  names.addAddress("10.113.0.203.bad.example", "127.0.0.99");
  names.addAddress("11.113.0.203.bad.example", "127.0.0.4");
  names.addAddress("11.113.0.203.good.example", "127.0.0.1");
  names.addPointer("9.113.0.203.in-addr.arpa", "mx.far.example");
  names.addAddress("mx.far.example", "203.0.113.9");
  names.addPointer("10.113.0.203.in-addr.arpa", "mx.far.example");
  names.addExchange("far.example", 10, "mx.far.example");
}

}  // namespace

TEST_CASE("what postscreen would make of a client") {
  struct Row {
    std::string label;
    std::string client;
    std::string want;
  };

  const std::string listed =
      "postscreen_access no opinion; "
      "postscreen_dns_lists ";
  const Row rows[] = {
      {"listed", "203.0.113.9", listed + "reject 550"},
      {"listed with an answer that does not count",
       "203.0.113.10",
       listed + "no opinion"},
      {"listed as bad and as good", "203.0.113.11", listed + "no opinion"},
      {"allowed, whatever is listed",
       "203.0.113.12",
       "postscreen_access no opinion"},
      {"blocked", "203.0.113.13", "postscreen_access reject 550"},
      {"blocked for a time: policyd does it",
       "203.0.113.14",
       listed + "no opinion"},
      {"one of ours", "192.0.2.1", ""},
  };
  config::Settings settings;
  settings.domains = {{.name = "home.example"}};
  settings.networks.trusted = {"192.0.2.0/24"};
  settings.postscreen.enabled = true;
  settings.postscreen.threshold = 3;
  settings.postscreen.dnsLists = {{"bad.example", "127.0.0.[2..11]", 3},
                                  {"good.example", "", -1}};
  settings.lists.allow = {{.name = "a", .ip = "203.0.113.12"}};
  settings.lists.block = {
      {.name = "b", .ip = "203.0.113.13"},
      {.name = "c", .ip = "203.0.113.14", .expires = "2026-12-31"}};
  dns::ZoneResolver names;
  fill(names);
  const auto ask = [&](const std::string& client) {
    const auto policy = std::make_shared<const directory::Policy>(settings);
    const directory::AccessLists access(policy);
    return text(
        postscreenSteps(*policy, access, names, {.client = client}, kNow));
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(ask(row.client) == row.want);
  }
  settings.lists.allow.push_back({.name = "s", .sender = "a@far.example"});
  CHECK(ask("203.0.113.13") == listed + "no opinion");  // It may be allowed.
  settings.lists.compat = config::ListCompat::Strict;
  CHECK(ask("203.0.113.13") == "postscreen_access reject 550");
  settings.postscreen.enabled = false;
  CHECK(ask("203.0.113.9").empty());
}

TEST_CASE("who may send to strangers") {
  struct Row {
    std::string label;
    Mail mail;
    std::string recipient;
    bool refused;
  };

  const Mail stranger{.client = "203.0.113.9", .from = "a@far.example"};
  const Row rows[] = {
      {"anybody to us", stranger, "bob@home.example", false},
      {"a stranger to strangers", stranger, "x@out.example", true},
      {"a trusted network",
       {.client = "192.0.2.1", .from = "a@far.example"},
       "x@out.example",
       false},
      {"who logged in",
       {.client = "203.0.113.9", .login = "bob@home.example"},
       "x@out.example",
       false},
  };
  config::Settings settings;
  settings.domains = {{.name = "home.example"}};
  settings.networks.trusted = {"192.0.2.0/24"};
  const directory::Policy policy(settings);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto step = relayStep(policy, row.mail, row.recipient);
    REQUIRE(step.has_value() == row.refused);
    if (step) CHECK(text({*step}) == "relay_control reject 554");
  }
}

TEST_CASE("what Postfix's restrictions would make of a client") {
  config::Restrictions all;
  all.clientName = config::ClientName::Verified;
  all.nonFqdnHelo = true;
  all.unknownHelo = true;
  all.nonFqdnSender = true;
  all.unknownSenderDomain = true;

  struct Row {
    std::string label;
    Mail mail;
    std::string refusedBy;  // Empty: nothing does.
  };

  const Mail good{.client = "203.0.113.9",
                  .helo = "mx.far.example",
                  .from = "a@far.example"};
  const auto with = [&good](auto change) {
    Mail mail = good;
    change(mail);
    return mail;
  };
  const Row rows[] = {
      {"all in order", good, ""},
      {"a name that leads elsewhere",
       with([](Mail& m) { m.client = "203.0.113.10"; }),
       "client_name defer 450"},
      {"no name",
       with([](Mail& m) { m.client = "203.0.113.77"; }),
       "client_name defer 450"},
      {"a short HELO",
       with([](Mail& m) { m.helo = "pc"; }),
       "reject_non_fqdn_helo reject 504"},
      {"an address for HELO",
       with([](Mail& m) { m.helo = "[203.0.113.9]"; }),
       ""},
      {"an invented HELO",
       with([](Mail& m) { m.helo = "a.b.example"; }),
       "reject_unknown_helo defer 450"},
      {"a sender without a domain",
       with([](Mail& m) { m.from = "root@localhost"; }),
       "reject_non_fqdn_sender reject 504"},
      {"a sender of no domain",
       with([](Mail& m) { m.from = "a@none.example"; }),
       "reject_unknown_sender_domain defer 450"},
      {"a bounce", with([](Mail& m) { m.from = ""; }), ""},
      {"nobody in particular, whom the DNS need not know",
       with([](Mail& m) {
         m.client = config::kAnyClient;
         m.helo = config::kAnyHelo;
       }),
       ""},
  };
  dns::ZoneResolver names;
  fill(names);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::string refusedBy;
    for (const auto& each : restrictionSteps(all, names, row.mail))
      if (each.code != 0 && refusedBy.empty()) refusedBy = text({each});
    CHECK(refusedBy == row.refusedBy);
  }
  CHECK(restrictionSteps({.nonFqdnSender = false}, names, good).empty());
}

}  // namespace mailreeve::cli
