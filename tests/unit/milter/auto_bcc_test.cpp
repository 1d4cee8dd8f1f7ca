#include "milter/edits/auto_bcc.h"

#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

constexpr const char* kRules =
    "    auto_bcc:\n"
    "      - {name: boss, when: sender, contains: Alice@, to: [boss]}\n"
    "      - {name: sales, when: recipient, contains: sales, "
    "to: [audit@outside.example, boss]}\n"
    "      - {name: off, enabled: false, when: all, to: [never]}\n";

// The copies made, in order.
std::string copies(const directory::PolicyPtr& policy,
                   const mail::Envelope& envelope,
                   const std::string& bytes = kPlainMail,
                   const Findings& findings = {}) {
  const auto message = messageOf(bytes, envelope);
  const Transaction transaction(*policy, message.envelope(), kNow);
  Draft draft(message);
  const auto verdict = AutoBcc(*policy).propose(transaction, findings, draft);
  REQUIRE(verdict);
  CHECK(verdict->kind == Verdict::Kind::Pass);
  CHECK_FALSE(draft.changesContent());  // No header tells of a copy.
  std::vector<std::string> to;
  for (const auto& added : draft.addedRecipients()) {
    CHECK(added.parameters == "NOTIFY=NEVER");
    to.push_back(added.address);
  }
  return join(to, " ");
}

Findings signedBy(const std::string& domain,
                  dkim::Outcome outcome = dkim::Outcome::Pass) {
  dkim::Finding finding;
  finding.domain = domain;
  finding.outcome = outcome;
  Findings findings;
  findings.authentication.dkim = {finding};
  return findings;
}

}  // namespace

TEST_CASE("auto_bcc copies once to each target, whatever names it") {
  const auto policy = policyOf(kRules);

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::string want;
  };

  const Row rows[] = {
      {"no rule fits", envelopeOf("bob@example.com", {"x@o.example"}), ""},
      {"by sender",
       envelopeOf("alice@example.com", {"x@o.example"}),
       "boss@example.com"},
      {"in any case",
       envelopeOf("ALICE@EXAMPLE.COM", {"x@o.example"}),
       "boss@example.com"},
      {"by sender with an extension",
       envelopeOf("alice+news@example.com", {"x@o.example"}),
       "boss@example.com"},
      {"by sender in an additional domain",
       envelopeOf("alice@example.net", {"x@o.example"}),
       "boss@example.com"},
      {"by recipient, several targets",
       envelopeOf("x@o.example", {"sales@example.com"}),
       "audit@outside.example boss@example.com"},
      {"by recipient in an additional domain",
       envelopeOf("x@o.example", {"sales@example.net"}),
       "audit@outside.example boss@example.com"},
      {"sender and recipient rules name the same target",
       envelopeOf("alice@example.com", {"sales@example.com"}),
       "boss@example.com audit@outside.example"},
      {"two recipients fit",
       envelopeOf("x@o.example", {"sales@example.com", "presales@example.com"}),
       "audit@outside.example boss@example.com"},
      {"the target is a recipient",
       envelopeOf("alice@example.com", {"Boss@example.com"}),
       ""},
      {"the target is a recipient by another of its addresses",
       envelopeOf("alice@example.com", {"boss+x@example.net"}),
       ""},
      {"an outside target is a recipient",
       envelopeOf("x@o.example",
                  {"sales@example.com", "AUDIT@outside.example"}),
       "boss@example.com"},
      {"nobody of the domain sends or gets it",
       envelopeOf("alice@elsewhere.example", {"sales@elsewhere.example"}),
       ""},
      {"the domain sends: it looks at all recipients",
       envelopeOf("bob@example.com", {"sales@outside.example"}),
       "audit@outside.example boss@example.com"},
      {"the domain only receives: it looks at its own",
       envelopeOf("x@o.example", {"bob@example.com", "sales@o.example"}),
       ""},
      {"the null sender", envelopeOf("", {"sales@example.com"}), ""},
      {"the null sender of somebody logged in",
       envelopeOf("", {"x@o.example"}, "alice@example.com"),
       "boss@example.com"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(copies(policy, row.envelope) == row.want);
  }
}

