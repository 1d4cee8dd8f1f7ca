// What is made of held mail outside of the database: bytes that leave, digests,
// rights.
#include <ctime>

#include <doctest/doctest.h>

#include "mgmtd/quarantine/digest.h"
#include "mgmtd/quarantine/link_limit.h"
#include "mgmtd/quarantine/released_bytes.h"
#include "mgmtd/quarantine/rights.h"
#include "tests/unit/scratch.h"

namespace mailreeve::quarantine {

namespace {

using config::DigestEvery;
using config::ReleaseRight;
using store::HeldKind;

TimePoint localTime(int day, int hour, int minute = 0) {
  std::tm parts{};
  parts.tm_year = 126;
  parts.tm_mon = 2;  // March 2026; the 2nd is a Monday.
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(std::mktime(&parts));
}

store::HeldMessage held(HeldKind kind, const std::string& subject) {
  store::HeldMessage m;
  m.id = "20260301-7K2M9QXR4TPB";
  m.kind = kind;
  m.author = "=?utf-8?q?M=C3=BCller?= <m@outside.example>";
  m.subject = subject;
  m.client = "203.0.113.9";
  m.received = localTime(1, 12);
  return m;
}

}  // namespace

TEST_CASE("what leaves is what came, under one field of ours") {
  const std::string came =
      "Return-Path: <x@y>\r\n"
      "Received: by a\r\n"
      "delivered-to: a@example.com\r\n\tfolded\r\n"
      "DKIM-Signature: v=1;\r\n b=x\r\n"
      "X-Mailreeve-Released: forged\r\n"
      "Subject: Delivered-To: me\r\n"
      "\r\n"
      "Delivered-To: stays\r\n";
  const auto out =
      releasedBytes(held(HeldKind::Spam, "x"), came, localTime(2, 1));
  CHECK(out.message ==
        "Received: by a\r\n"
        "DKIM-Signature: v=1;\r\n b=x\r\n"
        "X-Received-Mailreeve-Released: forged\r\n"
        "Subject: Delivered-To: me\r\n"
        "\r\n"
        "Delivered-To: stays\r\n");
  CHECK(out.trace.starts_with("X-Mailreeve-Released: 20260301-"));
  CHECK(out.trace.ends_with("client=203.0.113.9\r\n"));
  const std::string none = "no header at all";
  CHECK(
      releasedBytes(held(HeldKind::Spam, "x"), none, localTime(2, 1)).message ==
      none);
}

TEST_CASE("who may release what") {
  config::Quarantine settings;
  settings.content = ReleaseRight::Nobody;
  const Asker administrator{true, "uid 0", ""};
  const Asker recipient{false, "link", "a@example.com"};

  struct Case {
    std::string label;
    HeldKind kind;
    const Asker& asker;
    bool may;
  };

  const std::vector<Case> rows = {
      {"spam, its recipient", HeldKind::Spam, recipient, true},
      {"spam, an administrator", HeldKind::Spam, administrator, true},
      {"a virus, its recipient", HeldKind::Virus, recipient, false},
      {"a virus, an administrator", HeldKind::Virus, administrator, true},
      {"forged, its recipient", HeldKind::Authentication, recipient, false},
      {"what nobody may", HeldKind::Content, administrator, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(mayRelease(settings, row.kind, row.asker).ok() == row.may);
  }
}

TEST_CASE("each verdict that is waived takes the right of its kind") {
  config::Quarantine settings;
  const Asker administrator{true, "uid 0", ""};
  const Asker recipient{false, "link", "a@example.com"};
  const auto& spam = *store::waivableCheck("spam");
  const auto& rules = *store::waivableCheck("content_rules");
  CHECK(mayWaive(settings, rules, administrator).ok());
  CHECK_FALSE(mayWaive(settings, rules, recipient).ok());
  CHECK_FALSE(mayWaive(settings, spam, recipient).ok());
  settings.content = ReleaseRight::Nobody;
  CHECK_FALSE(mayWaive(settings, rules, administrator).ok());
  CHECK(mayWaive(settings, spam, administrator).ok());

  using Steps = std::vector<std::string>;
  auto message = held(HeldKind::Spam, "x");
  message.step = "spam";
  const Steps also = {"dmarc", "content_rules"};
  CHECK(stepsForTwo(settings, message, also).empty());
  settings.content = ReleaseRight::TwoAdministrators;
  CHECK(stepsForTwo(settings, message, {}).empty());
  CHECK(stepsForTwo(settings, message, also) == Steps{"content_rules"});
  settings.spam = ReleaseRight::TwoAdministrators;
  CHECK(stepsForTwo(settings, message, also) == Steps{"spam", "content_rules"});
}

TEST_CASE("links are followed so often in an hour") {
  ManualClock clock{localTime(2, 7)};
  LinkLimit limit(clock);
  const auto takes = [&limit](const std::string& mailbox) {
    std::int64_t count = 0;
    while (limit.take(mailbox)) ++count;
    return count;
  };
  CHECK(takes("a@example.com") == LinkLimit::kTries);
  clock.advance(std::chrono::minutes(59) + std::chrono::seconds(30));
  const auto refused = limit.take("a@example.com");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::Unavailable);
  CHECK(refused.error().what == "too many tries; try again in 1 minute");
  // What others do is nothing to him, and what he does nothing to others.
  CHECK(takes("b@example.com") == LinkLimit::kTries);
  CHECK(takes("") == LinkLimit::kStrangeTries);
  clock.advance(std::chrono::seconds(30));
  CHECK(limit.take("a@example.com").ok());
  CHECK_FALSE(limit.take("b@example.com").ok());
  clock.advance(-std::chrono::hours(24));  // Set back.
  CHECK(limit.take("b@example.com").ok());
}

TEST_CASE("when the last digest was due") {
  struct Case {
    std::string label;
    DigestEvery every;
    TimePoint now;
    TimePoint want;
  };

  const std::vector<Case> rows = {
      {"every hour", DigestEvery::Hour, localTime(4, 10, 59), localTime(4, 10)},
      {"today", DigestEvery::Day, localTime(4, 7, 0), localTime(4, 7)},
      {"yesterday", DigestEvery::Day, localTime(4, 6, 59), localTime(3, 7)},
      {"Monday itself", DigestEvery::Week, localTime(2, 8), localTime(2, 7)},
      {"on Thursday", DigestEvery::Week, localTime(5, 3), localTime(2, 7)},
      {"early on Monday", DigestEvery::Week, localTime(9, 6), localTime(2, 7)},
      {"on Sunday", DigestEvery::Week, localTime(8, 23), localTime(2, 7)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(lastDigest(row.every, 7, row.now) == row.want);
  }
}

TEST_CASE("the first rule that names a mailbox holds") {
  config::Quarantine settings;
  settings.digests.resize(2);
  settings.digests[0].users = {"boss@example.com", "*@quiet.example"};
  settings.digests[0].enabled = false;
  settings.digests[1].users = {"*@example.com"};
  CHECK(digestRuleFor(settings, "boss@example.com") == nullptr);
  CHECK(digestRuleFor(settings, "a@example.com") == &settings.digests[1]);
  CHECK(digestRuleFor(settings, "a@other.example") == nullptr);
}

TEST_CASE("a digest offers links for what its reader may release") {
  Scratch scratch;
  const auto key = store::KeyedMac::open(scratch.path / "key");
  REQUIRE(key);
  config::Quarantine settings;
  settings.linkBase = "https://mail.example.com";
  config::DigestRule rule;
  const auto now = localTime(2, 7);
  const DigestInput input{
      "a@example.com",
      {held(HeldKind::Spam, "<b>Buy</b>"), held(HeldKind::Content, "")},
      now};
  const auto letter = digestLetter(settings, rule, *key, input);
  CHECK(letter.subject == "2 new messages were held for you");
  CHECK(letter.from == "postmaster@example.com");
  CHECK(letter.text.find("M\xC3\xBCller") != std::string::npos);
  CHECK(letter.text.find("(no subject)") != std::string::npos);
  CHECK(letter.html.find("<b>Buy") == std::string::npos);
  const std::string start = "https://mail.example.com/quarantine/link?token=";
  const auto at = letter.text.find(start);
  REQUIRE(at != std::string::npos);
  CHECK(letter.text.find(start, at + 1) == std::string::npos);
  const auto begin = at + start.size();
  const auto token =
      letter.text.substr(begin, letter.text.find('\n', begin) - begin);
  const auto link = store::readReleaseLink(*key, token, now);
  REQUIRE(link);
  CHECK(link->mailbox == "a@example.com");
  CHECK(link->action == store::LinkAction::Release);
  CHECK(link->expires == now + std::chrono::days(7));
  CHECK(letter.html.find("method=\"post\"") != std::string::npos);

  auto sent = held(HeldKind::Content, "Offer");
  sent.recipients.resize(5);
  for (std::size_t i = 0; i < 5; ++i)
    sent.recipients[i].original = "x" + std::to_string(i) + "@far.example";
  DigestInput own{"a@example.com", {}, now, {sent}};
  const auto asks = digestLetter(settings, rule, *key, own);
  CHECK(asks.subject == "1 message from you was held");
  CHECK(
      asks.text.find("To: x0@far.example, x1@far.example, x2@far.example +2") !=
      std::string::npos);
  CHECK(asks.text.find("to you") == std::string::npos);
  const auto from = asks.text.find(start) + start.size();
  const auto request = store::readReleaseLink(
      *key, asks.text.substr(from, asks.text.find('\n', from) - from), now);
  REQUIRE(request);
  CHECK(request->action == store::LinkAction::Request);
  own.news = input.news;
  CHECK(digestLetter(settings, rule, *key, own).subject ==
        "3 new messages to you and from you were held");
  settings.content = ReleaseRight::Nobody;
  own.news.clear();
  CHECK(digestLetter(settings, rule, *key, own).text.find("token=") ==
        std::string::npos);

  rule.language = config::DigestLanguage::German;
  settings.linkBase.clear();
  const auto plain = digestLetter(settings, rule, *key, input);
  CHECK(plain.text.find("token=") == std::string::npos);
  CHECK(plain.html.find("<form") == std::string::npos);
  CHECK(plain.subject.starts_with("2 neue Nachrichten"));
}

}  // namespace mailreeve::quarantine
