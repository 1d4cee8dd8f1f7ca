// See login_snapshot.h.
#include "core/directory/login_snapshot.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/network.h"
#include "core/base/text.h"
#include "dovecot-plugin/policy/login_policy_format.h"

namespace mailreeve::directory {

namespace {

Error invalid(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

// Appends the `size` low bytes of `number`, the lowest first.
void put(std::string& out, std::uint64_t number, unsigned size) {
  for (unsigned i = 0; i < size; ++i, number >>= 8U) {
    out.push_back(static_cast<char>(number & 0xffU));
  }
}

void overwrite(std::string& out, std::size_t at, std::uint64_t number) {
  std::string bytes;
  put(bytes, number, 8);
  out.replace(at, bytes.size(), bytes);
}

std::uint64_t word(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  }
  return value;
}

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = LOGIN_POLICY_CHECKSUM_SEED;
  while (!bytes.empty()) {
    const auto next = bytes.substr(0, 8);
    hash = (hash ^ word(next)) * LOGIN_POLICY_CHECKSUM_PRIME;
    hash ^= hash >> 32U;
    bytes.remove_prefix(next.size());
  }
  return hash;
}

std::uint16_t pack(const LoginPolicy& policy) {
  unsigned bits = policy.forwarding ? 0U : LOGIN_POLICY_NO_FORWARDING;
  unsigned shift = 0;
  for (const auto access :
       {policy.imap, policy.pop3, policy.sieve, policy.smtp}) {
    bits |= static_cast<unsigned>(access) << shift;
    shift += LOGIN_POLICY_ACCESS_BITS;
  }
  return static_cast<std::uint16_t>(bits);
}

// Sixteen bytes of address, IPv4 in its mapped form, and the prefix length.
void putNetwork(std::string& out, const Network& network) {
  std::array<std::uint8_t, LOGIN_POLICY_ADDRESS_SIZE> bytes =
      network.address.bytes;
  unsigned prefix = network.prefix;
  if (!network.address.v6) {
    bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::copy_n(network.address.bytes.begin(), 4, bytes.begin() + 12);
    prefix += LOGIN_POLICY_MAPPED_BITS;
  }
  out.append(bytes.begin(), bytes.end());
  put(out, prefix, LOGIN_POLICY_NETWORK_SIZE - LOGIN_POLICY_ADDRESS_SIZE);
}

Result<std::string> encodeNetworks(std::span<const std::string> lan) {
  if (lan.size() > LOGIN_POLICY_MAX_NETWORKS) {
    return invalid("more than " + std::to_string(LOGIN_POLICY_MAX_NETWORKS) +
                   " LAN networks");
  }
  std::string out;
  for (const auto& text : lan) {
    auto network = parseNetwork(text);
    if (!network) return std::move(network).error().within("LAN networks");
    putNetwork(out, *network);
  }
  return out;
}

std::optional<Error> findBadName(const LoginPolicies& sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& name = sorted[i].first;
    if (name.empty() || name.size() > LOGIN_POLICY_MAX_NAME ||
        name.find('\0') != std::string::npos) {
      return invalid("user name '" + printable(name.substr(0, 80)) +
                     "' is empty, too long or holds a NUL");
    }
    if (i > 0 && sorted[i - 1].first == name) {
      return invalid("user '" + printable(name) + "' is listed twice");
    }
  }
  return std::nullopt;
}

struct UserParts {
  std::string index;
  std::string names;
};

Result<UserParts> encodeUsers(LoginPolicies users) {
  if (users.size() > LOGIN_POLICY_MAX_USERS) {
    return invalid("more than " + std::to_string(LOGIN_POLICY_MAX_USERS) +
                   " users");
  }
  for (auto& [name, policy] : users) name = lower(name);
  std::ranges::sort(users, {}, [](const auto& user) -> const std::string& {
    return user.first;
  });
  if (auto bad = findBadName(users)) return *std::move(bad);

  UserParts parts;
  parts.index.reserve(users.size() * LOGIN_POLICY_USER_SIZE);
  for (const auto& [name, policy] : users) {
    put(parts.index, parts.names.size(), 4);
    put(parts.index, name.size(), 2);
    put(parts.index, pack(policy), 2);
    parts.names += name;
  }
  return parts;
}

}  // namespace

Result<std::string> encodeLoginSnapshot(const LoginPolicy& fallback,
                                        std::span<const std::string> lan,
                                        LoginPolicies users) {
  const auto userCount = users.size();
  auto networks = encodeNetworks(lan);
  if (!networks) return std::move(networks).error();
  auto parts = encodeUsers(std::move(users));
  if (!parts) return std::move(parts).error();

  std::string out(LOGIN_POLICY_MAGIC, LOGIN_POLICY_MAGIC_SIZE);
  put(out, LOGIN_POLICY_VERSION, 4);
  put(out, 0, 4);
  put(out, 0, 8);  // Length, known at the end.
  put(out, 0, 8);  // Checksum, likewise.
  put(out, userCount, 4);
  put(out, lan.size(), 4);
  put(out, parts->names.size(), 4);
  put(out, pack(fallback), 2);
  put(out, 0, 2);
  out += *networks;
  out += parts->index;
  out += parts->names;
  overwrite(out, LOGIN_POLICY_AT_LENGTH, out.size());
  overwrite(out,
            LOGIN_POLICY_AT_CHECKSUM,
            checksum(std::string_view(out).substr(LOGIN_POLICY_AT_SUMMED)));
  return out;
}

}  // namespace mailreeve::directory
