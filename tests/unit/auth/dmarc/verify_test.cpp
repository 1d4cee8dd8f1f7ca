#include "core/auth/dmarc/verify.h"

#include <doctest/doctest.h>

#include "core/dns/zone_resolver.h"

namespace mailreeve::dmarc {

namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

// What a message brings: its author, and what SPF and DKIM proved.
struct Mail {
  std::string author;
  std::string spf;   // Passed for; "?DOMAIN": the DNS did not answer.
  std::string dkim;  // Likewise.
  unsigned sample = 0;
};

struct Zone {
  dns::ZoneResolver resolver;

  explicit Zone(const Records& records) {
    for (const auto& [name, text] : records) {
      if (text == "fail")
        resolver.fail("_dmarc." + name);
      else if (text == "exists")
        resolver.addAddress(name, "192.0.2.1");
      else if (text == "unknown")
        resolver.fail(name, dns::Type::A);
      else
        resolver.addText("_dmarc." + name, text);
    }
  }

  Finding verify(const Mail& mail, Mode mode) {
    const std::string message = "From: a@" + mail.author + "\r\n\r\n";
    spf::Finding spf;
    if (!mail.spf.empty()) {
      const bool down = mail.spf[0] == '?';
      spf.outcome = down ? spf::Outcome::TempError : spf::Outcome::Pass;
      spf.domain = mail.spf.substr(down ? 1 : 0);
    }
    std::vector<dkim::Finding> dkim;
    if (!mail.dkim.empty()) {
      const bool down = mail.dkim[0] == '?';
      dkim.push_back(
          {.outcome = down ? dkim::Outcome::TempError : dkim::Outcome::Pass,
           .domain = mail.dkim.substr(down ? 1 : 0)});
    }
    return Verifier(resolver, PublicSuffixList::newest(), mode)
        .verify(auth::viewOf(message), spf, dkim, mail.sample, {});
  }
};

// "pass", "fail reject", "none".
std::string tell(const Finding& finding) {
  std::string out(describe(finding.outcome));
  if (finding.outcome == Outcome::Fail)
    out += " " + std::string(describe(finding.applied));
  return out;
}

struct Row {
  std::string label;
  Records records;
  Mail mail;
  std::string byList;  // RFC 7489
  std::string byWalk;  // RFC 9989
};

void check(const Row& row) {
  CAPTURE(row.label);
  CHECK(tell(Zone(row.records).verify(row.mail, Mode::PublicSuffixList)) ==
        row.byList);
  CHECK(tell(Zone(row.records).verify(row.mail, Mode::TreeWalk)) == row.byWalk);
}

}  // namespace

