#include "milter/progress.h"

#include <algorithm>
#include <utility>

namespace mailreeve::milter {

Progress::Progress(Clock::duration interval)
    : interval_(interval),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Progress::~Progress() = default;

void Progress::add(std::shared_ptr<Mta> mta) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(mta), Clock::now() + interval_});
}

void Progress::remove(const std::shared_ptr<Mta>& mta) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.mta == mta; });
}

// Looks twice an interval: nobody is later than one and a half.
void Progress::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, interval_ / 2, [] { return false; });
    const auto due = takeDue();
    lock.unlock();
    for (const auto& mta : due) (void)mta->progress();
    lock.lock();
  }
}

std::vector<std::shared_ptr<Mta>> Progress::takeDue() {
  const auto now = Clock::now();
  std::vector<std::shared_ptr<Mta>> due;
  for (auto& entry : entries_) {
    if (entry.due > now) continue;
    entry.due = now + interval_;
    due.push_back(entry.mta);
  }
  return due;
}

}  // namespace mailreeve::milter
