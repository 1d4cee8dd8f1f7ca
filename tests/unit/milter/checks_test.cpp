// Each check by itself: what it lets pass, what it refuses and with which code.
#include "milter/checks/access_list.h"
#include "milter/checks/attachment_size.h"
#include "milter/checks/header_form.h"
#include "milter/checks/hop_count.h"
#include "milter/checks/internal_only.h"
#include "milter/checks/message_size.h"
#include "milter/checks/recipient_count.h"
#include "milter/edits/discard_recipients.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

Findings findings;  // None of these checks leaves anything in it.

// "pass", or "reject 552 5.3.4".
std::string said(const Result<Verdict>& answer) {
  REQUIRE(answer);
  std::string out(name(answer->kind));
  if (answer->reply.code != 250)
    out +=
        " " + std::to_string(answer->reply.code) + " " + answer->reply.enhanced;
  return out;
}

std::string mailWith(const std::string& header, const std::string& body) {
  return "From: a@example.com\r\n" + header + "\r\n" + body;
}

std::string base64Part(const std::string& header, std::size_t decoded) {
  std::string encoded;
  for (std::size_t i = 0; i < decoded / 3; ++i) {
    encoded += "AAAA";
    if (i % 19 == 18) encoded += "\r\n";
  }
  return "--b\r\n" + header + "Content-Transfer-Encoding: base64\r\n\r\n" +
         encoded + "\r\n";
}

}  // namespace

TEST_CASE("header_form refuses fields that hide others") {
  struct Row {
    std::string label;
    std::string value;
    std::string want;
  };

  const Row rows[] = {
      {"one line", " hello", "pass"},
      {"a folded one", " hello\n there", "pass"},
      {"folded with CRLF", " hello\r\n there", "pass"},
      {"a bare CR",
       " hello\rAuthentication-Results: example.com; dmarc=pass",
       "reject 554 5.6.0"},
      {"a CR at its end", " hello\r", "reject 554 5.6.0"},
  };
  const auto policy = policyOf();
  for (const auto& row : rows) {
    CAPTURE(row.label);
    mail::MessageBuilder builder;
    REQUIRE(builder.addHeader("Subject", row.value));
    const auto message =
        std::move(builder).finish(envelopeOf("x@o.example", {"a@example.com"}));
    REQUIRE(message);
    const Transaction transaction(*policy, message->envelope(), kNow);
    CHECK(said(HeaderForm().onMessage(transaction, *message, findings)) ==
          row.want);
  }
}

TEST_CASE("hop_count refuses what goes round in a circle") {
  const auto hops = [](int count, std::int64_t limit) {
    std::string header;
    for (int i = 0; i < count; ++i)
      header += (i % 2 != 0 ? "Received: by x\r\n" : "RECEIVED: by y\r\n");
    const auto policy = policyOf();
    const auto message =
        messageOf(mailWith(header, "x\r\n"), envelopeOf("a@example.com", {}));
    const Transaction transaction(*policy, message.envelope(), kNow);
    return said(HopCount(limit).onMessage(transaction, message, findings));
  };
  CHECK(hops(0, 5) == "pass");
  CHECK(hops(5, 5) == "pass");
  CHECK(hops(6, 5) == "reject 554 5.4.6");
  CHECK(hops(6, 0) == "pass");
}

TEST_CASE("recipient_count refuses too many at once") {
  const auto recipients = [](std::size_t count, std::int64_t limit) {
    const auto policy = policyOf();
    const auto envelope = envelopeOf(
        "a@example.com", std::vector<std::string>(count, "b@example.com"));
    return said(RecipientCount(limit).onEnvelope(
        Transaction(*policy, envelope, kNow), findings));
  };
  CHECK(recipients(3, 3) == "pass");
  CHECK(recipients(4, 3) == "reject 550 5.5.3");
  CHECK(recipients(4, 0) == "pass");
}

TEST_CASE("internal_only keeps its users inside") {
  const auto policy = policyOf("",
                               "policies:\n"
                               "  - name: trainees\n"
                               "    users: [t@example.com]\n"
                               "    internal_only: true\n");

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::string want;
  };

  const Row rows[] = {
      {"to a colleague",
       envelopeOf("t@example.com", {"b@example.com"}, "t@example.com"),
       "pass"},
      {"to another domain of ours",
       envelopeOf("t@example.com", {"b@other.example"}, "t@example.com"),
       "pass"},
      {"to an additional domain",
       envelopeOf("t@example.com", {"b@EXAMPLE.net"}, "t@example.com"),
       "pass"},
      {"to outside",
       envelopeOf("t@example.com", {"x@outside.example"}, "t@example.com"),
       "reject 550 5.7.1"},
      {"one of several is outside",
       envelopeOf("t@example.com",
                  {"b@example.com", "x@outside.example"},
                  "t@example.com"),
       "reject 550 5.7.1"},
      {"logged in by the additional domain",
       envelopeOf("t@example.net", {"x@outside.example"}, "T@example.net"),
       "reject 550 5.7.1"},
      {"another user",
       envelopeOf("a@example.com", {"x@outside.example"}, "a@example.com"),
       "pass"},
      {"a stranger who claims to be that user",
       envelopeOf("t@example.com", {"b@example.com"}),
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(said(InternalOnly().onEnvelope(
              Transaction(*policy, row.envelope, kNow), findings)) == row.want);
  }
}

