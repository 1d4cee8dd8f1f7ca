// Throws bytes at the reader of login policy snapshots.
//
// Half of the inputs get a right header first: without it the checksum would
// keep the fuzzer out of everything that matters.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "dovecot-plugin/policy/login_policy.h"
#include "dovecot-plugin/policy/login_policy_format.h"

namespace {

void put64(std::string& bytes, std::size_t at, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i, number >>= 8U) {
    bytes[at + i] = static_cast<char>(number & 0xffU);
  }
}

std::uint64_t checksum(const std::string& bytes) {
  std::uint64_t hash = LOGIN_POLICY_CHECKSUM_SEED;
  for (std::size_t at = LOGIN_POLICY_AT_SUMMED; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])}
              << (8 * i);
    }
    hash = (hash ^ word) * LOGIN_POLICY_CHECKSUM_PRIME;
    hash ^= hash >> 32U;
  }
  return hash;
}

void seal(std::string& bytes) {
  if (bytes.size() < LOGIN_POLICY_HEADER_SIZE) return;
  bytes.replace(
      0, LOGIN_POLICY_MAGIC_SIZE, LOGIN_POLICY_MAGIC, LOGIN_POLICY_MAGIC_SIZE);
  put64(bytes, LOGIN_POLICY_AT_VERSION, LOGIN_POLICY_VERSION);
  put64(bytes, LOGIN_POLICY_AT_LENGTH, bytes.size());
  put64(bytes, LOGIN_POLICY_AT_CHECKSUM, checksum(bytes));
}

void require(bool holds) {
  if (!holds) std::abort();
}

// A sound snapshot must find each of its users, by the name it lists.
void findAll(const login_policy_snapshot& snapshot) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < snapshot.user_count; ++i) {
    const auto* entry = snapshot.users + i * LOGIN_POLICY_USER_SIZE;
    const std::size_t size = entry[4] | static_cast<unsigned>(entry[5]) << 8U;
    const std::string name(
        reinterpret_cast<const char*>(snapshot.names) + offset, size);
    login_policy policy;
    login_policy_find(&snapshot, name.c_str(), &policy);
    require(policy.forwarding == ((entry[7] & 1U) == 0));
    require(policy.access[LOGIN_PROTOCOL_IMAP] == (entry[6] & 3U));
    offset += size;
  }
  require(offset == snapshot.names_size);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer names it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 2 == 0) seal(bytes);

  login_policy_snapshot snapshot;
  const char* error = nullptr;
  if (login_policy_open(bytes.data(), bytes.size(), &snapshot, &error) < 0) {
    require(error != nullptr);
    return 0;
  }
  findAll(snapshot);

  // Whatever is not listed, and any address, must be answered too.
  const std::string name =
      bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 20));
  login_policy policy;
  login_policy_find(&snapshot, name.c_str(), &policy);
  login_address address;
  std::memcpy(address.bytes, bytes.data() + 16, sizeof(address.bytes));
  (void)login_policy_in_lan(&snapshot, &address);
  return 0;
}
