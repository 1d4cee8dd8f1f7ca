// Signs mail that our users send, with the keys of the author's domain. Always
// the last edit: a signature covers exactly the bytes that leave.
//
// Never for a sender who has not shown to be of the author's domain.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "core/auth/dkim/sign.h"
#include "core/base/clock.h"
#include "milter/edit.h"
#include "milter/key_ring.h"

namespace mailreeve::milter {

class Sign final : public Edit {
 public:
  // `policy` and `clock` must outlive the edit.
  Sign(const directory::Policy& policy,
       std::shared_ptr<const KeyRing> keys,
       const Clock& clock);

  [[nodiscard]] std::string_view name() const override { return "dkim_sign"; }

  // Held mail of our users was never signed.
  [[nodiscard]] bool forReleased(const Released& /*released*/) const override {
    return true;
  }

  // What is passed on for a user was written by somebody else.
  [[nodiscard]] bool concerns(Handling handling) const override {
    return handling != Handling::Sealed;
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

  [[nodiscard]] bool needsBody() const override { return !keys_->empty(); }

 private:
  // By whose settings and with whose keys a message is signed.
  struct Choice {
    const config::Domain* domain = nullptr;
    const KeyRing::Keys* keys = nullptr;
    std::string why;  // It is not signed, when there are no keys.
  };

  [[nodiscard]] Choice choose(const Transaction& transaction,
                              const std::string& author) const;
  [[nodiscard]] const config::Domain* homeOf(const std::string& author) const;
  [[nodiscard]] static bool mayUse(const Transaction& transaction,
                                   const config::Domain& domain);
  [[nodiscard]] Verdict withoutKey(const KeyRing::Keys& keys) const;
  [[nodiscard]] Result<Verdict> sign(const Transaction& transaction,
                                     const Choice& choice,
                                     Draft& draft) const;

  const directory::Policy& policy_;
  std::shared_ptr<const KeyRing> keys_;
  std::string hostname_;
  std::unordered_map<const config::Domain*, dkim::Signer> signers_;
};

}  // namespace mailreeve::milter
