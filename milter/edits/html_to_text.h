// Delivers text instead of HTML. Where a text branch says the same, the HTML
// goes; elsewhere a text made from it takes its place. Pictures that only the
// HTML showed go with it.
#pragma once

#include "core/config/content.h"
#include "milter/edit.h"

namespace mailreeve::milter {

class HtmlToText final : public Edit {
 public:
  // What becomes of a message where it cannot be done.
  explicit HtmlToText(config::ContentAction otherwise)
      : otherwise_(otherwise) {}

  [[nodiscard]] std::string_view name() const override {
    return "html_to_text";
  }

  [[nodiscard]] std::string_view servedCheck() const override {
    return "content_scan";
  }

  [[nodiscard]] Result<Verdict> propose(const Transaction& transaction,
                                        const Findings& findings,
                                        Draft& draft) const override;

 private:
  config::ContentAction otherwise_;
};

}  // namespace mailreeve::milter
