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
    std::string client = kOutside;
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
      {"from a network we sign for",
       ours,
       "",
       {},
       false,
       false,
       false,
       "198.51.100.9"},
      {"a stranger", other, "", {}, false, false, false},
      {"a stranger who may not", other, "", Fail, false, false, true},
      {"a bounce", "", "", std::nullopt, false, false, false},
  };
  const auto policy =
      policyOf("", "dkim: {signing_networks: [198.51.100.0/24]}\n");
  for (const auto& row : rows) {
    INFO(row.label);
    auto envelope = envelopeOf(row.sender, {"b@example.com"}, row.login);
    envelope.clientAddress = row.client;
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
