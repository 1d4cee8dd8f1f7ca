#include "milter/dmarc_row.h"

#include <doctest/doctest.h>

namespace mailreeve::milter {

TEST_CASE("which mail a DMARC report counts") {
  struct Row {
    std::string label;
    bool aligned;
    std::string subject;
    std::vector<std::string> recipients;
    bool enabled;
    bool asksForReports;
    bool want;
  };

  const Row rows[] = {
      {"any mail", true, "Hi", {"a@e.test"}, true, true, true},
      {"nobody asks for a report",
       true,
       "Hi",
       {"a@e.test"},
       true,
       false,
       false},
      {"reports are off", true, "Hi", {"a@e.test"}, false, true, false},
      {"a report", true, "Report Domain: x", {"a@e.test"}, true, true, false},
      {"a forgery that calls itself a report",
       false,
       "Report Domain: x",
       {"a@e.test"},
       true,
       true,
       true},
      {"mail to who receives reports alone",
       false,
       "Hi",
       {"dmarc@e.test"},
       true,
       true,
       false},
      {"mail to others, too",
       false,
       "Hi",
       {"dmarc@e.test", "a@e.test"},
       true,
       true,
       true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    DmarcEvaluation evaluation;
    evaluation.spfAligned = row.aligned;
    if (row.asksForReports) evaluation.record.aggregate = {"r@x.test"};
    mail::Envelope envelope;
    envelope.recipients = row.recipients;
    config::DmarcReports settings;
    settings.enabled = row.enabled;
    settings.excludeRecipients = {"dmarc@*"};
    CHECK(dmarcRowOf(evaluation, envelope, row.subject, settings).has_value() ==
          row.want);
  }
}

TEST_CASE("a row says what was published and what was found") {
  DmarcEvaluation evaluation;
  evaluation.policyDomain = "x.test";
  evaluation.record.policy = dmarc::Policy::Reject;
  evaluation.record.strictSpf = true;
  evaluation.record.aggregate = {"r@x.test"};
  evaluation.mode = dmarc::Mode::TreeWalk;
  evaluation.sourceIp = "192.0.2.1";
  evaluation.disposition = "reject";
  evaluation.signatures = {{"x.test", "s", "fail", "body"}};
  evaluation.envelopeTo = {"e.test"};
  mail::Envelope envelope;
  envelope.recipients = {"a@e.test"};
  const auto row = dmarcRowOf(evaluation, envelope, "Hi", {});
  REQUIRE(row);
  CHECK(row->published.domain == "x.test");
  CHECK(row->published.p == "reject");
  CHECK(row->published.sp.empty());
  CHECK(row->published.aspf == "s");
  CHECK(row->published.treeWalk);
  CHECK(row->result.disposition == "reject");
  CHECK(row->result.envelopeTo == "e.test");
  REQUIRE(row->result.signatures.size() == 1);
  CHECK(row->result.signatures[0].problem == "body");
}

}  // namespace mailreeve::milter
