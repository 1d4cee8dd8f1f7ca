// How many addresses that do not exist each client has named today (FEATURES
// B17): in memory, and behind that in counters.db.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/store/write_behind.h"

namespace mailreeve::store {

class UnknownRecipients final : public WrittenBehind {
 public:
  // Counts one more and returns how many it are now. `client` is an address or
  // a network; `day` as usageDay() has it. Any thread.
  std::int64_t add(const std::string& client, const std::string& day);

  [[nodiscard]] std::int64_t count(const std::string& client,
                                   const std::string& day) const;

  [[nodiscard]] const Schema& schema() const override;
  [[nodiscard]] Result<Done> load(Database& database) override;
  [[nodiscard]] Result<Done> write(Database& database, TimePoint now) override;
  void written(bool good) override;

 private:
  mutable std::mutex mutex_;
  std::string day_;  // Guarded by mutex_: whose counts these are.
  std::unordered_map<std::string, std::int64_t> counts_;  // Guarded by mutex_.
  std::unordered_set<std::string> changed_;               // Guarded by mutex_.

  // The writer's alone.
  std::string writingDay_;
  std::unordered_set<std::string> writing_;
};

// What the daemon has written, for a dry run; empty when it never has.
[[nodiscard]] Result<std::shared_ptr<UnknownRecipients>> readUnknownRecipients(
    const std::filesystem::path& countersDatabase);

}  // namespace mailreeve::store
