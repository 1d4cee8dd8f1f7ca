#include "core/auth/dkim/openssl.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace mailreeve::dkim {

namespace {

struct Free {
  void operator()(EVP_PKEY_CTX* context) const { ::EVP_PKEY_CTX_free(context); }

  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }

  void operator()(BIO* bio) const { ::BIO_free(bio); }
};

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytesOf(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) {
  // OpenSSL leaves its errors in a queue of the thread: they are not ours to
  // leave there.
  ::ERR_clear_error();
  return {key, ::EVP_PKEY_free};
}

Error invalid(const char* what) {
  ::ERR_clear_error();
  return Error{ErrorCode::Invalid, what};
}

Error internal(const char* what) {
  ::ERR_clear_error();
  return Error{ErrorCode::Internal, what};
}

unsigned bitsOf(const EVP_PKEY* key) {
  const int bits = ::EVP_PKEY_get_bits(key);
  return bits > 0 ? static_cast<unsigned>(bits) : 0;
}

// RSASSA-PKCS1-v1_5 over a SHA-256 digest, for signing or for verifying.
KeyContext rsaContext(EVP_PKEY* key,
                      const Sha256& sha256,
                      int (*start)(EVP_PKEY_CTX*)) {
  KeyContext context(::EVP_PKEY_CTX_new(key, nullptr));
  if (context == nullptr || start(context.get()) != 1 ||
      ::EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
      ::EVP_PKEY_CTX_set_signature_md(context.get(), sha256.get()) != 1)
    return nullptr;
  return context;
}

// No password is asked for: an encrypted key is no key.
int noPassword(char*, int, int, void*) {
  return -1;
}

}  // namespace

std::string_view describe(Algorithm algorithm) {
  return algorithm == Algorithm::RsaSha256 ? "rsa-sha256" : "ed25519-sha256";
}

Sha256::Sha256()
    : md_(::EVP_MD_fetch(nullptr, "SHA256", nullptr),
          [](const EVP_MD* md) { ::EVP_MD_free(const_cast<EVP_MD*>(md)); }) {
  // Without a provider that has it, OpenSSL's built-in name fails the same way
  // later, as an error of each digest.
  if (md_ == nullptr) md_ = {::EVP_sha256(), [](const EVP_MD*) {}};
}

std::string Sha256::digest(std::string_view bytes) const {
  std::string out(kSize, '\0');
  unsigned size = 0;
  ::EVP_Digest(
      bytes.data(), bytes.size(), bytesOf(out), &size, md_.get(), nullptr);
  return out;
}

PublicKey::PublicKey(std::shared_ptr<EVP_PKEY> key, Algorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm) {}

