#include "mgmtd/quarantine/link_limit.h"

#include "core/base/log.h"

namespace mailreeve::quarantine {

Result<Done> LinkLimit::take(const std::string& mailbox) {
  const TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  // Of an hour that is over nothing is kept; and a clock that was set back
  // must not lock anybody out.
  std::erase_if(windows_, [now](const auto& one) {
    return now >= one.second.begin + kWindow || now < one.second.begin;
  });
  auto& window = windows_.try_emplace(mailbox, Window{now}).first->second;
  const auto most = mailbox.empty() ? kStrangeTries : kTries;
  if (window.tries < most) {
    window.tries += 1;
    return Done{};
  }
  if (window.tries == most) {
    window.tries += 1;  // Told once in each hour.
    log::warn("quarantine: too many links followed " +
              (mailbox.empty() ? "that are not ours" : "for " + mailbox));
  }
  const auto wait =
      std::chrono::ceil<std::chrono::minutes>(window.begin + kWindow - now);
  return Error{ErrorCode::Unavailable,
               "too many tries; try again in " + std::to_string(wait.count()) +
                   (wait.count() == 1 ? " minute" : " minutes")};
}

}  // namespace mailreeve::quarantine
