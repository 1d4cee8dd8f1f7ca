// Shows what the checks found: takes off marks that a stranger wrote to look
// like ours, adds ours, puts prefixes before the subject, and attaches spam to
// a report where the settings want that.
#pragma once

#include "milter/edit.h"

namespace mailreeve::milter {

class ApplyMarks final : public Edit {
 public:
  // `needsBody`: whether spam may have to be attached.
  explicit ApplyMarks(bool needsBody) : needsBody_(needsBody) {}

  [[nodiscard]] std::string_view name() const override { return "marks"; }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

  [[nodiscard]] bool needsBody() const override { return needsBody_; }

 private:
  [[nodiscard]] static Result<Done> attach(const SpamFinding& found,
                                           Draft& draft);

  bool needsBody_;
};

// `prefixes` before `subject` (a field's value as it came; may be empty), with
// a leading blank, folded with LF. A prefix that stands there already is not
// put there again.
[[nodiscard]] std::string prefixedSubject(
    const std::vector<std::string>& prefixes, std::string_view subject);

}  // namespace mailreeve::milter
