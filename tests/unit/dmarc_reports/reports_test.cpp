// Aggregate reports from rows to mail; arriving at another host is for a story.
#include <doctest/doctest.h>

#include "core/dns/zone_resolver.h"
#include "core/store/event_log.h"
#include "mgmtd/dmarc/receivers.h"
#include "mgmtd/dmarc/report_mail.h"
#include "mgmtd/dmarc/send.h"
#include "tests/unit/scratch.h"

namespace mailreeve::dmarc {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 2} +
                      12h};

store::DmarcRow row(const std::string& ip) {
  store::DmarcRow out;
  out.published.domain = "far.test";
  out.published.p = "reject";
  out.result.sourceIp = ip;
  out.result.headerFrom = "far.test";
  out.result.envelopeFrom = "far.test";
  out.result.disposition = "none";
  out.result.spfAligned = true;
  out.result.signatures = {{"far.test", "s<1>", "pass", ""}};
  out.result.spfDomain = "far.test";
  out.result.spfScope = "mfrom";
  out.result.spfResult = "pass";
  return out;
}

void receive(const std::filesystem::path& database,
             TimePoint at,
             const store::DmarcRow& what) {
  store::EventLog log(database);
  store::Event event;
  event.time = at;
  event.program = "milterd";
  event.kind = "message";
  event.trace = "[]";
  event.dmarc = what;
  log.post(event);
  log.flush();
}

}  // namespace

TEST_CASE("receivers stand in rua=") {
  struct Row {
    std::string label, record;
    std::vector<Receiver> want;
  };

  const Row rows[] = {
      {"one", "v=DMARC1; p=none; rua=mailto:a@x.test", {{"a@x.test", 0}}},
      {"with a size",
       "v=DMARC1; rua=mailto:a@x.test!10m, mailto:b@x.test!50",
       {{"a@x.test", 10 << 20}, {"b@x.test", 50}}},
      {"an escaped one",
       "v=DMARC1; rua=mailto:a%21b@x.test",
       {{"a!b@x.test", 0}}},
      {"twice the same",
       "v=DMARC1; rua=mailto:a@x.test,MAILTO:a@x.test",
       {{"a@x.test", 0}}},
      {"no mail address", "v=DMARC1; rua=https://x.test/r", {}},
      {"a broken escape", "v=DMARC1; rua=mailto:a%2@x.test", {}},
      {"a list in disguise", "v=DMARC1; rua=mailto:a@x.test%2Cb@y.test", {}},
      {"none", "v=DMARC1; p=none", {}},
  };
  for (const auto& one : rows) {
    CAPTURE(one.label);
    CHECK((receiversOf(one.record) == one.want));
  }
}

TEST_CASE("the XML has the order and the words of RFC 7489") {
  store::DmarcReport report;
  report.reportId = "ID";
  report.published = row("").published;
  report.begin = std::chrono::floor<std::chrono::days>(kNoon);
  report.end = report.begin + 24h - 1s;
  store::DmarcCount count{row("192.0.2.1").result, 3};
  count.result.overrideType = "unheard-of";
  count.result.overrideComment = "a & b";
  const std::string want = R"(<?xml version="1.0" encoding="UTF-8"?>
<feedback>
  <version>1.0</version>
  <report_metadata>
    <org_name>Us</org_name>
    <email>p@example.com</email>
    <report_id>ID</report_id>
    <date_range>
      <begin>1793577600</begin>
      <end>1793663999</end>
    </date_range>
  </report_metadata>
  <policy_published>
    <domain>far.test</domain>
    <adkim>r</adkim>
    <aspf>r</aspf>
    <p>reject</p>
    <sp>reject</sp>
    <pct>100</pct>
    <fo>0</fo>
  </policy_published>
  <record>
    <row>
      <source_ip>192.0.2.1</source_ip>
      <count>3</count>
      <policy_evaluated>
        <disposition>none</disposition>
        <dkim>fail</dkim>
        <spf>pass</spf>
        <reason>
          <type>other</type>
          <comment>a &amp; b</comment>
        </reason>
      </policy_evaluated>
    </row>
    <identifiers>
      <envelope_from>far.test</envelope_from>
      <header_from>far.test</header_from>
    </identifiers>
    <auth_results>
      <dkim>
        <domain>far.test</domain>
        <selector>s&lt;1&gt;</selector>
        <result>pass</result>
      </dkim>
      <spf>
        <domain>far.test</domain>
        <scope>mfrom</scope>
        <result>pass</result>
      </spf>
    </auth_results>
  </record>
</feedback>
)";
  CHECK(aggregateXml({"Us", "p@example.com", ""}, report, {count}) == want);
}

