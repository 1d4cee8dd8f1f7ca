// How much each user has sent today (FEATURES C9): exact, also when many
// sessions of milterd charge the same user at once.
//
// The truth is counters.db; what this process holds in memory is a copy that
// it alone changes. Days are those of the local time zone.
//
// A charge that was answered survives the death of the process. One that was
// counted when the process died before its answer stays counted: at most one
// message too many for each session, never one too few.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

[[nodiscard]] const Schema& usageSchema();

// Both 0: no limit.
struct UsageLimit {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

struct Usage {
  std::string user;  // Address key of the login.
  std::string day;   // YYYY-MM-DD.
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

enum class Charge { Counted, OverMessages, OverBytes };

// What one more message of `bytes` would be for somebody who has `used`.
[[nodiscard]] Charge decide(const Usage& used,
                            std::int64_t bytes,
                            UsageLimit limit);

// The local day of `when`, as Usage::day has it.
[[nodiscard]] std::string usageDay(TimePoint when);

class UsageCounter {
 public:
  // `clock` must outlive the counter.
  [[nodiscard]] static Result<std::unique_ptr<UsageCounter>> open(
      const std::filesystem::path& countersDatabase, const Clock& clock);

  UsageCounter(const UsageCounter&) = delete;
  UsageCounter& operator=(const UsageCounter&) = delete;
  UsageCounter(UsageCounter&&) = delete;
  UsageCounter& operator=(UsageCounter&&) = delete;
  virtual ~UsageCounter() = default;

  // Counts one message of `bytes` for `user`, unless that would pass the
  // limit: then nothing is counted. Returns when the count is durable (WAL,
  // group commit). An Error means nothing was counted. Any thread.
  [[nodiscard]] virtual Result<Charge> charge(const std::string& user,
                                              std::int64_t bytes,
                                              UsageLimit limit) = 0;

  // Takes a charge back, because the answer could not be given.
  virtual void giveBack(const std::string& user, std::int64_t bytes) = 0;

  // Forgets what memory holds, after another process changed the database
  // (`mgmtctl usage clear`).
  [[nodiscard]] virtual Result<Done> reload() = 0;

 protected:
  UsageCounter() = default;
};

// For who reads again and again what everybody has sent today. One thread at a
// time.
class UsageReader {
 public:
  using Content = std::unordered_map<std::string, Usage>;  // By user.

  // Without a database nobody has sent anything. `clock` must outlive it.
  [[nodiscard]] static Result<UsageReader> open(
      const std::filesystem::path& countersDatabase, const Clock& clock);

  [[nodiscard]] Result<Content> read();

  // Whether the last read() would answer the same now; false when that cannot
  // be known. Of a file that was replaced it sees the old one.
  [[nodiscard]] bool current();

 private:
  UsageReader(std::optional<Database> database, const Clock& clock)
      : database_(std::move(database)), clock_(&clock) {}

  std::optional<Database> database_;
  const Clock* clock_;
  std::string day_;           // Of the last read.
  std::int64_t version_ = 0;  // Before it.
};

// All of `day`, once.
[[nodiscard]] Result<std::vector<Usage>> listUsage(
    const std::filesystem::path& countersDatabase, const std::string& day);

// For `mgmtctl usage clear`: one user ("" for all). milterd must be told to
// reload. Returns how many rows went.
[[nodiscard]] Result<std::int64_t> clearUsage(
    const std::filesystem::path& countersDatabase, const std::string& user);

// Forgets the days before `day`. Returns how many rows went.
[[nodiscard]] Result<std::int64_t> deleteUsageBefore(
    const std::filesystem::path& countersDatabase, const std::string& day);

}  // namespace mailreeve::store
