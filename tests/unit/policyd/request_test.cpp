#include "policyd/request.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::policyd {

namespace {

const std::string kKind =  // NOLINT(cert-err58-cpp): a test may end so.
    "request=smtpd_access_policy\n";

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("what Postfix sends at RCPT is read") {
  const std::string text =
      "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
      "client_address=192.0.2.7\nclient_name=mx.far.example\n"
      "client_port=41234\nreverse_client_name=mx.far.example\n"
      "server_address=198.51.100.25\nserver_port=25\n"
      "helo_name=mx.far.example\nsender=alice@far.example\n"
      "recipient=bob@home.example\nrecipient_count=0\nqueue_id=4Tabc\n"
      "instance=1a2b.66000000.1.0\nsize=2048\netrn_domain=\nstress=\n"
      "sasl_method=PLAIN\nsasl_username=carol@home.example\nsasl_sender=\n"
      "ccert_subject=\nccert_issuer=\nccert_fingerprint=\n"
      "ccert_pubkey_fingerprint=\nencryption_protocol=TLSv1.3\n"
      "encryption_cipher=TLS_AES_256_GCM_SHA384\nencryption_keysize=256\n"
      "policy_context=\n";
  const auto request = parseRequest(text);
  REQUIRE(request);
  CHECK(request->protocolState == "RCPT");
  CHECK(request->clientAddress == "192.0.2.7");
  CHECK(request->clientName == "mx.far.example");
  CHECK(request->heloName == "mx.far.example");
  CHECK(request->sender == "alice@far.example");
  CHECK(request->recipient == "bob@home.example");
  CHECK(request->queueId == "4Tabc");
  CHECK(request->instance == "1a2b.66000000.1.0");
  CHECK(request->saslUsername == "carol@home.example");
}

TEST_CASE("what is odd and harmless is taken") {
  struct Row {
    std::string label;
    std::string text;
    std::string sender;
  };

  const Row rows[] = {
      {"the attributes in another order",
       "sender=a@b.example\n" + kKind,
       "a@b.example"},
      {"an attribute of a later Postfix", kKind + "moon_phase=full\n", ""},
      {"an unknown attribute twice", kKind + "x=1\nx=2\n", ""},
      {"no line end after the last line",
       kKind + "sender=a@b.example",
       "a@b.example"},
      {"an equals sign in the value",
       kKind + "sender=a=b@c.example\n",
       "a=b@c.example"},
      {"the null sender", kKind + "sender=\n", ""},
      {"bytes that are no UTF-8", kKind + "sender=\xff\xfe@x\n", "\xff\xfe@x"},
      {"control characters, which the log replaces",
       kKind + "sender=a\r\x1b@x\n",
       "a\r\x1b@x"},
      {"the longest value",
       kKind + "sender=" + std::string(kMostValue, 'a'),
       std::string(kMostValue, 'a')},
      {"the longest name", kKind + std::string(kMostName, 'n') + "=1\n", ""},
      {"as many attributes as are taken",
       kKind + repeat("x=1\n", kMostAttributes - 1),
       ""},
      {"a name in capitals is another name", kKind + "SENDER=a@b\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto request = parseRequest(row.text);
    REQUIRE(request);
    CHECK(request->sender == row.sender);
  }
}

TEST_CASE("what is malformed is refused, in words without a word of it") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"nothing", "", "an empty request"},
      {"no kind", "sender=a@b\n", "no attribute \"request\""},
      {"another kind", "request=junk\n", "a request of another kind"},
      {"no kind given", "request=\n", "a request of another kind"},
      {"two kinds", kKind + kKind, "attribute \"request\" twice"},
      {"two senders",
       kKind + "sender=a@b\nsender=c@d\n",
       "attribute \"sender\" twice"},
      {"an empty sender and another",
       kKind + "sender=\nsender=c@d\n",
       "attribute \"sender\" twice"},
      {"SMTP", "EHLO there\r\n", "a line without \"=\""},
      {"HTTP", "GET / HTTP/1.1\r\nHost: x\r\n", "a line without \"=\""},
      {"no name", kKind + "=value\n", "an attribute without a name"},
      {"an empty line in the middle",
       kKind + "\nsender=a@b\n",
       "a line without \"=\""},
      {"a NUL byte", kKind + std::string("sender=a\0@b\n", 12), "a NUL byte"},
      {"a NUL byte in what would be skipped",
       kKind + std::string("x=\0\n", 4),
       "a NUL byte"},
      {"too many attributes",
       kKind + repeat("x=1\n", kMostAttributes),
       "too many attributes"},
      {"a long value",
       kKind + "x=" + std::string(kMostValue + 1, 'a'),
       "a value that is too long"},
      {"a long name",
       kKind + std::string(kMostName + 1, 'n') + "=1\n",
       "a name that is too long"},
      {"too much of everything",
       std::string(kMostRequest + 1, 'a'),
       "a request that is too long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto request = parseRequest(row.text);
    REQUIRE_FALSE(request);
    CHECK(request.error().what == row.want);
  }
}

}  // namespace mailreeve::policyd
