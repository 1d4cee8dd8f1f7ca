#include "policyd/usage_watch.h"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

#include "core/base/log.h"

namespace mailreeve::policyd {

namespace {

// Reading may take this part of the time at most: with 100,000 senders the
// table is read less often.
constexpr int kShare = 20;

std::int64_t nanoseconds(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
         status.st_mtim.tv_nsec;
}

}  // namespace

UsageWatch::UsageWatch(std::filesystem::path countersDatabase,
                       const Clock& clock,
                       std::chrono::milliseconds interval)
    : database_(std::move(countersDatabase)),
      clock_(clock),
      interval_(interval),
      table_(std::make_shared<const Table>(Table{"not read yet", {}})),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

UsageWatch::~UsageWatch() {
  thread_.request_stop();
  woken_.notify_all();
}

void UsageWatch::want(bool wanted) {
  const std::lock_guard lock(mutex_);
  const bool newly = wanted && !wanted_;
  wanted_ = wanted;
  if (!newly) return;
  refresh();
  woken_.notify_all();
}

Result<store::Usage> UsageWatch::usedToday(const std::string& user) const {
  const auto table = table_.get();
  if (!table->problem.empty())
    return Error{ErrorCode::Unavailable, table->problem};
  const auto found = table->users.find(user);
  return found == table->users.end() ? store::Usage{} : found->second;
}

void UsageWatch::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  auto pause = interval_;
  while (!stop.stop_requested()) {
    if (!woken_.wait(lock, stop, [this] { return wanted_; })) return;
    woken_.wait_for(lock, stop, pause, [] { return false; });
    if (stop.stop_requested() || !wanted_) continue;
    const auto start = std::chrono::steady_clock::now();
    refresh();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    pause = std::max(interval_, took * kShare);
  }
}

void UsageWatch::refresh() {
  Stamp now = stamp();
  const bool broken = !table_.get()->problem.empty();
  if (now == seen_ && !broken) return;
  Table table = read(now.day);
  // Once, when it begins: not once a second.
  if (!table.problem.empty() && (!broken || seen_.day.empty()))
    log::error(table.problem + ": who has a daily limit is told to come again");
  // The stamp was taken first: what is written meanwhile is read next time.
  seen_ = std::move(now);
  table_.publish(std::make_shared<const Table>(std::move(table)));
}

UsageWatch::Stamp UsageWatch::stamp() const {
  Stamp stamp;
  stamp.day = store::usageDay(clock_.now());

  struct stat status {};

  if (::stat(database_.c_str(), &status) == 0)
    stamp.changed = nanoseconds(status);
  if (::stat((database_.string() + "-wal").c_str(), &status) == 0) {
    stamp.walChanged = nanoseconds(status);
    stamp.walSize = static_cast<std::uintmax_t>(status.st_size);
  }
  return stamp;
}

UsageWatch::Table UsageWatch::read(const std::string& day) const {
  auto rows = store::listUsage(database_, day);
  if (!rows) return {rows.error().what, {}};
  Table table;
  for (auto& row : *rows) {
    std::string user = row.user;
    table.users.insert_or_assign(std::move(user), std::move(row));
  }
  return table;
}

}  // namespace mailreeve::policyd
