// Which login goes ahead, and what the client and the log are told if not.
#include "dovecot-plugin/policy/login_decision.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/directory/login_snapshot.h"

namespace mailreeve::directory {

namespace {

const login_address kOffice =
    login_address_ipv4(std::string("\x0a\x00\x00\x01", 4).data());
const login_address kCafe =
    login_address_ipv4(std::string("\xcb\x00\x71\x05", 4).data());

}  // namespace

TEST_CASE("a login is granted, or refused in words for both sides") {
  const auto bytes = encodeLoginSnapshot({},
                                         std::vector<std::string>{"10.0.0.0/8"},
                                         {{"off",
                                           {.imap = LoginAccess::Off,
                                            .pop3 = LoginAccess::Off,
                                            .sieve = LoginAccess::Off,
                                            .smtp = LoginAccess::Off}},
                                          {"lan",
                                           {.imap = LoginAccess::Lan,
                                            .pop3 = LoginAccess::Lan,
                                            .sieve = LoginAccess::Lan,
                                            .smtp = LoginAccess::Lan}}});
  REQUIRE(bytes.ok());
  login_policy_snapshot snapshot;
  const char* error = nullptr;
  REQUIRE(login_policy_open(bytes->data(), bytes->size(), &snapshot, &error) ==
          0);

  const std::string away =
      "allowed only from the LAN, and the client is "
      "outside it";
  const std::string unknown =
      "allowed only from the LAN, and the client's "
      "address is not known";

  struct Row {
    std::string label;
    std::string user;
    std::string service;
    const login_address* address;
    std::string client;  // Empty: granted.
    std::string log;
  };

  const Row rows[] = {
      {"an ordinary user", "ann", "imap", &kCafe, "", ""},
      {"IMAP off",
       "off",
       "imap",
       &kOffice,
       "IMAP is turned off for this account by the administrator.",
       "turned off by policy"},
      {"POP3 off",
       "off",
       "pop3",
       &kOffice,
       "POP3 is turned off for this account by the administrator.",
       "turned off by policy"},
      {"ManageSieve off",
       "off",
       "sieve",
       &kOffice,
       "Editing mail filters (ManageSieve) is turned off for this account by "
       "the administrator.",
       "turned off by policy"},
      {"SMTP AUTH off",
       "off",
       "smtp",
       &kOffice,
       "Sending mail (SMTP) is turned off for this account by the "
       "administrator.",
       "turned off by policy"},
      {"Dovecot's submission server is SMTP too",
       "off",
       "submission",
       &kOffice,
       "Sending mail (SMTP) is turned off for this account by the "
       "administrator.",
       "turned off by policy"},
      {"a service no policy speaks of", "off", "doveadm", nullptr, "", ""},
      {"LAN only, from the LAN", "lan", "imap", &kOffice, "", ""},
      {"LAN only, from elsewhere",
       "lan",
       "imap",
       &kCafe,
       "IMAP is allowed for this account only from the local network.",
       away},
      {"LAN only, from nobody knows where",
       "lan",
       "smtp",
       nullptr,
       "Sending mail (SMTP) is allowed for this account only from the local "
       "network.",
       unknown},
      {"allowed, from nobody knows where", "ann", "smtp", nullptr, "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto decision = login_decide(
        &snapshot, row.user.c_str(), row.service.c_str(), row.address);
    CHECK(decision.granted == row.client.empty());
    if (decision.granted) continue;
    CHECK(decision.client_words == row.client);
    CHECK(decision.log_words == row.log);
  }
}

TEST_CASE("without any snapshot every governed login is refused") {
  const auto refused = login_decide(nullptr, "ann", "imap", &kOffice);
  CHECK_FALSE(refused.granted);
  CHECK(std::string(refused.client_words) ==
        "Logging in is not possible at the moment. Please try again later.");
  CHECK(login_decide(nullptr, "ann", "doveadm", &kOffice).granted);
}

}  // namespace mailreeve::directory
