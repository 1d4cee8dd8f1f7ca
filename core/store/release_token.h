// The proof, shown to milterd at MAIL FROM on the release port, that mgmtd
// releases one message now. It names the message and a number used once; signed
// with it are the step whose verdict is waived and the hash of the bytes, so
// that a token for spam opens no door for a virus. Where further verdicts are
// waived it names them, too, a letter each (waiver.h), and their names are
// signed.
//
//   mrq1.20260301-7K2M9QXR4TPB.NONCE.1772366400.MAC
//   mrq2.20260301-7K2M9QXR4TPB.NONCE.1772366400.LETTERS.MAC
//
// At most 100 characters, the most that ENVID= takes (RFC 3461 section 4.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/keyed_mac.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

struct ReleaseToken {
  std::string id;
  std::string nonce;
  TimePoint expires;
  std::string mac;
  std::vector<std::string> alsoWaived = {};
};

// `also` as alsoWaived() gives it.
[[nodiscard]] std::string writeReleaseToken(
    const KeyedMac& key,
    const HeldMessage& message,
    const std::string& nonce,
    TimePoint expires,
    const std::vector<std::string>& also = {});

// Takes it apart; says nothing about whether it is true.
[[nodiscard]] Result<ReleaseToken> parseReleaseToken(std::string_view text);

// Whether it was signed for `message`, as indexed, and is still good at `now`.
// Whether its nonce is unused is Quarantine::redeem()'s to say.
[[nodiscard]] bool isGood(const ReleaseToken& token,
                          const KeyedMac& key,
                          const HeldMessage& message,
                          TimePoint now);

}  // namespace mailreeve::store
