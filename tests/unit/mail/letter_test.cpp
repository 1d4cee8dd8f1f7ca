#include "core/mail/letter.h"

#include <doctest/doctest.h>

#include "core/mail/message.h"

namespace mailreeve::mail {

namespace {

const TimePoint kAt{std::chrono::seconds(1'700'000'000)};

Letter letter() {
  Letter made;
  made.fromName = "Mail \"protection\"";
  made.from = "postmaster@example.com";
  made.to = {"a@example.com", "b@example.com"};
  made.subject = "A virus was found";
  made.text = "Hello,\n\nsomething was kept back.\n";
  return made;
}

Message parsed(const Letter& from) {
  auto message = messageFromBytes(compose(from, kAt, "u1", "mx.test"), {});
  REQUIRE(message);
  return *std::move(message);
}

std::string valueOf(const Message& message, const std::string& name) {
  const auto* const header = message.header(name);
  return header == nullptr ? "" : header->text();
}

bool everyLineIsShort(const std::string& bytes) {
  std::size_t begin = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string::npos;
       begin = end + 1, end = bytes.find('\n', begin))
    if (end - begin > 998) return false;
  return true;
}

}  // namespace

TEST_CASE("Letter: a machine wrote it, and says so") {
  const auto message = parsed(letter());
  CHECK(valueOf(message, "Auto-Submitted") == "auto-generated");
  CHECK(valueOf(message, "From") ==
        "\"Mail \\\"protection\\\"\" <postmaster@example.com>");
  CHECK(valueOf(message, "Subject") == "A virus was found");
  CHECK(valueOf(message, "Message-ID") == "<u1@mx.test>");
  CHECK(message.body().find("something was kept back.") !=
        std::string_view::npos);
}

TEST_CASE("Letter: a subject in any language is encoded and never split") {
  CHECK(headerText("plain") == "plain");
  CHECK(headerText("\xc3\xa4") == "=?utf-8?B?w6Q=?=");
  CHECK(headerText("=?utf-8?B?w6Q=?=").starts_with("=?utf-8?B?PT"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "\xe6\xbc\xa2";
  Letter long_ = letter();
  long_.subject = many;
  CHECK(everyLineIsShort(compose(long_, kAt, "u", "h")));
  // 13 characters of three octets make a word of 39.
  CHECK(headerText(many).starts_with(
      "=?utf-8?B?5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi5ryi?=\r\n "));
}

TEST_CASE("Letter: no value can add a field or end the header") {
  Letter nasty = letter();
  nasty.subject = "x\r\nBcc: all@example.com\r\n\r\nbody";
  nasty.to = {"a@example.com\r\nCc: b@example.com"};
  nasty.fields = {{"X-Found", "v\nX-Other: w"}};
  const auto message = parsed(nasty);
  CHECK(message.header("Bcc") == nullptr);
  CHECK(message.header("Cc") == nullptr);
  CHECK(message.header("X-Other") == nullptr);
}

TEST_CASE("Letter: html stands beside the text") {
  Letter both = letter();
  both.html = "<p>something was <b>kept back</b></p>";
  const auto message = parsed(both);
  CHECK(valueOf(message, "Content-Type")
            .starts_with("multipart/alternative; boundary="));
  CHECK(message.tree().nodes().size() == 3);
}

}  // namespace mailreeve::mail
