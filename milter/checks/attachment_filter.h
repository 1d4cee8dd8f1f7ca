// Decides about the files a message carries: by name, by what they really are,
// within archives, too. What cannot be looked into has a decision of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/config/content.h"
#include "core/content/file_walk.h"
#include "milter/check.h"

namespace mailreeve::milter {

class AttachmentFilter final : public Check {
 public:
  // `policy` must outlive the check.
  explicit AttachmentFilter(const directory::Policy& policy);

  [[nodiscard]] std::string_view name() const override {
    return "attachment_filter";
  }

  [[nodiscard]] bool judgesContent() const override { return true; }

  [[nodiscard]] Result<Verdict> onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings& findings) const override;

  [[nodiscard]] bool needsBody() const override;

 private:
  struct Rule {
    const config::AttachmentRule* settings;
    std::vector<std::string> names;  // As nameKey(), with `*`.
    std::vector<std::string> exceptSenders;
    std::vector<std::string> exceptRecipients;
  };

  using Rules = std::vector<const Rule*>;

  // What a file comes to, in order of severity.
  using Severity = std::pair<Verdict::Kind, bool>;  // Whether it is taken out.

  // The rules that hold for each recipient, once where they are the same.
  // `forged`: the sender may be another than it says.
  [[nodiscard]] std::vector<Rules> rulesFor(const Transaction& transaction,
                                            bool forged) const;
  [[nodiscard]] static bool fits(const Rule& rule,
                                 const content::FoundFile& file);
  [[nodiscard]] static bool spares(const Rule* rule);
  [[nodiscard]] static Severity severityOf(const Rule& rule);
  [[nodiscard]] Severity severityOf(const Rule* rule,
                                    const content::FoundFile& file) const;
  [[nodiscard]] const Rule* strictest(const std::vector<Rules>& lists,
                                      const content::FoundFile& file) const;
  [[nodiscard]] static Verdict judge(const Rule& fitting,
                                     const content::FoundFile& file,
                                     const mail::Message& message,
                                     Findings& findings);
  [[nodiscard]] Verdict judgeLocked(const content::FoundFile& file) const;

  const config::Attachments& settings_;
  std::vector<Rule> rules_;
  content::ArchiveLimits limits_;
  content::FileTypes types_;
};

}  // namespace mailreeve::milter
