// Looks at the HTML that is shown to the reader: what in it could harm, and
// links that lie. Decides, and leaves word of what is to be changed; the edits
// html_to_text and disarm change it. Looks at invitations as well, which are
// never changed, as little as signed mail is.
#pragma once

#include <memory>
#include <utility>

#include "milter/check.h"
#include "milter/html_rules.h"

namespace mailreeve::milter {

class ContentScan final : public Check {
 public:
  // Null rules: the scan is off.
  explicit ContentScan(std::shared_ptr<const HtmlRules> rules)
      : rules_(std::move(rules)) {}

  [[nodiscard]] std::string_view name() const override {
    return "content_scan";
  }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override { return rules_ != nullptr; }

 private:
  // What one part asks for.
  struct Judgement {
    Verdict verdict;
    bool change = false;  // Something has to be cut out or marked.
    std::string saw;
  };

  [[nodiscard]] Judgement judge(const mail::Message& message,
                                const mail::MimeNode& leaf,
                                const HtmlTime& time) const;
  [[nodiscard]] Judgement judgeCalendar(const mail::Message& message,
                                        const mail::MimeNode& leaf,
                                        const HtmlTime& time) const;
  void judgeSignedMail(const mail::Message& message,
                       const HtmlTime& time,
                       Verdict& verdict,
                       Findings& findings) const;
  void judgeThreats(const content::HtmlThreats& found, Judgement& out) const;
  [[nodiscard]] Verdict unscannable(const Error& why) const;

  std::shared_ptr<const HtmlRules> rules_;
};

}  // namespace mailreeve::milter
