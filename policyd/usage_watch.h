// What everybody has sent today: counters.db, followed.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/usage.h"
#include "policyd/database_watch.h"

namespace mailreeve::policyd {

class UsageWatch {
 public:
  // `clock` must outlive it.
  UsageWatch(std::filesystem::path countersDatabase,
             const Clock& clock,
             std::chrono::milliseconds interval = std::chrono::seconds(1));

  // See DatabaseWatch.
  void want(bool wanted) { watch_.want(wanted); }

  // An Error while the file cannot be read, or was not wanted. Zero for who has
  // sent nothing. Any thread; does not wait.
  [[nodiscard]] Result<store::Usage> usedToday(const std::string& user) const;

 private:
  DatabaseWatch<store::UsageReader> watch_;
};

}  // namespace mailreeve::policyd
