// When jobs ran and how it ended: two tables of state.db.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::jobs {

enum class Outcome { Running, Done, Failed, Interrupted };

[[nodiscard]] std::string textOf(Outcome outcome);

struct Run {
  std::int64_t id = 0;
  std::string job;
  TimePoint started;
  TimePoint finished;  // The same as started while it runs.
  Outcome outcome = Outcome::Running;
  std::string message;  // What it did, or what went wrong.
};

// Used by one thread at a time.
class History {
 public:
  // A run that is said to be under way is marked as interrupted when `owner`:
  // only the process that runs the jobs knows that it cannot be.
  [[nodiscard]] static Result<History> open(
      const std::filesystem::path& stateDatabase, bool owner);

  // The moment from which the job's next due time counts: its last start, or
  // when it was first heard of, which is noted as `now`.
  [[nodiscard]] Result<TimePoint> base(const std::string& job, TimePoint now);

  // Notes a start and moves the base there. Returns the run's id.
  [[nodiscard]] Result<std::int64_t> begin(const std::string& job,
                                           TimePoint now);
  [[nodiscard]] Result<Done> end(std::int64_t id,
                                 TimePoint now,
                                 Outcome outcome,
                                 const std::string& message);

  // The newest first; of one job, or of all when it is empty.
  [[nodiscard]] Result<std::vector<Run>> runs(const std::string& job,
                                              std::int64_t limit);

 private:
  explicit History(store::Database database) : database_(std::move(database)) {}

  store::Database database_;
};

}  // namespace mailreeve::jobs
