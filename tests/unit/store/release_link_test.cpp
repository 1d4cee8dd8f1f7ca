#include "core/store/release_link.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/store/release_token.h"
#include "core/store/waiver.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

struct World {
  Scratch scratch;
  KeyedMac key = opened("release.key");

  KeyedMac opened(const char* file) const {
    auto made = KeyedMac::open(scratch.path / file);
    REQUIRE(made);
    return *std::move(made);
  }
};

// Every text that differs from `text` in one character, or ends before it.
template <class Try>
void tamper(const std::string& text, const Try& attempt) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(changed);
    attempt(changed);
    attempt(text.substr(0, i));
  }
  attempt(text + "A");
}

HeldMessage messageOf(const std::string& step) {
  HeldMessage message;
  message.id = "20260301-7K2M9QXR4TPB";
  message.step = step;
  message.sha256 = "00ff";
  return message;
}

}  // namespace

TEST_CASE("the key is made once, for its owner's eyes") {
  World world;

  struct stat found {};

  REQUIRE(::stat((world.scratch.path / "release.key").c_str(), &found) == 0);
  CHECK((found.st_mode & 07777U) == 0600);
  CHECK(world.opened("release.key").sign("a", "b") == world.key.sign("a", "b"));
  CHECK(world.opened("other.key").sign("a", "b") != world.key.sign("a", "b"));
  CHECK(world.key.sign("ab", "c") != world.key.sign("a", "bc"));
}

TEST_CASE("a link says what was signed, until its time is over") {
  World world;
  const ReleaseLink link{LinkAction::Delete,
                         "20260301-7K2M9QXR4TPB",
                         "anna@example.com",
                         kNow + 24h};
  const auto text = writeReleaseLink(world.key, link);
  const auto back = readReleaseLink(world.key, text, kNow);
  REQUIRE(back);
  CHECK(back->action == LinkAction::Delete);
  auto request = link;
  request.action = LinkAction::Request;
  CHECK(readReleaseLink(world.key, writeReleaseLink(world.key, request), kNow)
            ->action == LinkAction::Request);
  CHECK(back->id == link.id);
  CHECK(back->mailbox == link.mailbox);
  CHECK(readReleaseLink(world.key, text, kNow + 24h - 1s).ok());
  CHECK_FALSE(readReleaseLink(world.key, text, kNow + 24h).ok());
  CHECK_FALSE(readReleaseLink(world.opened("other.key"), text, kNow).ok());
  tamper(text, [&](const std::string& changed) {
    CHECK_FALSE(readReleaseLink(world.key, changed, kNow).ok());
  });
}

TEST_CASE("a token is good for its message, its verdict and its minutes") {
  World world;
  const auto spam = messageOf("spam");
  const auto text =
      writeReleaseToken(world.key, spam, "NNNNNNNNNNNNNNNN", kNow + 60s);
  CHECK(text.size() <= 100);  // RFC 3461 section 4.4.
  const auto token = parseReleaseToken(text);
  REQUIRE(token);
  CHECK(token->id == spam.id);
  CHECK(isGood(*token, world.key, spam, kNow));
  CHECK_FALSE(isGood(*token, world.key, spam, kNow + 60s));
  CHECK_FALSE(isGood(*token, world.key, messageOf("antivirus"), kNow));
  auto other = spam;
  other.sha256 = "00fe";
  CHECK_FALSE(isGood(*token, world.key, other, kNow));
  tamper(text, [&](const std::string& changed) {
    const auto forged = parseReleaseToken(changed);
    CHECK_FALSE((forged && isGood(*forged, world.key, spam, kNow)));
  });
}

TEST_CASE("a token names what else is waived, and nothing more") {
  World world;
  const auto spam = messageOf("spam");
  const auto write = [&](const std::vector<std::string>& also) {
    return writeReleaseToken(
        world.key, spam, "NNNNNNNNNNNNNNNN", kNow + 60s, also);
  };
  const auto all = alsoWaived({"content_rules",
                               "content_scan",
                               "structure",
                               "attachment_filter",
                               "spf",
                               "dmarc",
                               "dkim",
                               "unscanned",
                               "spam",
                               "spam"});
  REQUIRE(all);
  CHECK(all->size() == 9);
  CHECK(write(*all).size() <= 100);
  const auto text = write({"dmarc", "content_rules"});
  const auto token = parseReleaseToken(text);
  REQUIRE(token);
  CHECK(token->alsoWaived ==
        std::vector<std::string>{"dmarc", "content_rules"});
  CHECK(isGood(*token, world.key, spam, kNow));
  tamper(text, [&](const std::string& changed) {
    const auto forged = parseReleaseToken(changed);
    CHECK_FALSE((forged && isGood(*forged, world.key, spam, kNow)));
  });
  // One that waives less is none that waives more.
  auto more = *parseReleaseToken(write({}));
  more.alsoWaived = {"content_rules"};
  CHECK_FALSE(isGood(more, world.key, spam, kNow));
  more = *token;
  more.alsoWaived = {"dmarc"};
  CHECK_FALSE(isGood(more, world.key, spam, kNow));
  const std::string head = "20260301-7K2M9QXR4TPB.NNNNNNNNNNNNNNNN.1772366400.";
  const std::string mac(32, 'A');
  CHECK(parseReleaseToken("mrq2." + head + "dc." + mac));
  for (const std::string& bad : {"mrq2." + head + mac,
                                 "mrq2." + head + "." + mac,
                                 "mrq2." + head + "cd." + mac,
                                 "mrq2." + head + "cc." + mac,
                                 "mrq2." + head + "v." + mac,
                                 "mrq1." + head + "c." + mac}) {
    CAPTURE(bad);
    CHECK_FALSE(parseReleaseToken(bad).ok());
  }
}

TEST_CASE("which verdicts may be waived beside the first") {
  struct Row {
    std::string label;
    std::string step;
    std::string found;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"a check's", "content_rules", "content rules", "content_rules"},
      {"an edit's, by its check",
       "strip_attachments",
       "x",
       "attachment_filter"},
      {"a virus", "antivirus", "Eicar", ""},
      {"what no engine takes", "antivirus", kTooLargeToScan, "unscanned"},
      {"a limit, which is a setting", "message_size", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(waivableFor(row.step, row.found) == row.want);
    if (!row.want.empty()) CHECK(alsoWaived({row.want}).ok());
  }
  CHECK(alsoWaived({"antivirus"}).error().what == "a virus is never waived");
  CHECK(alsoWaived({"virus"}).error().what == "a virus is never waived");
  CHECK_FALSE(alsoWaived({"message_size"}).ok());
  CHECK_FALSE(alsoWaived({"spam", ""}).ok());
}

TEST_CASE("a token beyond what a clock can hold is none") {
  const std::string head = "mrq1.20260301-7K2M9QXR4TPB.NNNNNNNNNNNNNNNN.";
  const std::string tail = "." + std::string(32, 'A');
  CHECK(parseReleaseToken(head + "8589934592" + tail));
  CHECK_FALSE(parseReleaseToken(head + "17229278191" + tail));
}

}  // namespace mailreeve::store