Result<PublicKey> PublicKey::rsaFromDer(std::string_view der) {
  const auto size = static_cast<long>(der.size());
  const unsigned char* at = bytesOf(der);
  auto key = own(::d2i_PUBKEY(nullptr, &at, size));
  if (key == nullptr) {
    at = bytesOf(der);
    key = own(::d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
  }
  if (key == nullptr) return invalid("the key cannot be decoded");
  if (::EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return invalid("the key is not RSA");
  return PublicKey(std::move(key), Algorithm::RsaSha256);
}

Result<PublicKey> PublicKey::ed25519FromRaw(std::string_view raw) {
  auto key = own(::EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, bytesOf(raw), raw.size()));
  if (key == nullptr) return invalid("the key is not Ed25519");
  return PublicKey(std::move(key), Algorithm::Ed25519Sha256);
}

unsigned PublicKey::bits() const {
  return algorithm_ == Algorithm::Ed25519Sha256 ? 256 : bitsOf(key_.get());
}

bool PublicKey::verify(const Sha256& sha256,
                       std::string_view digest,
                       std::string_view signature) const {
  int good = 0;
  if (algorithm_ == Algorithm::Ed25519Sha256) {
    const DigestContext context(::EVP_MD_CTX_new());
    if (context != nullptr &&
        ::EVP_DigestVerifyInit(
            context.get(), nullptr, nullptr, nullptr, key_.get()) == 1)
      good = ::EVP_DigestVerify(context.get(),
                                bytesOf(signature),
                                signature.size(),
                                bytesOf(digest),
                                digest.size());
  } else if (const auto context =
                 rsaContext(key_.get(), sha256, ::EVP_PKEY_verify_init)) {
    good = ::EVP_PKEY_verify(context.get(),
                             bytesOf(signature),
                             signature.size(),
                             bytesOf(digest),
                             digest.size());
  }
  ::ERR_clear_error();
  return good == 1;
}

PrivateKey::PrivateKey(std::shared_ptr<EVP_PKEY> key, Algorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm) {}

Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
  std::shared_ptr<EVP_PKEY> key;
  if (kind == KeyKind::Ed25519) {
    key = own(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else {
    const std::size_t bits = kind == KeyKind::Rsa1024   ? 1024
                             : kind == KeyKind::Rsa2048 ? 2048
                                                        : 4096;
    key = own(::EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  }
  if (key == nullptr) return internal("no key could be generated");
  return PrivateKey(std::move(key),
                    kind == KeyKind::Ed25519 ? Algorithm::Ed25519Sha256
                                             : Algorithm::RsaSha256);
}

Result<PrivateKey> PrivateKey::fromPem(std::string_view pem) {
  constexpr std::size_t kLimit = 64U << 10U;
  if (pem.size() > kLimit) return invalid("too large for a private key");
  const Bio bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return internal("no memory");
  auto key =
      own(::PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassword, nullptr));
  if (key == nullptr) return invalid("not a private key in PEM form");
  switch (::EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA:
      return PrivateKey(std::move(key), Algorithm::RsaSha256);
    case EVP_PKEY_ED25519:
      return PrivateKey(std::move(key), Algorithm::Ed25519Sha256);
    default:
      return invalid("the private key is neither RSA nor Ed25519");
  }
}

Result<std::string> PrivateKey::toPem() const {
  const Bio bio(::BIO_new(::BIO_s_secmem()));
  if (bio == nullptr ||
      ::PEM_write_bio_PKCS8PrivateKey(
          bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return internal("the private key cannot be written");
  const char* text = nullptr;
  const long size = ::BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

unsigned PrivateKey::bits() const {
  return algorithm_ == Algorithm::Ed25519Sha256 ? 256 : bitsOf(key_.get());
}

Result<std::string> PrivateKey::publicBytes() const {
  if (algorithm_ == Algorithm::Ed25519Sha256) {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    if (::EVP_PKEY_get_raw_public_key(key_.get(), bytesOf(raw), &size) != 1)
      return internal("the key has no public part");
    return raw;
  }
  unsigned char* der = nullptr;
  const int size = ::i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) return internal("the key has no public part");
  std::string out(reinterpret_cast<const char*>(der),
                  static_cast<std::size_t>(size));
  ::OPENSSL_free(der);
  return out;
}

Result<std::string> PrivateKey::sign(const Sha256& sha256,
                                     std::string_view digest) const {
  std::string signature(
      static_cast<std::size_t>(::EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  int good = 0;
  if (algorithm_ == Algorithm::Ed25519Sha256) {
    const DigestContext context(::EVP_MD_CTX_new());
    if (context != nullptr &&
        ::EVP_DigestSignInit(
            context.get(), nullptr, nullptr, nullptr, key_.get()) == 1)
      good = ::EVP_DigestSign(context.get(),
                              bytesOf(signature),
                              &size,
                              bytesOf(digest),
                              digest.size());
  } else if (const auto context =
                 rsaContext(key_.get(), sha256, ::EVP_PKEY_sign_init)) {
    good = ::EVP_PKEY_sign(context.get(),
                           bytesOf(signature),
                           &size,
                           bytesOf(digest),
                           digest.size());
  }
  if (good != 1) return internal("the key does not sign");
  signature.resize(size);
  return signature;
}

}  // namespace mailreeve::dkim
