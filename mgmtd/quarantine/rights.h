// Who may release what.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/quarantine.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::quarantine {

// Who asks.
struct Asker {
  bool administrator = false;
  std::string who;      // For the record: "uid 1000", "link".
  std::string mailbox;  // Of a recipient: his copy, no other's.
};

[[nodiscard]] config::ReleaseRight rightFor(const config::Quarantine& settings,
                                            store::HeldKind kind);

// Invalid: not this one; the words are fit for him. Whether a second
// administrator agrees is another question.
[[nodiscard]] Result<Done> mayRelease(const config::Quarantine& settings,
                                      store::HeldKind kind,
                                      const Asker& asker);

// What a digest may offer: kinds that recipients may release.
[[nodiscard]] std::vector<store::HeldKind> kindsForRecipients(
    const config::Quarantine& settings);

}  // namespace mailreeve::quarantine