TEST_CASE("message_size knows the server's and the domain's limit") {
  const auto policy = policyOf("    limits: {message_size: 1000}\n");

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::size_t declared;
    std::size_t body;
    std::string atData;
    std::string atEnd;
  };

  const auto user =
      envelopeOf("a@example.com", {"x@outside.example"}, "a@example.com");
  const auto stranger = envelopeOf("x@outside.example", {"a@example.com"});
  const Row rows[] = {
      {"small", user, 0, 100, "pass", "pass"},
      {"over the domain's", user, 0, 1000, "pass", "reject 552 5.3.4"},
      {"declared over the domain's",
       user,
       1001,
       100,
       "reject 552 5.3.4",
       "pass"},
      {"the domain's limit is for its senders",
       stranger,
       2000,
       2000,
       "pass",
       "pass"},
      {"the server's limit is for all",
       stranger,
       5000,
       5000,
       "reject 552 5.3.4",
       "reject 552 5.3.4"},
  };
  const MessageSize check(4096);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message =
        messageOf(mailWith("", std::string(row.body, 'x')), row.envelope);
    const Transaction transaction(
        *policy, message.envelope(), kNow, row.declared);
    CHECK(said(check.onEnvelope(transaction, findings)) == row.atData);
    CHECK(said(check.onMessage(transaction, message, findings)) == row.atEnd);
  }
}

TEST_CASE("attachment_size measures attachments decoded, one by one") {
  const auto policy = policyOf("    limits: {attachment_size: 3000}\n");
  const std::string multipart =
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n";
  const std::string pdf =
      "Content-Type: application/pdf\r\n"
      "Content-Disposition: attachment; filename=a.pdf\r\n";

  struct Row {
    std::string label;
    std::string bytes;
    std::string want;
  };

  const Row rows[] = {
      {"just at the limit, though its encoding is above it",
       mailWith(multipart, base64Part(pdf, 3000) + "--b--\r\n"),
       "pass"},
      {"three bytes over",
       mailWith(multipart, base64Part(pdf, 3003) + "--b--\r\n"),
       "reject 552 5.3.4"},
      {"two that are over only together",
       mailWith(multipart,
                base64Part(pdf, 2400) + base64Part(pdf, 2400) + "--b--\r\n"),
       "pass"},
      {"an unnamed image",
       mailWith(multipart,
                base64Part("Content-Type: image/png\r\n", 3003) + "--b--\r\n"),
       "reject 552 5.3.4"},
      {"text with a name",
       mailWith(multipart,
                base64Part("Content-Type: text/plain; name=log.txt\r\n", 3003) +
                    "--b--\r\n"),
       "reject 552 5.3.4"},
      {"the text of the message itself",
       mailWith("", std::string(5000, 'x')),
       "pass"},
      {"an attached message as a whole",
       mailWith(multipart,
                "--b\r\nContent-Type: message/rfc822\r\n\r\n"
                "Subject: x\r\n\r\n" +
                    std::string(3003, 'x') + "\r\n--b--\r\n"),
       "reject 552 5.3.4"},
      {"a message that is nothing but an attachment",
       mailWith("Content-Type: application/pdf\r\n", std::string(3003, 'x')),
       "reject 552 5.3.4"},
      {"an end boundary that never comes",
       mailWith(multipart, base64Part(pdf, 3003)),
       "reject 552 5.3.4"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = messageOf(
        row.bytes,
        envelopeOf("a@example.com", {"x@outside.example"}, "a@example.com"));
    CHECK(said(AttachmentSize().onMessage(
              Transaction(*policy, message.envelope(), kNow),
              message,
              findings)) == row.want);
  }
  const auto inbound =
      messageOf(mailWith(multipart, base64Part(pdf, 3003) + "--b--\r\n"),
                envelopeOf("x@outside.example", {"a@example.com"}));
  CHECK(
      said(AttachmentSize().onMessage(
          Transaction(*policy, inbound.envelope(), kNow), inbound, findings)) ==
      "pass");
}

TEST_CASE("an allow rule spares a message what it spares all recipients") {
  const auto policy = policyOf(
      "",
      "lists:\n"
      "  allow:\n"
      "    - {name: office, network: 192.0.2.0/24}\n"
      "    - {name: ceo, recipient: ceo@example.com}\n"
      "    - {name: partner, sender: '*@partner.example'}\n"
      "    - {name: bank, domain: bank.example, proof: spf}\n"
      "  block:\n"
      "    - {name: old, recipient: old@example.com, action: discard}\n"
      "    - {name: banks, sender: '*@bank.example'}\n");

  struct Row {
    std::string label;
    std::string client;
    std::string from;
    std::vector<std::string> to;
    std::string want;  // Spared.
    std::string promised;
  };

  const Row rows[] = {
      {"nobody is allowed",
       "203.0.113.9",
       "x@outside.example",
       {"a@example.com"},
       "nothing",
       ""},
      {"by network",
       "192.0.2.9",
       "x@outside.example",
       {"a@example.com", "b@example.com"},
       "dnsbl, spf, dkim, dmarc, restrictions",
       ""},
      {"by sender",
       "203.0.113.9",
       "x@partner.example",
       {"a@example.com", "b@example.com"},
       "spf, antivirus, restrictions",
       ""},
      {"the one recipient",
       "203.0.113.9",
       "x@outside.example",
       {"ceo@example.com"},
       "spf, antivirus, restrictions",
       ""},
      {"the one recipient of two",
       "203.0.113.9",
       "x@outside.example",
       {"ceo@example.com", "a@example.com"},
       "nothing",
       ""},
      {"what both have in common",
       "192.0.2.9",
       "x@outside.example",
       {"ceo@example.com", "a@example.com"},
       "dnsbl, spf, dkim, dmarc, restrictions",
       ""},
      {"who is discarded does not count",
       "203.0.113.9",
       "x@outside.example",
       {"ceo@example.com", "old@example.com"},
       "spf, antivirus, restrictions",
       ""},
      {"a proof that is not had yet",
       "203.0.113.9",
       "x@bank.example",
       {"a@example.com"},
       "nothing",
       "spf, antivirus, dkim, dmarc, restrictions"},
  };
  const AccessList check(
      std::make_shared<const directory::AccessLists>(policy));
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto envelope = envelopeOf(row.from, row.to);
    envelope.clientAddress = row.client;
    Findings found;
    const Transaction transaction(*policy, envelope, kNow);
    CHECK(said(check.onEnvelope(transaction, found)) == "pass");
    directory::SkipSet spared;
    for (const auto skip : directory::kEverySkip)
      if (found.exempt.has(skip)) spared.add(skip);
    CHECK(text(spared) == row.want);
    CHECK((found.promise.entry == nullptr ? "" : text(found.promise.skips)) ==
          row.promised);
  }
}