TEST_CASE("a day is reported once, to those who want it") {
  const Scratch scratch;
  const auto database = scratch.path / "logs.db";
  receive(database, kNoon, row("192.0.2.1"));
  receive(database, kNoon + 1s, row("192.0.2.1"));
  receive(database, kNoon + 2s, row("192.0.2.2"));
  receive(database, kNoon + 24h, row("192.0.2.3"));

  dns::ZoneResolver resolver;
  resolver.addText("_dmarc.far.test",
                   "v=DMARC1; p=reject; rua=mailto:r@far.test,"
                   "mailto:r@willing.test,mailto:r@other.test,"
                   "mailto:small@far.test!1k");
  resolver.addText("far.test._report._dmarc.willing.test", "v=DMARC1;");
  config::Settings settings;
  settings.server.hostname = "mail.example.com";
  ManualClock clock(kNoon + 24h);
  auto reports = store::DmarcReports::open(database);
  REQUIRE(reports);
  store::Outbox outbox(scratch.path / "outbox.db", clock);
  const auto suffixes = PublicSuffixList::newest();
  const Sending sending{settings, *reports, outbox, resolver, suffixes, clock};
  const TimePoint midnight = std::chrono::floor<std::chrono::days>(clock.now());

  auto sent = sendReports(sending, "", midnight);
  REQUIRE(sent);
  CHECK(sent->reports == 1);
  CHECK(sent->problems.empty());
  const auto waiting = outbox.list(100);
  REQUIRE(waiting);
  std::vector<std::string> to;
  for (const auto& one : *waiting) to.push_back(one.notice.recipients.at(0));
  CHECK((to == std::vector<std::string>{"r@far.test", "r@willing.test"}));
  CHECK(waiting->at(0).notice.message.find("Auto-Submitted: auto-generated") !=
        std::string::npos);
  CHECK(waiting->at(0).notice.message.find(
            "mail.example.com!far.test!1793577600!1793663999!") !=
        std::string::npos);

  const auto listed = reports->list("FAR.test", 10);
  REQUIRE(listed);
  REQUIRE(listed->size() == 1);
  CHECK(listed->front().messages == 3);
  CHECK(listed->front().state == "sent");
  CHECK(listed->front().detail.find("r@other.test: other.test does not say") !=
        std::string::npos);
  CHECK(listed->front().detail.find(
            "small@far.test: takes no more than 1024") != std::string::npos);
  const auto rows = reports->rows(listed->front().id);
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK(rows->at(0).count == 2);
  CHECK((rows->at(0).result == row("192.0.2.1").result));

  sent = sendReports(sending, "", midnight);
  REQUIRE(sent);
  CHECK(sent->reports == 0);
  sent = sendReports(sending, "far.test", clock.now() + 1h);
  REQUIRE(sent);
  CHECK(sent->reports == 1);
}

TEST_CASE("a domain whose DNS is silent waits for the next time") {
  const Scratch scratch;
  const auto database = scratch.path / "logs.db";
  receive(database, kNoon, row("192.0.2.1"));
  dns::ZoneResolver resolver;
  resolver.fail("_dmarc.far.test");
  config::Settings settings;
  ManualClock clock(kNoon + 24h);
  auto reports = store::DmarcReports::open(database);
  REQUIRE(reports);
  store::Outbox outbox(scratch.path / "outbox.db", clock);
  const auto suffixes = PublicSuffixList::newest();
  auto sent = sendReports(
      {settings, *reports, outbox, resolver, suffixes, clock}, "", clock.now());
  REQUIRE(sent);
  CHECK(sent->problems.size() == 1);
  CHECK(reports->pending(clock.now())->size() == 1);
}

}  // namespace mailreeve::dmarc
