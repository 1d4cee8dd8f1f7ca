// Signing: which mail leaves with a DKIM signature, and with which one (C4,
// E6), and what is sealed with ARC (H8).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/mail/signed_fields.h"

namespace mailreeve::config {

// Of one domain and its additional domains.
struct DomainSigning {
  bool enabled = true;  // With a key that is in use, mail is signed.
  std::string selectorPrefix = "mail";
  std::int64_t rsaBits = 2048;  // Of new keys: 1024, 2048 or 4096.
  bool ed25519 = true;          // New keys come in pairs; both sign.
  bool signingNetworks = true;  // Mail from dkim.signing_networks, too.
  bool force = false;  // New keys are used though their record is not seen.

  // Signed once more than they are there, so that none can be added.
  std::vector<std::string> oversigned = mail::oversignedFields();

  // Signed as often as they are there.
  std::vector<std::string> headers = mail::signedFields();
};

// What happens to mail that is to be signed and cannot be, because the key that
// is in use cannot be read.
enum class KeyFailure { Defer, Unsigned };

// Which mail from outside is sealed.
enum class ArcSealing { Never, Forwarded, Always };

struct Signing {
  std::vector<std::string> networks;  // Clients whose mail is signed (E6).
  std::int64_t overlapDays = 7;       // From retiring to retired.
  KeyFailure whenKeyFails = KeyFailure::Defer;
  ArcSealing arc = ArcSealing::Forwarded;
};

}  // namespace mailreeve::config
