#include "core/spam/scan_header.h"

#include <doctest/doctest.h>

namespace mailreeve::spam {

namespace {

const TimePoint kNoon{std::chrono::seconds(1'700'568'000)};

mail::Envelope envelope() {
  mail::Envelope envelope;
  envelope.queueId = "4ABCDE";
  envelope.clientAddress = "203.0.113.9";
  envelope.clientName = "mx.far.example";
  envelope.helo = "mx.far.example";
  envelope.mailFrom = "a@far.example";
  envelope.recipients = {"bob@example.com"};
  return envelope;
}

}  // namespace

TEST_CASE("spamd is told who handed a message over") {
  CHECK(scanHeader(envelope(), "mail.example.com", kNoon) ==
        "Return-Path: <a@far.example>\r\n"
        "X-Envelope-From: <a@far.example>\r\n"
        "Received: from mx.far.example (mx.far.example [203.0.113.9])\r\n"
        "\tby mail.example.com (Postfix) with ESMTP id 4ABCDE\r\n"
        "\tfor <bob@example.com>; Tue, 21 Nov 2023 12:00:00 +0000\r\n");
}

TEST_CASE("of several recipients none is named") {
  auto two = envelope();
  two.recipients = {"bob@example.com", "eve@example.com"};
  CHECK(scanHeader(two, "h.example", kNoon).find("example.com") ==
        std::string::npos);
}

TEST_CASE("a login and an IPv6 address are written as Postfix does") {
  auto six = envelope();
  six.clientAddress = "2001:db8::9";
  six.login = "bob@example.com";
  const auto header = scanHeader(six, "h.example", kNoon);
  CHECK(header.find("[IPv6:2001:db8::9])\r\n"
                    "\t(Authenticated sender: bob@example.com)\r\n") !=
        std::string::npos);
  CHECK(header.find("with ESMTPSA id") != std::string::npos);
}

TEST_CASE("nothing that a client says makes a line of its own") {
  auto evil = envelope();
  evil.helo = "x\r\nX-Spam-Flag: NO) by (";
  evil.clientName = "";
  evil.mailFrom = "a>\r\nReceived: from b@x";
  const auto header = scanHeader(evil, "h.example", kNoon);
  CHECK(header.find("\nX-Spam") == std::string::npos);
  CHECK(header.find("\nReceived: from b") == std::string::npos);
  CHECK(header.find("from x??X-Spam-Flag:?NO??by?? (unknown [203.0.113.9])") !=
        std::string::npos);
}

TEST_CASE("a message that came over no network has an envelope all the same") {
  mail::Envelope local;
  CHECK(scanHeader(local, "h.example", kNoon) ==
        "Return-Path: <>\r\nX-Envelope-From: <>\r\n");
}

}  // namespace mailreeve::spam