TEST_CASE("auto_bcc for all messages covers what is sent and received") {
  const auto policy =
      policyOf("    auto_bcc: [{name: all, when: all, to: [archive]}]\n");
  CHECK(copies(policy, envelopeOf("a@example.com", {"x@o.example"})) ==
        "archive@example.com");
  CHECK(copies(policy, envelopeOf("x@o.example", {"a@example.com"})) ==
        "archive@example.com");
  CHECK(copies(policy, envelopeOf("x@o.example", {"a@other.example"})).empty());
}

TEST_CASE("auto_bcc ends a circle: a copy that comes back makes no copy") {
  const auto policy =
      policyOf("    auto_bcc: [{name: all, when: all, to: [j@o.example]}]\n");
  const auto envelope = envelopeOf("a@example.com", {"b@example.com"});
  for (const std::string header :
       {"Delivered-To: j@o.example\r\n",
        "delivered-to: <J@O.Example>\r\n",
        "X-Original-To: j+x@o.example\r\n",
        "X-Forwarded-For: j@o.example b@x.example\r\n"}) {
    CAPTURE(header);
    CHECK(copies(policy, envelope, header + kPlainMail, signedBy("example.com"))
              .empty());
  }
  CHECK(copies(policy,
               envelope,
               std::string("Delivered-To: k@o.example\r\n") + kPlainMail,
               signedBy("example.com")) == "j@o.example");
}

TEST_CASE("auto_bcc believes only what has left us that it is a copy") {
  const auto policy =
      policyOf("    auto_bcc: [{name: all, when: all, to: [j@o.example]}]\n");
  const auto envelope = envelopeOf("x@o.example", {"b@example.com"});
  const std::string copy =
      std::string("Delivered-To: j@o.example\r\n") + kPlainMail;
  const auto sealedBy = [](const std::string& domain, dkim::Outcome outcome) {
    Findings findings;
    findings.authentication.arc =
        arc::Finding{outcome, "", {{"list.example", ""}, {domain, ""}}};
    return findings;
  };

  struct Row {
    std::string label;
    Findings findings;
    bool believed;
  };

  const Row rows[] = {
      {"a stranger", {}, false},
      {"a signature of ours that holds", signedBy("example.com"), true},
      {"of an additional domain", signedBy("example.net"), true},
      {"one that does not hold",
       signedBy("example.com", dkim::Outcome::Fail),
       false},
      {"a signature of somebody else's", signedBy("o.example"), false},
      {"of somebody we gave a name below ours",
       signedBy("news.example.com"),
       false},
      {"a seal of ours", sealedBy("example.com", dkim::Outcome::Pass), true},
      {"in a chain that broke",
       sealedBy("example.com", dkim::Outcome::Fail),
       false},
      {"somebody else's", sealedBy("o.example", dkim::Outcome::Pass), false},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(copies(policy, envelope, copy, row.findings).empty() == row.believed);
  }
}

TEST_CASE("auto_bcc does not believe its own users that they are a copy") {
  const auto policy =
      policyOf("    auto_bcc: [{name: all, when: all, to: [j@o.example]}]\n");
  const std::string forged =
      std::string("Delivered-To: j@o.example\r\n") + kPlainMail;
  auto envelope = envelopeOf("a@example.com", {"b@o.example"}, "a@example.com");
  const auto proof = signedBy("example.com");
  CHECK(copies(policy, envelope, forged, proof) == "j@o.example");
  envelope.login.clear();
  envelope.clientAddress = kTrusted;
  CHECK(copies(policy, envelope, forged, proof) == "j@o.example");
}

TEST_CASE("auto_bcc asks the rules of every domain that has a part in it") {
  const auto policy = policyOf(
      "    auto_bcc: [{name: here, when: all, to: [one]}]\n"
      "  - name: third.example\n"
      "    auto_bcc: [{name: there, when: all, to: [two, one@example.com]}]\n");
  CHECK(copies(policy, envelopeOf("a@example.com", {"b@third.example"})) ==
        "one@example.com two@third.example");
  CHECK(copies(policy, envelopeOf("b@third.example", {"a@example.com"})) ==
        "two@third.example one@example.com");
}

}  // namespace mailreeve::milter
