#include "core/store/release_link.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "core/store/release_token.h"
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

TEST_CASE("a token beyond what a clock can hold is none") {
  const std::string head = "mrq1.20260301-7K2M9QXR4TPB.NNNNNNNNNNNNNNNN.";
  const std::string tail = "." + std::string(32, 'A');
  CHECK(parseReleaseToken(head + "8589934592" + tail));
  CHECK_FALSE(parseReleaseToken(head + "17229278191" + tail));
}

}  // namespace mailreeve::store
