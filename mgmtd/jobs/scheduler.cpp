#include "mgmtd/jobs/scheduler.h"

#include <exception>
#include <random>

#include "core/base/log.h"
#include "core/base/text.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;

// The clock may be set while we wait, so never wait for long.
constexpr std::chrono::milliseconds kLongestWait = 30s;

}  // namespace

class Scheduler::Report final : public Progress {
 public:
  explicit Report(Scheduler& scheduler) : scheduler_(scheduler) {}

  void say(const std::string& where) override {
    const std::lock_guard lock(scheduler_.mutex_);
    scheduler_.progress_ = where;
  }

  [[nodiscard]] bool stopping() const override {
    const std::lock_guard lock(scheduler_.mutex_);
    return scheduler_.stopping_;
  }

 private:
  Scheduler& scheduler_;
};

Scheduler::Scheduler(std::vector<Job> jobs,
                     std::filesystem::path stateDatabase,
                     const Clock& clock,
                     std::uint64_t seed)
    : jobs_(std::move(jobs)),
      path_(std::move(stateDatabase)),
      clock_(clock),
      seed_(seed) {}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

Result<Done> Scheduler::start() {
  auto history = History::open(path_, true);
  if (!history) return std::move(history).error().within("jobs");
  const std::lock_guard lock(mutex_);
  started_ = true;
  thread_ = std::jthread([this] { loop(); });
  return Done{};
}

const Job* Scheduler::find(const std::string& name) const {
  for (const auto& job : jobs_)
    if (job.name == name) return &job;
  return nullptr;
}

Result<std::int64_t> Scheduler::request(const std::string& name) {
  if (find(name) == nullptr)
    return Error{ErrorCode::NotFound, "there is no job " + printable(name)};
  auto last = history(name, 1);
  if (!last) return std::move(last).error();
  const std::lock_guard lock(mutex_);
  if (!started_)
    return Error{ErrorCode::Unavailable, "jobs run in mgmtd, which does not"};
  // One that runs already was asked for before whatever has changed since.
  requested_.insert(name);
  wake_.notify_all();
  return last->empty() ? 0 : last->front().id;
}

// The jitter of one due time is always the same, so that asking again does not
// move it.
std::optional<TimePoint> Scheduler::due(const Job& job, TimePoint base) const {
  auto next = (job.planned ? job.planned() : job.schedule).next(base);
  if (!next || job.jitter.count() <= 0) return next;
  const auto spread =
      std::chrono::duration_cast<std::chrono::seconds>(job.jitter).count();
  std::mt19937_64 random(
      seed_ ^ std::hash<std::string>{}(job.name) ^
      static_cast<std::uint64_t>(next->time_since_epoch().count()));
  return *next + std::chrono::seconds(random() %
                                      static_cast<std::uint64_t>(spread + 1));
}

// Whether the job is to run now.
bool Scheduler::claim(const Job& job, TimePoint now) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (requested_.erase(job.name) > 0) return true;
  }
  auto history = History::open(path_, false);
  if (!history) return false;
  const auto base = history->base(job.name, now);
  if (!base) return false;
  const auto at = due(job, *base);
  return at && *at <= now;
}

void Scheduler::run(const Job& job) {
  auto history = History::open(path_, false);
  if (!history) {
    log::error("job " + job.name + ": " + history.error().what);
    return;
  }
  const auto id = history->begin(job.name, clock_.now());
  if (!id) {
    log::error("job " + job.name + ": " + id.error().what);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    running_ = job.name;
    progress_.clear();
  }
  Report report(*this);
  Result<std::string> result = Error{};
  try {
    result = job.work(report);
  } catch (const std::exception& e) {
    result = Error{ErrorCode::Internal, e.what()};
  }
  if (!result) log::error("job " + job.name + ": " + result.error().what);
  const auto noted = history->end(*id,
                                  clock_.now(),
                                  result ? Outcome::Done : Outcome::Failed,
                                  result ? *result : result.error().what);
  if (!noted) log::error("job " + job.name + ": " + noted.error().what);
  const std::lock_guard lock(mutex_);
  running_.clear();
}

std::optional<TimePoint> Scheduler::runDue() {
  std::optional<TimePoint> soonest;
  for (const auto& job : jobs_) {
    if (claim(job, clock_.now())) run(job);
    auto history = History::open(path_, false);
    if (!history) continue;
    const auto base = history->base(job.name, clock_.now());
    if (!base) continue;
    const auto next = due(job, *base);
    if (next && (!soonest || *next < *soonest)) soonest = next;
  }
  return soonest;
}

void Scheduler::loop() {
  for (;;) {
    const auto next = runDue();
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    auto wait = kLongestWait;
    if (next) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*next - clock_.now());
      wait = std::clamp(left, std::chrono::milliseconds(1), kLongestWait);
    }
    wake_.wait_for(
        lock, wait, [this] { return stopping_ || !requested_.empty(); });
    if (stopping_) return;
  }
}

JobState Scheduler::stateOf(const Job& job, History& history) {
  JobState state{
      .name = job.name,
      .what = job.what,
      .schedule = (job.planned ? job.planned() : job.schedule).text()};
  if (const auto base = history.base(job.name, clock_.now()))
    state.next = due(job, *base);
  if (const auto runs = history.runs(job.name, 1); runs && !runs->empty())
    state.last = runs->front();
  const std::lock_guard lock(mutex_);
  state.waiting = requested_.count(job.name) > 0;
  state.running = running_ == job.name;
  if (state.running) state.progress = progress_;
  return state;
}

Result<std::vector<JobState>> Scheduler::list() {
  auto history = History::open(path_, false);
  if (!history) return std::move(history).error();
  std::vector<JobState> states;
  for (const auto& job : jobs_) states.push_back(stateOf(job, *history));
  return states;
}

Result<std::vector<Run>> Scheduler::history(const std::string& job,
                                            std::int64_t limit) {
  if (!job.empty() && find(job) == nullptr)
    return Error{ErrorCode::NotFound, "there is no job " + printable(job)};
  auto history = History::open(path_, false);
  if (!history) return std::move(history).error();
  return history->runs(job, limit);
}

}  // namespace mailreeve::jobs
