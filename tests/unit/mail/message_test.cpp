#include "core/mail/message.h"

#include <doctest/doctest.h>

namespace mailreeve::mail {

TEST_CASE("a message is built as a milter receives it") {
  MessageBuilder builder({.directory = "/tmp"});
  REQUIRE(builder.addHeader("From", " a@b.example"));
  REQUIRE(builder.addHeader("Subject", " long\n folded"));
  REQUIRE(builder.addHeader("X-Empty", ""));
  REQUIRE(builder.addHeader("from", " second"));
  REQUIRE(builder.appendBody("one\r\n"));
  REQUIRE(builder.appendBody("two\r\n"));
  CHECK_FALSE(builder.addHeader("Too", " late"));

  const auto message = std::move(builder).finish({.queueId = "4abc"});
  REQUIRE(message);
  CHECK(message->bytes() ==
        "From: a@b.example\r\nSubject: long\r\n folded\r\nX-Empty:\r\n"
        "from: second\r\n\r\none\r\ntwo\r\n");
  CHECK(message->body() == "one\r\ntwo\r\n");
  CHECK(message->envelope().queueId == "4abc");
  CHECK(message->header("SUBJECT")->value == " long\n folded");
  CHECK(message->header("subject")->text() == "long folded");
  CHECK(message->header("From")->text() == "a@b.example");
  CHECK(message->allHeaders("From").size() == 2);
  CHECK(message->header("To") == nullptr);
}

TEST_CASE("a message without a body keeps its empty line") {
  MessageBuilder builder({.directory = "/tmp"});
  REQUIRE(builder.addHeader("From", " a@b.example"));
  const auto message = std::move(builder).finish({});
  REQUIRE(message);
  CHECK(message->bytes() == "From: a@b.example\r\n\r\n");
  CHECK(message->body().empty());
}

TEST_CASE("a message above the limit cannot be built") {
  MessageBuilder builder({.directory = "/tmp", .limit = 30});
  REQUIRE(builder.addHeader("From", " a@b.example"));
  CHECK_FALSE(builder.appendBody("more than what is left"));
}

TEST_CASE("a message is read from a file") {
  struct Row {
    std::string label;
    std::string raw;
    std::string want;
  };

  const Row rows[] = {
      {"CRLF lines", "A: b\r\n\r\nc\r\n", "A: b\r\n\r\nc\r\n"},
      {"LF lines", "A: b\n c\n\nd\n", "A: b\r\n c\r\n\r\nd\r\n"},
      {"an mbox line in front",
       "From a@b now\nA: b\n\nc\n",
       "A: b\r\n\r\nc\r\n"},
      {"no empty line", "A: b\n", "A: b\r\n\r\n"},
      {"no header", "\nc\n", "\r\nc\r\n"},
      {"no last line end", "A: b\n\nc", "A: b\r\n\r\nc"},
      {"nothing", "", "\r\n"},
      {"text where a header should be",
       "hello\nworld\n",
       "\r\nhello\r\nworld\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto message = messageFromBytes(row.raw, {});
    REQUIRE(message);
    CHECK(message->bytes() == row.want);
  }
}

TEST_CASE("a moved message keeps its bytes and its tree") {
  auto message = messageFromBytes("Content-Type: text/html\n\n<p>\n", {});
  REQUIRE(message);
  CHECK(message->tree().root().type == "text/html");
  const Message moved = *std::move(message);
  CHECK(moved.body() == "<p>\r\n");
  CHECK(moved.tree().root().body.of(moved.bytes()) == "<p>\r\n");
}

}  // namespace mailreeve::mail
