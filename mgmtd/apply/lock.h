// One apply at a time. The kernel lets go of the lock when its holder ends, in
// whatever way.
#pragma once

#include "core/base/fd.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::apply {

class ApplyLock {
 public:
  // Unavailable, naming the other's process id, when it is taken. Never waits.
  [[nodiscard]] static Result<ApplyLock> take(const Paths& paths);

 private:
  explicit ApplyLock(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

}  // namespace mailreeve::apply
