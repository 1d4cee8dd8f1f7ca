// A signature in a header field: DKIM-Signature (RFC 6376 section 3.5), and the
// two of ARC that are made like it (RFC 8617 section 4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/auth/dkim/canonical.h"
#include "core/auth/dkim/openssl.h"
#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::dkim {

enum class SignatureKind {
  Dkim,        // DKIM-Signature: over header and body.
  ArcMessage,  // ARC-Message-Signature: the same, with an instance.
  ArcSeal,     // ARC-Seal: over ARC fields alone.
};

struct Signature {
  SignatureKind kind = SignatureKind::Dkim;
  Algorithm algorithm = Algorithm::RsaSha256;
  std::string domain;          // d=, a plain domain in lower case.
  std::string selector;        // s=, likewise.
  std::string identityDomain;  // The domain of i=; `domain` when not given.
  unsigned instance = 0;       // i= of ARC: 1 to 50.
  std::string chain;           // cv= of an ARC-Seal, lower case.
  Canonical header = Canonical::Simple;
  Canonical body = Canonical::Simple;
  std::vector<std::string> signedFields;  // h=, lower case, in order.
  std::string bodyHash;                   // bh=, decoded.
  std::string bytes;                      // b=, decoded.
  std::string head;  // The first 8 characters of b=: RFC 6008's header.b.
  std::optional<std::uint64_t> bodyLength;  // l=
  std::optional<std::uint64_t> signedAt;    // t=, seconds since 1970.
  std::optional<std::uint64_t> expires;     // x=
};

// `value` is what follows the colon. An Error makes the signature a permanent
// failure; `signature` then holds what could be read, for the log.
[[nodiscard]] Result<Done> readSignature(std::string_view value,
                                         SignatureKind kind,
                                         Signature& signature);

// The time limits a signer set, and a date in the future; `skew` is how far
// clocks may disagree.
[[nodiscard]] Result<Done> checkTimes(const Signature& signature,
                                      TimePoint now,
                                      std::chrono::seconds skew);

// The number of an ARC set ("i=3"): 1 to 50, else nothing.
[[nodiscard]] std::optional<unsigned> parseInstance(std::string_view text);

}  // namespace mailreeve::dkim
