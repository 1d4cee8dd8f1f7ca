// Takes off fields that only we may write and somebody else has written: marks
// that users' Sieve rules, our own scripts and people believe.
//
// From strangers that is every X-Mailreeve field; where spam is looked for,
// every X-Spam field; where viruses are, X-Virus-Status: whether or not this
// message was looked at. Of our own
// users X-Mailreeve fields go, too, but for the one that says which notices a
// message bears: the notice must be seen as well (core/mail/notice.h), and mail
// programs send a message once more with it. A trusted network may be another
// host of ours, and keeps them all.
//
// The second of the edits: what we write ourselves comes later.
#pragma once

#include "milter/edit.h"

namespace mailreeve::milter {

class ForgedFields final : public Edit {
 public:
  // What is looked for at all. If it is not, its fields are those of another
  // filter before us.
  struct LookedFor {
    bool spam = false;
    bool viruses = false;
  };

  explicit ForgedFields(LookedFor what) : what_(what) {}

  [[nodiscard]] std::string_view name() const override {
    return "forged_fields";
  }

  [[nodiscard]] bool forReleased(const Released& /*released*/) const override {
    return true;
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

 private:
  [[nodiscard]] bool isForged(const Transaction& transaction,
                              std::string_view field) const;

  LookedFor what_;
};

}  // namespace mailreeve::milter
