// Runs jobs when they are due, one at a time.
//
// A job that fell due while mgmtd was down runs once, soon after it is back.
// Due times are spread by each job's jitter, so that a fleet of hosts does not
// do everything at 3 a.m. sharp.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "mgmtd/jobs/history.h"
#include "mgmtd/jobs/schedule.h"

namespace mailreeve::jobs {

// What a running job is given.
class Progress {
 public:
  virtual ~Progress() = default;

  // Shown by `mgmtctl job list`: "logs.db: 2 of 3".
  virtual void say(const std::string& where) = 0;

  // True once mgmtd wants to end: the job then stops where it can.
  [[nodiscard]] virtual bool stopping() const = 0;
};

struct Job {
  std::string name;
  std::string what;  // One line for people.
  Schedule schedule;
  std::chrono::minutes jitter{0};
  // When it is due by the settings in force; empty: as `schedule` says.
  std::function<Schedule()> planned = {};
  // Returns what was done, in a few words.
  std::function<Result<std::string>(Progress&)> work;
};

struct JobState {
  std::string name;
  std::string what;
  std::string schedule;
  std::optional<TimePoint> next;
  bool waiting = false;  // Asked for, not begun.
  bool running = false;
  std::string progress;
  std::optional<Run> last;
};

class Scheduler {
 public:
  // `clock` must outlive this. `seed` tells hosts apart for the jitter.
  Scheduler(std::vector<Job> jobs,
            std::filesystem::path stateDatabase,
            const Clock& clock,
            std::uint64_t seed);

  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  Scheduler(Scheduler&&) = delete;
  Scheduler& operator=(Scheduler&&) = delete;

  // Ends the thread; a running job is told, and waited for.
  ~Scheduler();

  // From now on jobs run, on a thread of the scheduler's own. Interrupted runs
  // of a former process are marked.
  [[nodiscard]] Result<Done> start();

  // Has the job run as soon as the one before it has ended. Returns the id of
  // the last run before that, 0 when there was none: a greater one is new.
  // NotFound: no such job; Unavailable: nothing runs jobs in this process.
  [[nodiscard]] Result<std::int64_t> request(const std::string& job);

  [[nodiscard]] Result<std::vector<JobState>> list();
  [[nodiscard]] Result<std::vector<Run>> history(const std::string& job,
                                                 std::int64_t limit);

  // Runs what is due or asked for, in this thread, and returns when the next
  // job is due. What start() does again and again; for tests otherwise.
  std::optional<TimePoint> runDue();

 private:
  class Report;

  [[nodiscard]] std::optional<TimePoint> due(const Job& job,
                                             TimePoint base) const;
  void run(const Job& job);
  void loop();
  [[nodiscard]] bool claim(const Job& job, TimePoint now);
  [[nodiscard]] const Job* find(const std::string& name) const;
  [[nodiscard]] JobState stateOf(const Job& job, History& history);

  const std::vector<Job> jobs_;
  const std::filesystem::path path_;
  const Clock& clock_;
  const std::uint64_t seed_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> requested_;  // Guarded by mutex_.
  std::string running_;              // Guarded by mutex_; empty: none.
  std::string progress_;             // Guarded by mutex_.
  bool started_ = false;             // Guarded by mutex_.
  bool stopping_ = false;            // Guarded by mutex_.

  std::jthread thread_;  // Last, so that it ends before what it uses.
};

}  // namespace mailreeve::jobs
