// Keys of the tests, made once per program: RSA keys are slow to make.
#pragma once

#include <memory>

#include <doctest/doctest.h>

#include "core/auth/dkim/openssl.h"

namespace mailreeve::dkim {

inline std::shared_ptr<const PrivateKey> makeKey(KeyKind kind) {
  auto key = PrivateKey::generate(kind);
  REQUIRE(key);
  return std::make_shared<const PrivateKey>(*std::move(key));
}

inline const std::shared_ptr<const PrivateKey>& rsaKey() {
  static const auto key = makeKey(KeyKind::Rsa2048);
  return key;
}

inline const std::shared_ptr<const PrivateKey>& shortRsaKey() {
  static const auto key = makeKey(KeyKind::Rsa1024);
  return key;
}

inline const std::shared_ptr<const PrivateKey>& ed25519Key() {
  static const auto key = makeKey(KeyKind::Ed25519);
  return key;
}

}  // namespace mailreeve::dkim
