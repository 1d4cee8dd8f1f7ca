#include "milter/forged_sender.h"

#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

TEST_CASE("whether the sender may be somebody else") {
  struct Row {
    std::string label;
    std::string sender;
    std::string login;
    std::optional<spf::Outcome> outcome;
    bool heloJudged;
    bool oursIsClaimed;
    bool forged;
  };

  using enum spf::Outcome;
  const std::string ours = "a@example.com";
  const std::string other = "x@far.example";
  const Row rows[] = {
      {"a user of ours", ours, ours, std::nullopt, false, false, false},
      {"an address of ours from outside", ours, "", {}, false, true, true},
      {"which SPF does not know", ours, "", None, false, true, true},
      {"which may", ours, "", Pass, false, false, false},
      {"whose host alone may", ours, "", Pass, true, true, true},
      {"a stranger", other, "", {}, false, false, false},
      {"a stranger who may not", other, "", Fail, false, false, true},
      {"a bounce", "", "", std::nullopt, false, false, false},
  };
  const auto policy = policyOf();
  for (const auto& row : rows) {
    INFO(row.label);
    const auto envelope = envelopeOf(row.sender, {"b@example.com"}, row.login);
    const Transaction transaction(*policy, envelope, kNow);
    Findings findings;
    if (row.outcome) {
      findings.authentication.spf.emplace();
      findings.authentication.spf->outcome = *row.outcome;
      findings.authentication.spf->heloJudged = row.heloJudged;
    }
    CHECK(claimsToBeOurs(transaction, findings) == row.oursIsClaimed);
    CHECK(mayBeForged(transaction, findings) == row.forged);
  }
}

}  // namespace mailreeve::milter
