// Who may release what.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/quarantine.h"
#include "core/store/quarantine_message.h"
#include "core/store/waiver.h"

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

// Whether one of our users may ask an administrator to release what he sent.
// Never what has a virus in it.
[[nodiscard]] bool mayRequest(const config::Quarantine& settings,
                              store::HeldKind kind);

// Whether he may have a further verdict waived, which takes the right of its
// own kind and an administrator in any case.
[[nodiscard]] Result<Done> mayWaive(const config::Quarantine& settings,
                                    const store::WaivableCheck& check,
                                    const Asker& asker);

// Which verdicts of a release two administrators must agree on: of that which
// the message was held for and of those in `also`.
[[nodiscard]] std::vector<std::string> stepsForTwo(
    const config::Quarantine& settings,
    const store::HeldMessage& held,
    const std::vector<std::string>& also);

}  // namespace mailreeve::quarantine
