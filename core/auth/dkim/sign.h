// Signs messages with DKIM. The last thing done to a message: what is changed
// after it breaks the signature.
//
// Who may sign for which domain is not decided here: never sign for a sender
// who has not proven to be of the domain.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/auth/dkim/canonical.h"
#include "core/auth/dkim/openssl.h"
#include "core/auth/message_view.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/signed_fields.h"

namespace mailreeve::dkim {

struct SigningKey {
  std::string domain;  // d=; a plain domain, as A-labels.
  std::string selector;
  std::shared_ptr<const PrivateKey> key;
};

// Fields are named in lower case.
struct SignOptions {
  Canonical header = Canonical::Relaxed;
  Canonical body = Canonical::Relaxed;

  // Signed as often as they are there.
  std::vector<std::string> fields = mail::signedFields();

  // Signed once more than they are there, so that none can be added: a reader
  // would see the added one.
  std::vector<std::string> oversigned = mail::oversignedFields();

  std::optional<std::chrono::seconds> lifetime;  // x=; none by default.
};

// The names for h=: every field of both lists that is there, and the oversigned
// ones once more. Fields above a sane number are left out.
[[nodiscard]] std::vector<std::string> chooseFields(
    const auth::MessageView& message, const SignOptions& options);

// Holds nothing of a message: one for all threads.
class Signer {
 public:
  explicit Signer(const Clock& clock, SignOptions options = {});

  // One DKIM-Signature for each key, in their order, to be added at the top of
  // the header. An Error, and no signature at all, for a message that has not
  // exactly one From field.
  [[nodiscard]] Result<std::vector<mail::Header>> sign(
      const auth::MessageView& message,
      const std::vector<SigningKey>& keys) const;

 private:
  const Clock* clock_;
  SignOptions options_;
  Sha256 sha256_;
};

}  // namespace mailreeve::dkim
