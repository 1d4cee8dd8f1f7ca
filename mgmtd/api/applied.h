// The settings in force: generations/current, read again only when it leads to
// another generation.
#pragma once

#include <mutex>
#include <string>

#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/directory/policy.h"

namespace mailreeve::api {

class Applied {
 public:
  explicit Applied(Paths paths) : paths_(std::move(paths)) {}

  // NotFound before the first apply. Any thread.
  [[nodiscard]] Result<directory::PolicyPtr> policy();

  // The number of the generation in force; empty before the first apply.
  [[nodiscard]] std::string generation() const;

 private:
  Paths paths_;
  std::mutex mutex_;
  std::string loaded_;           // Guarded by mutex_: the generation of...
  directory::PolicyPtr policy_;  // Guarded by mutex_: ...this.
};

}  // namespace mailreeve::api
