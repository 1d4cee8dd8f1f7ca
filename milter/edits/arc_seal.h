// Seals mail from outside with ARC (RFC 8617), for whoever gets it next: what
// we found when it came, and that we are the ones who changed or forwarded it.
//
// Behind all other changes of such mail: the seal covers the bytes that leave.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/auth/arc/sign.h"
#include "core/base/clock.h"
#include "milter/edit.h"
#include "milter/key_ring.h"

namespace mailreeve::milter {

class ArcSeal final : public Edit {
 public:
  // `policy` and `clock` must outlive the edit.
  ArcSeal(const directory::Policy& policy,
          std::shared_ptr<const KeyRing> keys,
          const Clock& clock);

  [[nodiscard]] std::string_view name() const override { return "arc_seal"; }

  [[nodiscard]] bool concerns(Handling handling) const override {
    return handling != Handling::Signed;
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

  [[nodiscard]] bool needsBody() const override { return sealing_; }

 private:
  [[nodiscard]] Result<std::string> whySeal(const Transaction& transaction,
                                            Draft& draft) const;
  [[nodiscard]] bool mayLeave(const Transaction& transaction,
                              const Draft& draft) const;
  [[nodiscard]] const dkim::SigningKey* keyFor(
      const Transaction& transaction) const;
  [[nodiscard]] const dkim::SigningKey* keyOf(std::string_view domain) const;

  const directory::Policy& policy_;
  std::shared_ptr<const KeyRing> keys_;
  bool sealing_;
  arc::Sealer sealer_;
  std::string hostname_;
  std::unordered_set<std::string> outward_;  // Aliases that lead outside.
};

}  // namespace mailreeve::milter
