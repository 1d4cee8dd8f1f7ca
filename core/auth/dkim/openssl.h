// The little that DKIM needs of OpenSSL: SHA-256, and public and private keys
// of its two algorithms. Nothing outside this folder sees OpenSSL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

using EVP_MD = struct evp_md_st;
using EVP_PKEY = struct evp_pkey_st;

namespace mailreeve::dkim {

// RFC 6376 section 3.3 and RFC 8463. RSA with SHA-1 is no algorithm any more
// (RFC 8301 section 3.1).
enum class Algorithm { RsaSha256, Ed25519Sha256 };

// "rsa-sha256", "ed25519-sha256".
[[nodiscard]] std::string_view describe(Algorithm algorithm);

// The algorithm, fetched from OpenSSL once: fetching for each digest is up to
// six times slower when several threads do it. Cheap to copy, for all threads.
class Sha256 {
 public:
  static constexpr std::size_t kSize = 32;

  Sha256();

  [[nodiscard]] const EVP_MD* get() const { return md_.get(); }

  // 32 bytes.
  [[nodiscard]] std::string digest(std::string_view bytes) const;

 private:
  std::shared_ptr<const EVP_MD> md_;
};

// Immutable; safe to share between threads.
class PublicKey {
 public:
  // SubjectPublicKeyInfo, or the bare RSAPublicKey that some publish.
  [[nodiscard]] static Result<PublicKey> rsaFromDer(std::string_view der);
  [[nodiscard]] static Result<PublicKey> ed25519FromRaw(std::string_view raw);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }

  // Of the modulus; 256 for Ed25519.
  [[nodiscard]] unsigned bits() const;

  // Whether `signature` was made over `digest` (SHA-256) by this key's owner.
  [[nodiscard]] bool verify(const Sha256& sha256,
                            std::string_view digest,
                            std::string_view signature) const;

 private:
  PublicKey(std::shared_ptr<EVP_PKEY> key, Algorithm algorithm);

  std::shared_ptr<EVP_PKEY> key_;
  Algorithm algorithm_;
};

enum class KeyKind { Rsa1024, Rsa2048, Rsa4096, Ed25519 };

// Immutable; safe to share between threads.
class PrivateKey {
 public:
  [[nodiscard]] static Result<PrivateKey> generate(KeyKind kind);

  // PKCS #8 or the older RSA form, not encrypted. RSA or Ed25519.
  [[nodiscard]] static Result<PrivateKey> fromPem(std::string_view pem);

  // PKCS #8. Never to be logged, nor shown to anybody.
  [[nodiscard]] Result<std::string> toPem() const;

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }

  [[nodiscard]] unsigned bits() const;

  // What goes into p= of the key record: DER for RSA, 32 raw bytes for Ed25519.
  [[nodiscard]] Result<std::string> publicBytes() const;

  [[nodiscard]] Result<std::string> sign(const Sha256& sha256,
                                         std::string_view digest) const;

 private:
  PrivateKey(std::shared_ptr<EVP_PKEY> key, Algorithm algorithm);

  std::shared_ptr<EVP_PKEY> key_;
  Algorithm algorithm_;
};

}  // namespace mailreeve::dkim
