// Takes out the files that the attachment filter wants gone, and leaves a note
// in the place of each: which file, why, and under which number the message as
// it came is kept in quarantine.
#pragma once

#include <string>
#include <utility>

#include "milter/edit.h"

namespace mailreeve::milter {

class StripAttachments final : public Edit {
 public:
  // An empty note: the built-in one.
  explicit StripAttachments(std::string note) : note_(std::move(note)) {}

  [[nodiscard]] std::string_view name() const override {
    return "strip_attachments";
  }

  [[nodiscard]] std::string_view servedCheck() const override {
    return "attachment_filter";
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

 private:
  [[nodiscard]] std::string noteFor(const StripOrder& order,
                                    const std::string& id) const;

  std::string note_;
};

}  // namespace mailreeve::milter
