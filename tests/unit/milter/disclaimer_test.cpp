// Which disclaimer is chosen, and what becomes of it in the draft. What is done
// inside the message is tested with core/mail/notice.h.
#include "milter/edits/disclaimer.h"

#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

struct Proposed {
  Verdict verdict;
  bool changed = false;
  std::string leaves;  // The message with the draft's changes.

  [[nodiscard]] bool has(std::string_view text) const {
    return leaves.find(text) != std::string::npos;
  }
};

Proposed propose(const directory::PolicyPtr& policy,
                 mail::Envelope envelope,
                 const std::string& bytes = kPlainMail) {
  const auto edit = Disclaimer::make(*policy);
  REQUIRE(edit);
  const auto message = messageOf(bytes, std::move(envelope));
  const Transaction transaction(*policy, message.envelope(), kNow);
  Draft draft(message);
  auto verdict = (*edit)->propose(transaction, {}, draft);
  REQUIRE(verdict);
  const auto leaves = draft.message();
  REQUIRE(leaves);
  return {*std::move(verdict), !draft.empty(), std::string((*leaves)->bytes())};
}

mail::Envelope sent(std::vector<std::string> to,
                    const std::string& from = "a@example.com") {
  return envelopeOf(from, std::move(to), "a@example.com");
}

}  // namespace

TEST_CASE("the first disclaimer that applies is added, and no other") {
  const auto policy = policyOf(
      "    disclaimers:\n"
      "      - {name: off, enabled: false, plain: OFF}\n"
      "      - name: partners\n"
      "        match: all\n"
      "        rules:\n"
      "          - {field: recipient, matches: '*@partner.example'}\n"
      "          - {field: sender, matches: 'sales*'}\n"
      "        exceptions: [{field: recipient, matches: 'ceo@*'}]\n"
      "        plain: PARTNERS\n"
      "      - name: some\n"
      "        match: any\n"
      "        rules:\n"
      "          - {field: recipient, matches: '*@BÜCHER.example'}\n"
      "          - {field: sender, matches: legal@example.net}\n"
      "        plain: SOME\n"
      "      - {name: rest, plain: REST}\n"
      "      - {name: inside, skip_internal: false, plain: INSIDE}\n");

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::string want;
  };

  const Row rows[] = {
      {"all rules match",
       sent({"x@partner.example"}, "sales@example.com"),
       "PARTNERS"},
      {"with an extension",
       sent({"x@partner.example"}, "sales+de@example.com"),
       "PARTNERS"},
      {"only one of all rules matches",
       sent({"x@partner.example"}, "a@example.com"),
       "REST"},
      {"one of several recipients matches",
       sent({"y@o.example", "x@partner.example"}, "sales@example.com"),
       "PARTNERS"},
      {"an exception beats the rules",
       sent({"x@partner.example", "ceo@partner.example"}, "sales@example.com"),
       "REST"},
      {"any rule: a domain in its other form",
       sent({"x@xn--bcher-kva.example"}),
       "SOME"},
      {"any rule: a sender written with the additional domain",
       sent({"x@o.example"}, "legal@example.com"),
       "SOME"},
      {"no rules: every message", sent({"x@o.example"}), "REST"},
      {"all recipients are in the domain",
       sent({"b@example.com", "c@Example.NET"}),
       "INSIDE"},
      {"one of them is not", sent({"b@example.com", "x@o.example"}), "REST"},
      {"another domain of ours is not this domain",
       sent({"b@other.example"}),
       "REST"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto proposed = propose(policy, row.envelope);
    CAPTURE(proposed.verdict.reason);
    for (const std::string text :
         {"OFF", "PARTNERS", "SOME", "REST", "INSIDE"}) {
      CAPTURE(text);
      CHECK(proposed.has(text) == (text == row.want));
    }
  }
}

TEST_CASE("only what the domain's users send out gets a disclaimer") {
  const auto policy =
      policyOf("    disclaimers: [{name: legal, plain: LEGAL}]\n");
  auto trusted = envelopeOf("a@example.com", {"x@o.example"});
  trusted.clientAddress = kTrusted;
  CHECK(propose(policy, sent({"x@o.example"})).has("LEGAL"));
  CHECK(propose(policy, trusted).has("LEGAL"));

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::string bytes;
  };

  const Row rows[] = {
      {"mail from outside",
       envelopeOf("x@o.example", {"a@example.com"}),
       kPlainMail},
      {"mail from outside that claims to be ours",
       envelopeOf("a@example.com", {"b@other.example"}),
       kPlainMail},
      {"a domain without disclaimers",
       sent({"x@o.example"}, "a@other.example"),
       kPlainMail},
      {"a foreign sender address",
       sent({"x@o.example"}, "a@foreign.example"),
       kPlainMail},
      {"the null sender", sent({"x@o.example"}, ""), kPlainMail},
      {"an automatic reply",
       sent({"x@o.example"}),
       std::string("Auto-Submitted: auto-replied\r\n") + kPlainMail},
      {"list mail",
       sent({"x@o.example"}),
       std::string("Precedence: bulk\r\n") + kPlainMail},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK_FALSE(propose(policy, row.envelope, row.bytes).changed);
  }
}

TEST_CASE("a disclaimer says whose mail it is, and when") {
  const auto policy = policyOf(
      "    disclaimers: [{name: legal, "
      "plain: 'From {sender} at {sender_domain} on {date}'}]\n");
  const auto proposed = propose(policy, sent({"x@o.example"}));
  CHECK(proposed.has("From a@example.com at example.com on 2023-11-21"));
  CHECK(proposed.verdict.reason.find("\"legal\"") != std::string::npos);
}

TEST_CASE("mail that cannot be edited meets the rule's fallback") {
  const std::string signedMail =
      "From: a@example.com\r\n"
      "Subject: signed\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/signed; boundary=b; "
      "protocol=\"application/pkcs7-signature\"; micalg=sha-256\r\n"
      "\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
      "--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nAAAA\r\n"
      "--b--\r\n";
  const auto with = [&](const std::string& fallback) {
    return propose(policyOf("    disclaimers: [{name: legal, plain: LEGAL, "
                            "fallback: " +
                            fallback + "}]\n"),
                   sent({"x@o.example"}),
                   signedMail);
  };
  const auto ignored = with("ignore");
  CHECK(ignored.verdict.kind == Verdict::Kind::Pass);
  CHECK_FALSE(ignored.changed);
  CHECK_FALSE(ignored.verdict.reason.empty());

  const auto wrapped = with("wrap");
  CHECK(wrapped.verdict.kind == Verdict::Kind::Pass);
  CHECK(wrapped.has("LEGAL"));
  CHECK(wrapped.has("--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"));

  const auto refused = with("reject");
  CHECK(refused.verdict.kind == Verdict::Kind::Reject);
  CHECK(refused.verdict.reply.enhanced == "5.6.0");
  CHECK(refused.verdict.reply.text.find("legal") == std::string::npos);
  CHECK_FALSE(refused.changed);
}

TEST_CASE("a disclaimer that cannot be used is found when it is loaded") {
  // The reader of the settings refuses it too; we do not rely on that.
  auto settings =
      policyOf("    disclaimers: [{name: long, plain: x}]\n")->settings();
  settings.domains.back().disclaimers.front().plain = std::string(70'000, 'x');
  const auto policy =
      std::make_shared<const directory::Policy>(std::move(settings));
  const auto edit = Disclaimer::make(*policy);
  REQUIRE_FALSE(edit);
  CHECK(edit.error().what.find("domain example.com: disclaimer \"long\"") == 0);
}

}  // namespace mailreeve::milter
