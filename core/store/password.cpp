#include "core/store/password.h"

#include <algorithm>
#include <array>
#include <vector>

#include <sodium.h>

#include "core/base/text.h"

namespace mailreeve::store {

namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = std::size_t{19} << 20U;  // Bytes.
constexpr int kScramIterations = 4096;                   // RFC 7677 section 4.
constexpr std::size_t kLongest = 512;
constexpr std::string_view kScheme = "{ARGON2ID}";

using Digest = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;
using Salt = std::array<unsigned char, 16>;

bool ready() {
  static const bool done = sodium_init() >= 0;
  return done;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT
}

Digest hmac(std::string_view key,
            std::initializer_list<std::string_view> parts) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  for (const auto part : parts)
    crypto_auth_hmacsha256_update(&state, bytes(part), part.size());
  Digest out{};
  crypto_auth_hmacsha256_final(&state, out.data());
  sodium_memzero(&state, sizeof(state));
  return out;
}

std::string_view view(const unsigned char* from, std::size_t size) {
  return {reinterpret_cast<const char*>(from), size};  // NOLINT
}

// Hi() of RFC 5802 section 2.2: PBKDF2 with one block.
Digest saltedPassword(std::string_view password, const Salt& salt) {
  Digest u =
      hmac(password,
           {view(salt.data(), salt.size()), std::string_view("\0\0\0\1", 4)});
  Digest out = u;
  for (int i = 1; i < kScramIterations; ++i) {
    u = hmac(password, {view(u.data(), u.size())});
    std::transform(
        out.begin(), out.end(), u.begin(), out.begin(), [](auto a, auto b) {
          return static_cast<unsigned char>(a ^ b);
        });
  }
  sodium_memzero(u.data(), u.size());
  return out;
}

template <class Bytes>
std::string base64(const Bytes& from) {
  std::string out(
      sodium_base64_encoded_len(from.size(), sodium_base64_VARIANT_ORIGINAL),
      '\0');
  sodium_bin2base64(out.data(),
                    out.size(),
                    from.data(),
                    from.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // The NUL.
  return out;
}

// What a hash of another program may look like.
struct Scheme {
  std::string_view name;
  std::string_view prefix;  // Of the text after the name; empty: base64 or hex.
  std::size_t shortest;
};

constexpr Scheme kSchemes[] = {
    {"ARGON2ID", "$argon2id$v=19$", 60},
    {"ARGON2I", "$argon2i$v=19$", 60},
    {"SHA512-CRYPT", "$6$", 88},
    {"SHA256-CRYPT", "$5$", 45},
    {"BLF-CRYPT", "$2", 59},
    {"PBKDF2", "$1$", 40},
    {"MD5-CRYPT", "$1$", 24},
    {"SCRAM-SHA-256", "", 60},
    {"SSHA512", "", 88},
    {"SSHA256", "", 44},
    {"SSHA", "", 28},
    {"SHA512", "", 86},
    {"SHA256", "", 43},
    {"SHA", "", 27},
    {"SMD5", "", 22},
};

bool plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') ||
         std::string_view("$./+=,-_*").find(c) != std::string_view::npos;
}

Error refused(const std::string& why) {
  return {ErrorCode::Invalid, "password hash: " + why};
}

// "$6$..." and its like name their scheme themselves.
const Scheme* schemeByPrefix(std::string_view text) {
  for (const auto& scheme : kSchemes)
    if (!scheme.prefix.empty() && scheme.name != "PBKDF2" &&
        text.substr(0, scheme.prefix.size()) == scheme.prefix)
      return &scheme;
  return nullptr;
}

const Scheme* schemeByName(std::string_view name) {
  for (const auto& scheme : kSchemes)
    if (equalsIgnoringCase(scheme.name, name)) return &scheme;
  return nullptr;
}

}  // namespace

void Secret::wipe(std::string& text) noexcept {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

Result<Done> checkPassword(std::string_view password) {
  if (password.empty())
    return Error{ErrorCode::Invalid, "the password is empty"};
  if (password.size() > kLongest)
    return Error{
        ErrorCode::Invalid,
        "the password is longer than " + std::to_string(kLongest) + " bytes"};
  if (std::any_of(password.begin(), password.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7f;
      }))
    return Error{ErrorCode::Invalid, "the password holds a control character"};
  return Done{};
}

Result<std::string> hashPassword(std::string_view password) {
  auto fit = checkPassword(password);
  if (!fit) return std::move(fit).error();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (!ready() || crypto_pwhash_str_alg(out.data(),
                                        password.data(),
                                        password.size(),
                                        kPasses,
                                        kMemory,
                                        crypto_pwhash_ALG_ARGON2ID13) != 0)
    return Error{ErrorCode::Unavailable, "password: not enough memory to hash"};
  return std::string(kScheme) + out.data();
}

Result<std::string> scramSecret(std::string_view password) {
  auto fit = checkPassword(password);
  if (!fit) return std::move(fit).error();
  if (!ready())
    return Error{ErrorCode::Unavailable, "password: no random numbers"};
  Salt salt{};
  randombytes_buf(salt.data(), salt.size());
  Digest salted = saltedPassword(password, salt);
  const auto key = view(salted.data(), salted.size());
  const Digest client = hmac(key, {"Client Key"});
  const Digest server = hmac(key, {"Server Key"});
  Digest stored{};
  crypto_hash_sha256(stored.data(), client.data(), client.size());
  sodium_memzero(salted.data(), salted.size());
  return "{SCRAM-SHA-256}" + std::to_string(kScramIterations) + "," +
         base64(salt) + "," + base64(stored) + "," + base64(server);
}

bool passwordMatches(std::string_view password, const std::string& hash) {
  return ready() && hash.rfind(kScheme, 0) == 0 &&
         crypto_pwhash_str_verify(hash.c_str() + kScheme.size(),
                                  password.data(),
                                  password.size()) == 0;
}

Result<std::string> checkForeignHash(std::string_view hash) {
  const Scheme* scheme = nullptr;
  std::string_view text = hash;
  if (!hash.empty() && hash.front() == '{') {
    const std::size_t end = hash.find('}');
    if (end == std::string_view::npos) return refused("the } is missing");
    const std::string name(hash.substr(1, end - 1));
    scheme = schemeByName(name);
    if (scheme == nullptr)
      return refused("{" + printable(name) +
                     "} is no scheme that can be taken over");
    text.remove_prefix(end + 1);
  } else {
    scheme = schemeByPrefix(hash);
    if (scheme == nullptr)
      return refused("it names no scheme, such as {SHA512-CRYPT}");
  }
  if (text.size() > kLongest || !std::all_of(text.begin(), text.end(), plain))
    return refused("it holds characters that no hash has");
  if (text.substr(0, scheme->prefix.size()) != scheme->prefix ||
      text.size() < scheme->shortest)
    return refused("it does not look like " + std::string(scheme->name));
  return "{" + std::string(scheme->name) + "}" + std::string(text);
}

Result<Secret> generatePassword() {
  if (!ready())
    return Error{ErrorCode::Unavailable, "password: no random numbers"};
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string text;
  text.reserve(23);
  for (int i = 0; i < 20; ++i) {
    if (i > 0 && i % 5 == 0) text += '-';
    text += kAlphabet[randombytes_uniform(kAlphabet.size())];
  }
  return Secret(std::move(text));
}

}  // namespace mailreeve::store
