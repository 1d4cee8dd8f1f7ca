#include "mgmtd/quarantine/rights.h"

namespace mailreeve::quarantine {

using config::ReleaseRight;
using store::HeldKind;

ReleaseRight rightFor(const config::Quarantine& settings, HeldKind kind) {
  switch (kind) {
    case HeldKind::Spam:
      return settings.spam;
    case HeldKind::Content:
      return settings.content;
    case HeldKind::Authentication:
      return settings.authentication;
    case HeldKind::Virus:
      return settings.virus;
  }
  return ReleaseRight::Nobody;
}

Result<Done> mayRelease(const config::Quarantine& settings,
                        HeldKind kind,
                        const Asker& asker) {
  const auto right = rightFor(settings, kind);
  const std::string what = "mail that was held for " + std::string(name(kind));
  if (right == ReleaseRight::Nobody)
    return Error{ErrorCode::Invalid, what + " is never released here"};
  if (asker.administrator || right == ReleaseRight::Recipient) return Done{};
  return Error{ErrorCode::Invalid, "only an administrator releases " + what};
}

bool mayRequest(const config::Quarantine& settings, HeldKind kind) {
  return kind != HeldKind::Virus &&
         rightFor(settings, kind) != ReleaseRight::Nobody;
}

Result<Done> mayWaive(const config::Quarantine& settings,
                      const store::WaivableCheck& check,
                      const Asker& asker) {
  if (!asker.administrator)
    return Error{ErrorCode::Invalid,
                 "only an administrator waives a further verdict"};
  if (rightFor(settings, check.kind) == ReleaseRight::Nobody)
    return Error{ErrorCode::Invalid,
                 std::string("the verdict of ") + check.name +
                     " is never waived here, as no " +
                     std::string(name(check.kind)) + " is released"};
  return Done{};
}

std::vector<std::string> stepsForTwo(const config::Quarantine& settings,
                                     const store::HeldMessage& held,
                                     const std::vector<std::string>& also) {
  constexpr auto kTwo = ReleaseRight::TwoAdministrators;
  std::vector<std::string> steps;
  if (rightFor(settings, held.kind) == kTwo) steps.push_back(held.step);
  for (const auto& name : also) {
    const auto* check = store::waivableCheck(name);
    if (check != nullptr && rightFor(settings, check->kind) == kTwo)
      steps.push_back(name);
  }
  return steps;
}

}  // namespace mailreeve::quarantine