TEST_CASE("lists discard by recipient and never touch the others") {
  const auto policy =
      policyOf("",
               "lists:\n"
               "  allow:\n"
               "    - {name: ceo, recipient: ceo@example.com}\n"
               "  block:\n"
               "    - {name: bad, sender: '*@bad.example'}\n"
               "    - {name: noise, sender: noise@outside.example, "
               "action: discard}\n"
               "    - {name: old, recipient: old@example.com, "
               "action: discard}\n");

  struct Row {
    std::string label;
    mail::Envelope envelope;
    std::string want;
    std::vector<std::string> removed;
  };

  const Row rows[] = {
      {"not listed",
       envelopeOf("x@outside.example", {"a@example.com"}),
       "pass",
       {}},
      {"a blocked sender",  // policyd has refused this at RCPT already
       envelopeOf("x@bad.example", {"a@example.com"}),
       "reject 554 5.7.1",
       {}},
      {"a blocked sender to an allowed recipient",
       envelopeOf("x@bad.example", {"ceo@example.com"}),
       "pass",
       {}},
      {"a blocked sender to both: policyd has answered for each",
       envelopeOf("x@bad.example", {"ceo@example.com", "a@example.com"}),
       "pass",
       {}},
      {"a discarded sender",
       envelopeOf("noise@outside.example", {"a@example.com", "b@example.com"}),
       "discard",
       {"a@example.com", "b@example.com"}},
      {"a discarded sender, but one recipient allows all",
       envelopeOf("noise@outside.example",
                  {"a@example.com", "ceo@example.com"}),
       "pass",
       {"a@example.com"}},
      {"one discarded recipient of two",
       envelopeOf("x@outside.example", {"Old@Example.com", "a@example.com"}),
       "pass",
       {"Old@Example.com"}},
  };
  const auto lists = std::make_shared<const directory::AccessLists>(policy);
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = messageOf(kPlainMail, row.envelope);
    const Transaction transaction(*policy, message.envelope(), kNow);
    CHECK(said(AccessList(lists).onEnvelope(transaction, findings)) ==
          row.want);
    Draft draft(message);
    CHECK(DiscardRecipients(lists).propose(transaction, findings, draft));
    CHECK(draft.removedRecipients() == row.removed);
  }
}

}  // namespace mailreeve::milter
