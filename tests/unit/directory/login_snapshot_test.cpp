// The login policy snapshot, from the C++ writer through Dovecot's C reader.
#include "core/directory/login_snapshot.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include "dovecot-plugin/policy/login_policy.h"
#include "dovecot-plugin/policy/login_policy_format.h"

namespace mailreeve::directory {

namespace {

constexpr LoginPolicy kNothing = {.imap = LoginAccess::Off,
                                  .pop3 = LoginAccess::Off,
                                  .sieve = LoginAccess::Off,
                                  .smtp = LoginAccess::Off,
                                  .forwarding = false};

std::string encode(const LoginPolicies& users,
                   const std::vector<std::string>& lan = {},
                   const LoginPolicy& fallback = {}) {
  auto bytes = encodeLoginSnapshot(fallback, lan, users);
  REQUIRE(bytes.ok());
  return *bytes;
}

// What the reader says is wrong; empty if nothing is.
std::string problem(const std::string& bytes) {
  login_policy_snapshot snapshot;
  const char* error = nullptr;
  const int result =
      login_policy_open(bytes.data(), bytes.size(), &snapshot, &error);
  CHECK((result == 0) == (error == nullptr));
  return error == nullptr ? "" : error;
}

login_policy_snapshot opened(const std::string& bytes) {
  login_policy_snapshot snapshot;
  const char* error = nullptr;
  REQUIRE(login_policy_open(bytes.data(), bytes.size(), &snapshot, &error) ==
          0);
  return snapshot;
}

LoginPolicy found(const std::string& bytes, const std::string& user) {
  const auto snapshot = opened(bytes);
  login_policy policy;
  login_policy_find(&snapshot, user.c_str(), &policy);
  const auto access = [&policy](login_protocol protocol) {
    return static_cast<LoginAccess>(policy.access[protocol]);
  };
  return {.imap = access(LOGIN_PROTOCOL_IMAP),
          .pop3 = access(LOGIN_PROTOCOL_POP3),
          .sieve = access(LOGIN_PROTOCOL_SIEVE),
          .smtp = access(LOGIN_PROTOCOL_SMTP),
          .forwarding = policy.forwarding};
}

bool inLan(const std::string& bytes, const std::string& address) {
  const auto snapshot = opened(bytes);
  std::array<unsigned char, 16> octets{};
  login_address where;
  if (inet_pton(AF_INET, address.c_str(), octets.data()) == 1) {
    where = login_address_ipv4(octets.data());
  } else {
    REQUIRE(inet_pton(AF_INET6, address.c_str(), octets.data()) == 1);
    where = login_address_ipv6(octets.data());
  }
  return login_policy_in_lan(&snapshot, &where);
}

std::uint64_t wordAt(const std::string& bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return word;
}

// The checksum made right again after a test has changed bytes.
std::string resealed(std::string bytes) {
  std::uint64_t hash = LOGIN_POLICY_CHECKSUM_SEED;
  for (std::size_t at = LOGIN_POLICY_AT_SUMMED; at < bytes.size(); at += 8) {
    hash = (hash ^ wordAt(bytes, at)) * LOGIN_POLICY_CHECKSUM_PRIME;
    hash ^= hash >> 32U;
  }
  for (std::size_t i = 0; i < 8; ++i, hash >>= 8U) {
    bytes[LOGIN_POLICY_AT_CHECKSUM + i] = static_cast<char>(hash & 0xffU);
  }
  return bytes;
}

std::string withByte(std::string bytes, std::size_t at, int value) {
  bytes.at(at) = static_cast<char>(value);
  return resealed(std::move(bytes));
}

}  // namespace

TEST_CASE("each user gets back the policy that was written") {
  const LoginPolicy imapLan = {.imap = LoginAccess::Lan};
  const LoginPolicy noSmtp = {.smtp = LoginAccess::Off, .forwarding = false};
  const LoginPolicy fallback = {.pop3 = LoginAccess::Off};
  const auto bytes = encode({{"zoe@b.example", noSmtp},
                             {"Ann@b.example", imapLan},
                             {"ann@b.example.org", kNothing},
                             {"an", {}}},
                            {},
                            fallback);

  struct Row {
    std::string label;
    std::string user;
    LoginPolicy want;
  };

  const Row rows[] = {
      {"the last one", "zoe@b.example", noSmtp},
      {"the first one in the order of names", "an", {}},
      {"a name that begins another", "ann@b.example", imapLan},
      {"a name that continues another", "ann@b.example.org", kNothing},
      {"case is folded when looking up", "ZOE@B.Example", noSmtp},
      {"a part of a name is nobody", "ann@b.exampl", fallback},
      {"a name behind all others is nobody", "zz", fallback},
      {"a name before all others is nobody", "aa", fallback},
      {"no name is nobody", "", fallback},
      {"a name too long for any snapshot", std::string(600, 'a'), fallback},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(found(bytes, row.user) == row.want);
  }
}

TEST_CASE("every combination of settings survives the way") {
  for (unsigned bits = 0; bits < 3 * 3 * 3 * 3 * 2; ++bits) {
    unsigned rest = bits;
    const auto access = [&rest] {
      const auto digit = static_cast<LoginAccess>(rest % 3);
      rest /= 3;
      return digit;
    };
    LoginPolicy policy;
    policy.imap = access();
    policy.pop3 = access();
    policy.sieve = access();
    policy.smtp = access();
    policy.forwarding = rest == 1;
    CAPTURE(bits);
    CHECK(found(encode({{"a", policy}}), "a") == policy);
    CHECK(found(encode({}, {}, policy), "a") == policy);
  }
}

TEST_CASE("every one of many users is found") {
  LoginPolicies users;
  for (int i = 0; i < 3000; ++i) {
    users.emplace_back("user" + std::to_string(i) + "@example.com",
                       i % 2 == 0 ? kNothing : LoginPolicy{});
  }
  const auto bytes = encode(users);
  for (const auto& user : users) {
    CAPTURE(user.first);
    REQUIRE(found(bytes, user.first) == user.second);
  }
}

TEST_CASE("an address is in the LAN or it is not") {
  const auto bytes = encode({},
                            {"192.168.0.0/16",
                             "10.1.2.3",
                             "172.16.0.0/12",
                             "fd00::/8",
                             "2001:db8::1",
                             "2001:db8:0:f000::/52"});

  struct Row {
    std::string label;
    std::string address;
    bool want;
  };

  const Row rows[] = {
      {"inside an IPv4 network", "192.168.255.1", true},
      {"just above it", "192.169.0.0", false},
      {"an IPv4-mapped address is the IPv4 address",
       "::ffff:192.168.1.1",
       true},
      {"and it is outside when that is outside", "::ffff:8.8.8.8", false},
      {"a single IPv4 address", "10.1.2.3", true},
      {"its neighbour", "10.1.2.4", false},
      {"the last of a network whose prefix splits a byte",
       "172.31.255.255",
       true},
      {"the next one", "172.32.0.0", false},
      {"inside an IPv6 network", "fdff::1", true},
      {"outside", "fe80::1", false},
      {"a single IPv6 address", "2001:db8::1", true},
      {"its neighbour", "2001:db8::2", false},
      {"IPv6 with a prefix that splits a byte", "2001:db8:0:f123::9", true},
      {"IPv4-compatible is not IPv4-mapped", "::192.168.1.1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(inLan(bytes, row.address) == row.want);
  }
}

TEST_CASE("the network of all addresses is one family's") {
  struct Row {
    std::string label;
    std::vector<std::string> lan;
    std::string address;
    bool want;
  };

  const Row rows[] = {
      {"all of IPv4", {"0.0.0.0/0"}, "8.8.8.8", true},
      {"all of IPv4 holds no IPv6", {"0.0.0.0/0"}, "2001:db8::1", false},
      {"all of IPv6", {"::/0"}, "2001:db8::1", true},
      {"all of IPv6 holds no IPv4", {"::/0"}, "8.8.8.8", false},
      {"no network holds nothing", {}, "127.0.0.1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(inLan(encode({}, row.lan), row.address) == row.want);
  }
}

TEST_CASE("what cannot be written is refused in words") {
  struct Row {
    std::string label;
    std::vector<std::string> lan;
    LoginPolicies users;
    std::string want;
  };

  const Row rows[] = {
      {"no network",
       {"10.0.0.0/8", "lan"},
       {},
       "LAN networks: \"lan\" is not an address or network"},
      {"a user twice, in another case",
       {},
       {{"a@b", {}}, {"A@b", {}}},
       "user 'a@b' is listed twice"},
      {"an empty name", {}, {{"", {}}}, "user name '' is empty"},
      {"a NUL in a name",
       {},
       {{std::string("a\0b", 3), {}}},
       "user name 'a?b' is empty, too long or holds a NUL"},
      {"a name too long",
       {},
       {{std::string(513, 'a'), {}}},
       "is empty, too long or holds a NUL"},
      {"too many networks",
       std::vector<std::string>(1025, "10.0.0.0/8"),
       {},
       "more than 1024 LAN networks"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto bytes = encodeLoginSnapshot({}, row.lan, row.users);
    REQUIRE_FALSE(bytes.ok());
    CHECK(bytes.error().code == ErrorCode::Invalid);
    CHECK(bytes.error().what.find(row.want) != std::string::npos);
  }
}

TEST_CASE("a broken snapshot is refused, and the reader says why") {
  const auto good = encode({{"ann", {}}, {"bob", kNothing}}, {"10.0.0.0/8"});
  REQUIRE(problem(good).empty());
  const std::size_t network = LOGIN_POLICY_HEADER_SIZE;
  const std::size_t ann = network + LOGIN_POLICY_NETWORK_SIZE;
  const std::size_t bob = ann + LOGIN_POLICY_USER_SIZE;
  const std::size_t names = bob + LOGIN_POLICY_USER_SIZE;

  struct Row {
    std::string label;
    std::string bytes;
    std::string want;
  };

  const Row rows[] = {
      {"nothing at all", "", "is shorter than its header"},
      {"half a header", good.substr(0, 20), "is shorter than its header"},
      {"something else",
       withByte(good, 0, 'X'),
       "is not a login policy snapshot"},
      {"a later version",
       withByte(good, LOGIN_POLICY_AT_VERSION, 2),
       "has a version this module does not know"},
      {"cut short",
       good.substr(0, good.size() - 1),
       "has another length than it says"},
      {"a byte too many", good + "x", "has another length than it says"},
      {"a changed byte",
       good.substr(0, names) + "x" + good.substr(names + 1),
       "does not match its checksum"},
      {"a reserved byte",
       withByte(good, LOGIN_POLICY_AT_ZERO, 1),
       "has bytes set that must be zero"},
      {"an unknown default",
       withByte(good, LOGIN_POLICY_AT_DEFAULT, 3),
       "has a default policy this module does not know"},
      {"too many users",
       withByte(good, LOGIN_POLICY_AT_USERS + 3, 0xff),
       "lists too many users"},
      {"too many networks",
       withByte(good, LOGIN_POLICY_AT_NETWORKS + 3, 0xff),
       "lists too many networks"},
      {"names larger than the file",
       withByte(good, LOGIN_POLICY_AT_NAMES_SIZE + 3, 0xff),
       "has parts that do not add up"},
      {"a prefix of 129 bits",
       withByte(good, network + LOGIN_POLICY_ADDRESS_SIZE, 129),
       "has a broken network"},
      {"bits behind the prefix",
       withByte(good, network + 15, 1),
       "has a broken network"},
      {"a name outside the names",
       withByte(good, bob + 1, 0xff),
       "has a user whose name lies elsewhere"},
      {"a name longer than the names",
       withByte(good, bob + 4, 4),
       "has a user whose name lies elsewhere"},
      {"an empty name",
       withByte(good, ann + 4, 0),
       "has a user whose name lies elsewhere"},
      {"names left over",
       withByte(good, bob + 4, 2),
       "has names that belong to no user"},
      {"an upper case name",
       withByte(good, names, 'A'),
       "has a user whose name is not in lower case"},
      {"users out of order",
       withByte(good, names, 'z'),
       "has users that are not sorted"},
      {"an unknown access",
       withByte(good, ann + 6, 0xc0),
       "has a user whose policy this module does not know"},
      {"an unknown flag",
       withByte(good, ann + 7, 2),
       "has a user whose policy this module does not know"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(problem(row.bytes) == row.want);
  }
}

TEST_CASE("no single changed byte goes unnoticed") {
  const auto good = encode({{"ann", {}}, {"bob", kNothing}}, {"10.0.0.0/8"});
  for (std::size_t at = 0; at < good.size(); ++at) {
    CAPTURE(at);
    auto bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    CHECK_FALSE(problem(bytes).empty());
  }
}

}  // namespace mailreeve::directory