TEST_CASE("a domain is proven by itself, or by one of its organisation") {
  const Records relaxed = {{"example.com", "v=DMARC1; p=reject"}};
  const Records strict = {
      {"example.com", "v=DMARC1; p=reject; adkim=s; aspf=s"}};
  const Row rows[] = {
      {"nothing proven",
       relaxed,
       {"example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"SPF of the domain",
       relaxed,
       {"example.com", "example.com", ""},
       "pass",
       "pass"},
      {"DKIM of the domain",
       relaxed,
       {"example.com", "", "example.com"},
       "pass",
       "pass"},
      {"capitals", relaxed, {"Example.COM", "", "EXAMPLE.com"}, "pass", "pass"},
      {"SPF below it",
       relaxed,
       {"example.com", "bounce.example.com", ""},
       "pass",
       "pass"},
      {"DKIM above it",
       relaxed,
       {"mail.example.com", "", "example.com"},
       "pass",
       "pass"},
      {"DKIM beside it",
       relaxed,
       {"a.example.com", "", "b.example.com"},
       "pass",
       "pass"},
      {"another domain",
       relaxed,
       {"example.com", "example.org", "esp.example"},
       "fail reject",
       "fail reject"},
      {"a name that only ends alike",
       relaxed,
       {"example.com", "badexample.com", ""},
       "fail reject",
       "fail reject"},
      {"strict: SPF below it",
       strict,
       {"example.com", "a.example.com", ""},
       "fail reject",
       "fail reject"},
      {"strict: DKIM below it",
       strict,
       {"example.com", "", "a.example.com"},
       "fail reject",
       "fail reject"},
      {"strict: the domain itself",
       strict,
       {"example.com", "", "example.com"},
       "pass",
       "pass"},
      {"strict for DKIM only, SPF below it",
       {{"example.com", "v=DMARC1; p=reject; adkim=s"}},
       {"example.com", "a.example.com", ""},
       "pass",
       "pass"},
      {"one-letter labels are not cut off",
       {{"x.com", "v=DMARC1; p=reject"}},
       {"x.com", "attacker.com", ""},
       "fail reject",
       "fail reject"},
      {"two registrants below one suffix",
       {{"a.co.uk", "v=DMARC1; p=reject"}},
       {"a.co.uk", "b.co.uk", ""},
       "fail reject",
       "fail reject"},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("a policy is found where it is published") {
  const Row rows[] = {
      {"none anywhere", {}, {"example.com", "example.com", ""}, "none", "none"},
      {"of the organisation, for a domain below",
       {{"example.com", "v=DMARC1; p=reject"}},
       {"a.b.example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"sp= for a domain below",
       {{"example.com", "v=DMARC1; p=reject; sp=none"}},
       {"a.example.com", "", ""},
       "fail none",
       "fail none"},
      {"sp= means nothing to the domain itself",
       {{"example.com", "v=DMARC1; p=reject; sp=none"}},
       {"example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"the domain's own record before its organisation's",
       {{"a.example.com", "v=DMARC1; p=quarantine"},
        {"example.com", "v=DMARC1; p=reject"}},
       {"a.example.com", "", ""},
       "fail quarantine",
       "fail quarantine"},
      {"np= for a name that is not there",
       {{"example.com", "v=DMARC1; p=none; sp=none; np=reject"}},
       {"a.example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"np= means nothing to a name that is there",
       {{"example.com", "v=DMARC1; p=none; sp=quarantine; np=reject"},
        {"a.example.com", "exists"}},
       {"a.example.com", "", ""},
       "fail quarantine",
       "fail quarantine"},
      {"np= when nobody knows whether the name is there",
       {{"example.com", "v=DMARC1; p=none; np=reject"},
        {"a.example.com", "unknown"}},
       {"a.example.com", "", ""},
       "temperror",
       "temperror"},
      {"... which does not matter to a message that passes",
       {{"example.com", "v=DMARC1; p=none; np=reject"},
        {"a.example.com", "unknown"}},
       {"a.example.com", "", "a.example.com"},
       "pass",
       "pass"},
      {"several records are none",
       {{"example.com", "v=DMARC1; p=reject"},
        {"example.com", "v=DMARC1; p=none"}},
       {"example.com", "", ""},
       "none",
       "none"},
      {"several records: one mode ends, the other walks on",
       {{"a.example.com", "v=DMARC1; p=none"},
        {"a.example.com", "v=DMARC1; p=none"},
        {"example.com", "v=DMARC1; p=reject"}},
       {"a.example.com", "", ""},
       "none",
       "fail reject"},
      {"other texts do not count",
       {{"example.com", "v=spf1 -all"}, {"example.com", "v=DMARC1; p=reject"}},
       {"example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"no policy, but somebody to report to",
       {{"example.com", "v=DMARC1; rua=mailto:a@example.com"}},
       {"example.com", "", ""},
       "fail none",
       "fail none"},
      {"no policy, and nobody",
       {{"a.example.com", "v=DMARC1; adkim=s"},
        {"example.com", "v=DMARC1; p=reject"}},
       {"a.example.com", "", ""},
       "none",
       "none"},
      {"a wrong optional tag costs no protection",
       {{"example.com", "v=DMARC1; p=reject; adkim=x; fo=q; rf=z"}},
       {"example.com", "", ""},
       "fail reject",
       "fail reject"},
      {"pct=0 of one, nothing to the other",
       {{"example.com", "v=DMARC1; p=reject; pct=0"}},
       {"example.com", "", ""},
       "fail quarantine",
       "fail reject"},
      {"pct=30, a message within",
       {{"example.com", "v=DMARC1; p=reject; pct=30"}},
       {"example.com", "", "", 29},
       "fail reject",
       "fail reject"},
      {"pct=30, a message beyond",
       {{"example.com", "v=DMARC1; p=quarantine; pct=30"}},
       {"example.com", "", "", 30},
       "fail none",
       "fail quarantine"},
      {"t=y of one, nothing to the other",
       {{"example.com", "v=DMARC1; p=reject; t=y"}},
       {"example.com", "", ""},
       "fail reject",
       "fail quarantine"},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("organisations differ where the DNS says so") {
  const Records bank = {{"bank.example", "v=DMARC1; p=reject; psd=y"},
                        {"giant.bank.example", "v=DMARC1; p=quarantine"}};
  const Row rows[] = {
      {"below a suffix of its own",
       bank,
       {"giant.bank.example", "mail.giant.bank.example", ""},
       "pass",
       "pass"},
      {"two registrants below it",
       bank,
       {"giant.bank.example", "", "mega.bank.example"},
       "pass",
       "fail quarantine"},
      {"the suffix's policy for who has none",
       bank,
       {"mega.bank.example", "", ""},
       "fail reject",
       "fail reject"},
      {"a suffix as itself",
       bank,
       {"bank.example", "mail.bank.example", ""},
       "pass",
       "fail reject"},
      {"psd=n makes an organisation",
       {{"b.example.com", "v=DMARC1; p=reject; psd=n"},
        {"example.com", "v=DMARC1; p=none"}},
       {"a.b.example.com", "", "example.com"},
       "pass",
       "fail reject"},
      {"no record above: an organisation of its own",
       {{"mail.example.com", "v=DMARC1; p=reject"}},
       {"mail.example.com", "bounce.example.com", ""},
       "pass",
       "fail reject"},
      {"a public suffix of the list",
       {{"blogspot.com", "v=DMARC1; p=reject"}},
       {"alice.blogspot.com", "", "bob.blogspot.com"},
       "none",
       "pass"},
      {"a name of 13 labels",
       {{"example.com", "v=DMARC1; p=reject"}},
       {"a.b.c.d.e.f.g.h.i.j.k.example.com", "", "s.example.com"},
       "pass",
       "pass"},
      {"records above the seventh label of a long name are not asked for",
       {{"f.g.h.i.j.k.example.com", "v=DMARC1; p=none"},
        {"example.com", "v=DMARC1; p=reject"}},
       {"a.b.c.d.e.f.g.h.i.j.k.example.com", "", ""},
       "fail reject",
       "fail reject"},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("a DNS that does not answer costs nobody a message") {
  const Records known = {{"example.com", "v=DMARC1; p=reject"}};
  const Row rows[] = {
      {"no policy to be had",
       {{"example.com", "fail"}},
       {"example.com", "", "example.com"},
       "temperror",
       "temperror"},
      {"the organisation's policy not to be had",
       {{"example.com", "fail"}},
       {"a.example.com", "", ""},
       "temperror",
       "temperror"},
      {"a key not to be had",
       known,
       {"example.com", "", "?example.com"},
       "temperror",
       "temperror"},
      {"a key of somebody else not to be had",
       known,
       {"example.com", "", "?esp.example"},
       "fail reject",
       "fail reject"},
      {"SPF not to be had, but a signature",
       known,
       {"example.com", "?example.com", "example.com"},
       "pass",
       "pass"},
      {"the walk breaks above, and the domain proves itself",
       {{"example.com", "v=DMARC1; p=reject"}, {"com", "fail"}},
       {"example.com", "", "example.com"},
       "pass",
       "pass"},
      {"the walk breaks above, and only a relative is proven",
       {{"example.com", "v=DMARC1; p=reject"}, {"com", "fail"}},
       {"example.com", "", "a.example.com"},
       "pass",
       "temperror"},
      {"the walk of an identifier breaks",
       {{"example.com", "v=DMARC1; p=reject"}, {"a.example.com", "fail"}},
       {"example.com", "", "a.example.com"},
       "pass",
       "temperror"},
      {"... but another one is proven",
       {{"example.com", "v=DMARC1; p=reject"}, {"a.example.com", "fail"}},
       {"example.com", "b.example.com", "a.example.com"},
       "pass",
       "pass"},
  };
  for (const auto& row : rows) check(row);
}

TEST_CASE("a finding tells what it rests on") {
  Zone zone(
      Records{{"example.com", "v=DMARC1; p=reject; sp=quarantine; pct=0"}});
  const auto failed =
      zone.verify({"a.example.com", "", ""}, Mode::PublicSuffixList);
  CHECK(failed.authorDomain == "a.example.com");
  CHECK(failed.policyDomain == "example.com");
  CHECK(failed.published == Policy::Quarantine);
  CHECK(failed.applied == Policy::None);
  CHECK(failed.softened);
  const auto passed = zone.verify({"a.example.com", "", "b.example.com"},
                                  Mode::PublicSuffixList);
  CHECK(passed.alignedBy == "dkim=b.example.com");
  CHECK(passed.organisation == "example.com");
  CHECK(passed.dkimAligned);
  CHECK_FALSE(passed.spfAligned);
  REQUIRE(passed.record);
  CHECK(passed.record->percent == 0);
}

TEST_CASE("a report wants to know each method that proved the author") {
  struct Row {
    std::string label;
    Mail mail;
    bool spf;
    bool dkim;
  };

  const Row rows[] = {
      {"both", {"a.example.com", "example.com", "b.example.com"}, true, true},
      {"SPF", {"example.com", "a.example.com", "other.example"}, true, false},
      {"DKIM, and SPF that could not be asked",
       {"example.com", "?example.com", "example.com"},
       false,
       true},
      {"neither", {"example.com", "other.example", ""}, false, false},
  };
  for (const auto& row : rows)
    for (const auto mode : {Mode::PublicSuffixList, Mode::TreeWalk}) {
      CAPTURE(row.label);
      Zone zone(Records{{"example.com", "v=DMARC1; p=reject"}});
      const auto finding = zone.verify(row.mail, mode);
      CHECK(finding.spfAligned == row.spf);
      CHECK(finding.dkimAligned == row.dkim);
      CHECK((finding.outcome == Outcome::Pass) == (row.spf || row.dkim));
      CHECK(finding.organisation == "example.com");
    }
}

TEST_CASE("a message without one author is wrong, not unprotected") {
  Zone zone(Records{});
  const std::string message = "From: a@example.com, b@example.org\r\n\r\n";
  const auto finding =
      Verifier(zone.resolver, PublicSuffixList::newest(), Mode::TreeWalk)
          .verify(auth::viewOf(message), {}, {}, 0, {});
  CHECK(finding.outcome == Outcome::PermError);
  CHECK(finding.problem == "From holds addresses of several domains");
}

}  // namespace mailreeve::dmarc
