// What the settings say about HTML, made ready once for the check that looks
// and the edits that change.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/auth/dmarc/public_suffix_list.h"
#include "core/base/result.h"
#include "core/config/content.h"
#include "core/content/html_threats.h"
#include "core/mail/message.h"

namespace mailreeve::milter {

class HtmlRules {
 public:
  // `settings` must outlive the rules.
  explicit HtmlRules(const config::ContentScan& settings);

  HtmlRules(const HtmlRules&) = delete;
  HtmlRules& operator=(const HtmlRules&) = delete;
  HtmlRules(HtmlRules&&) = delete;
  HtmlRules& operator=(HtmlRules&&) = delete;
  ~HtmlRules() = default;

  [[nodiscard]] const config::ContentScan& settings() const {
    return settings_;
  }

  [[nodiscard]] config::TagAction actionFor(content::HtmlKind kind) const;

  // Null where links are not judged.
  [[nodiscard]] const content::LinkRules* links() const;

  [[nodiscard]] content::Disarm disarming() const;

 private:
  const config::ContentScan& settings_;
  dmarc::PublicSuffixList suffixes_;
  content::LinkRules links_;
};

// What all HTML of one message may take together: a message may have as many
// parts as it likes, and each may be as tangled as it can be.
class HtmlTime {
 public:
  HtmlTime();

  // Of the next part.
  [[nodiscard]] content::HtmlLimits limits() const;

 private:
  std::chrono::steady_clock::time_point end_;
};

// The HTML of a leaf, as the edits write it back.
struct HtmlText {
  std::string html;
  bool utf8 = false;  // It was in a charset we do not write in.
};

// HTML that is shown at once: not attached.
[[nodiscard]] bool isShownHtml(const mail::MimeNode& node);

// Invalid: a charset nobody knows, or on which programs may not agree so far
// that they see the same tags.
[[nodiscard]] Result<HtmlText> htmlOf(const mail::Message& message,
                                      const mail::MimeNode& leaf);

}  // namespace mailreeve::milter
