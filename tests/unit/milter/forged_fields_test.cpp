#include "milter/edits/forged_fields.h"

#include "milter/edits/authentication_results.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

const std::string kForged =
    "X-Mailreeve-Content: checked and found good\r\n"
    "x-mailreeve-authentication: pass\r\n"
    "X-Mailreeve-Released: 20260101-AAAAAAAAAAAA\r\n"
    "X-Mailreeve-Id: 1\r\n"
    "X-Spam-Status: No, score=-99\r\n"
    "X-SPAM-FLAG: NO\r\n"
    "X-Mailreeve-Content: once more\r\n"
    "X-Mailreeve-Notice: legal\r\n"
    "x-virus-status: Clean\r\n"
    "X-Spammer: no mark of ours\r\n"
    "X-Mailreever: nor this\r\n";

}  // namespace

TEST_CASE("marks that somebody else wrote are taken off") {
  struct Row {
    std::string label;
    std::string login;
    std::string client;
    ForgedFields::LookedFor looked;
    std::vector<std::string> left;  // Of the marks.
  };

  constexpr ForgedFields::LookedFor kBoth{true, true};
  const Row rows[] = {
      {"a stranger's", "", kOutside, kBoth, {}},
      {"a stranger's, where no spam is looked for: another filter's stay",
       "",
       kOutside,
       {.spam = false, .viruses = true},
       {"X-Spam-Status", "X-SPAM-FLAG"}},
      {"a stranger's, where no virus is: another scanner's stays",
       "",
       kOutside,
       {.spam = true, .viruses = false},
       {"x-virus-status"}},
      {"a user's, but for the notice that must be seen as well",
       "a@example.com",
       kOutside,
       kBoth,
       {"X-Spam-Status",
        "X-SPAM-FLAG",
        "X-Mailreeve-Notice",
        "x-virus-status"}},
      {"a trusted network's stay",
       "",
       kTrusted,
       kBoth,
       {"X-Mailreeve-Content",
        "x-mailreeve-authentication",
        "X-Mailreeve-Released",
        "X-Mailreeve-Id",
        "X-Spam-Status",
        "X-SPAM-FLAG",
        "X-Mailreeve-Content",
        "X-Mailreeve-Notice",
        "x-virus-status"}},
  };
  const auto policy = policyOf();
  for (const auto& row : rows) {
    INFO(row.label);
    auto envelope = envelopeOf("x@o.example", {"a@example.com"}, row.login);
    envelope.clientAddress = row.client;
    const auto message = messageOf(kForged + kPlainMail, envelope);
    const Transaction transaction(*policy, message.envelope(), kNow);
    Draft draft(message);
    const auto verdict =
        ForgedFields(row.looked).propose(transaction, {}, draft);
    REQUIRE(verdict);
    CHECK(verdict->kind == Verdict::Kind::Pass);
    const auto leaves = draft.message();
    REQUIRE(leaves);
    std::vector<std::string> left;
    for (const auto& header : (*leaves)->headers())
      if (header.name.starts_with("X-") || header.name.starts_with("x-"))
        left.push_back(header.name);
    auto want = row.left;
    want.insert(want.end(), {"X-Spammer", "X-Mailreever"});
    CHECK(left == want);
    CHECK((*leaves)->body() == message.body());
  }
}

TEST_CASE("whose marks they are goes by what the settings look for") {
  struct Row {
    std::string label;
    std::string settings;
    std::vector<std::string> left;
  };

  const Row rows[] = {
      {"neither", "", {"X-Spam-Status", "X-SPAM-FLAG", "x-virus-status"}},
      {"viruses",
       "antivirus: {engine: clamav}\n",
       {"X-Spam-Status", "X-SPAM-FLAG"}},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto message = messageOf(
        kForged + kPlainMail, envelopeOf("x@o.example", {"a@example.com"}));
    FakeUsage usage;
    auto outcome = engineOf("", row.settings)->judge(message, kNow, usage);
    const auto leaves = outcome.draft.message();
    REQUIRE(leaves);
    std::vector<std::string> left;
    for (const auto& header : (*leaves)->headers())
      if (lower(header.name).starts_with("x-spam-") ||
          lower(header.name).starts_with("x-virus-"))
        left.push_back(header.name);
    CHECK(left == row.left);
  }
}

TEST_CASE("a message that is made of them is refused") {
  struct Row {
    std::string label;
    std::size_t number;
    Verdict::Kind want;
  };

  const Row rows[] = {{"as many as may be", 100, Verdict::Kind::Pass},
                      {"one more", 101, Verdict::Kind::Reject}};
  const auto policy = policyOf();
  for (const auto& row : rows) {
    INFO(row.label);
    std::string marks, results;
    for (std::size_t i = 0; i < row.number; ++i) {
      marks += "X-Mailreeve-A: x\r\n";
      results += "Authentication-Results : mail.example.com; dmarc=pass\r\n";
    }
    const auto envelope = envelopeOf("x@o.example", {"a@example.com"});
    const auto message = messageOf(marks + results + kPlainMail, envelope);
    const Transaction transaction(*policy, message.envelope(), kNow);
    Draft draft(message);
    const auto fields = ForgedFields({}).propose(transaction, {}, draft);
    REQUIRE(fields);
    CHECK(fields->kind == row.want);
    const auto said = AuthenticationResults("mail.example.com")
                          .propose(transaction, {}, draft);
    REQUIRE(said);
    CHECK(said->kind == row.want);
  }
}

}  // namespace mailreeve::milter
