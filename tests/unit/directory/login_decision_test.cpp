// Which login goes ahead, and what the client and the log are told if not.
#include "dovecot-plugin/policy/login_decision.h"

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/directory/login_snapshot.h"

namespace mailreeve::directory {

namespace {

constexpr std::array<unsigned char, 4> kOfficeOctets = {10, 0, 0, 1};
constexpr std::array<unsigned char, 4> kCafeOctets = {203, 0, 113, 5};

}  // namespace

TEST_CASE("a login is granted, or refused in words for both sides") {
  const auto office = login_address_ipv4(kOfficeOctets.data());
  const auto cafe = login_address_ipv4(kCafeOctets.data());
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
      {"an ordinary user", "ann", "imap", &cafe, "", ""},
      {"IMAP off",
       "off",
       "imap",
       &office,
       "IMAP is turned off for this account by the administrator.",
       "turned off by policy"},
      {"POP3 off",
       "off",
       "pop3",
       &office,
       "POP3 is turned off for this account by the administrator.",
       "turned off by policy"},
      {"ManageSieve off",
       "off",
       "sieve",
       &office,
       "Editing mail filters (ManageSieve) is turned off for this account by "
       "the administrator.",
       "turned off by policy"},
      {"SMTP AUTH off",
       "off",
       "smtp",
       &office,
       "Sending mail (SMTP) is turned off for this account by the "
       "administrator.",
       "turned off by policy"},
      {"Dovecot's submission server is SMTP too",
       "off",
       "submission",
       &office,
       "Sending mail (SMTP) is turned off for this account by the "
       "administrator.",
       "turned off by policy"},
      {"a service no policy speaks of", "off", "doveadm", nullptr, "", ""},
      {"LAN only, from the LAN", "lan", "imap", &office, "", ""},
      {"LAN only, from elsewhere",
       "lan",
       "imap",
       &cafe,
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
  const auto office = login_address_ipv4(kOfficeOctets.data());
  const auto refused = login_decide(nullptr, "ann", "imap", &office);
  CHECK_FALSE(refused.granted);
  CHECK(std::string(refused.client_words) ==
        "Logging in is not possible at the moment. Please try again later.");
  CHECK(login_decide(nullptr, "ann", "doveadm", &office).granted);
}

}  // namespace mailreeve::directory
