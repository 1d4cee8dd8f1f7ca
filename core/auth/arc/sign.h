// Seals a message with ARC, for whoever it is forwarded to: what we found, and
// a signature over the message as it leaves us (RFC 8617 section 5.1).
#pragma once

#include <string_view>
#include <vector>

#include "core/auth/arc/verify.h"
#include "core/auth/dkim/sign.h"
#include "core/auth/message_view.h"
#include "core/auth/tag_writer.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/mail/message.h"

namespace mailreeve::arc {

struct SealOptions {
  SealOptions();

  dkim::SignOptions signing;  // What the message signature covers: what DKIM
                              // signs, and the DKIM signatures themselves.
  auth::Folding folding = auth::Folding::Lines;
};

// Holds nothing of a message: one for all threads.
class Sealer {
 public:
  explicit Sealer(const Clock& clock, SealOptions options = {});

  // The three fields of the next set, to be added at the top of the header in
  // this order. `message` is as it leaves us, its ARC fields as they came;
  // `found` is what verify() said when it came; `results` is what follows
  // "Authentication-Results:", without line ends.
  //
  // No fields at all, where a seal would do no good: the chain broke before us
  // and is on record as broken, cannot be read, could not be checked, or is
  // full.
  [[nodiscard]] Result<std::vector<mail::Header>> seal(
      const auth::MessageView& message,
      const Finding& found,
      const dkim::SigningKey& key,
      std::string_view results) const;

 private:
  const Clock* clock_;
  SealOptions options_;
  dkim::Sha256 sha256_;
};

}  // namespace mailreeve::arc
