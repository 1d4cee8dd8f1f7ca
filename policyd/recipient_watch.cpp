#include "policyd/recipient_watch.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <sys/stat.h>

#include "core/base/log.h"

namespace mailreeve::policyd {

namespace {

// Reading may take this part of the time at most: many addresses are read less
// often.
constexpr int kShare = 20;

std::int64_t nanoseconds(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
         status.st_mtim.tv_nsec;
}

}  // namespace

RecipientWatch::RecipientWatch(std::filesystem::path stateDatabase,
                               std::chrono::milliseconds interval)
    : database_(std::move(stateDatabase)),
      interval_(interval),
      table_(std::make_shared<const Table>()),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

RecipientWatch::~RecipientWatch() {
  thread_.request_stop();
  woken_.notify_all();
}

void RecipientWatch::want(bool wanted) {
  const std::lock_guard lock(mutex_);
  const bool newly = wanted && !wanted_;
  wanted_ = wanted;
  if (!newly) return;
  refresh();
  woken_.notify_all();
}

std::optional<bool> RecipientWatch::exists(const std::string& mailbox) const {
  const auto table = table_.get();
  if (!table->known) return std::nullopt;
  if (table->addresses.contains(mailbox)) return true;
  const auto at = mailbox.rfind('@');
  if (at != std::string::npos && table->addresses.contains(mailbox.substr(at)))
    return true;
  // Nobody is held against a client whom Postfix, asking the file itself,
  // takes.
  if (stamp() != table->stamp) return std::nullopt;
  return false;
}

void RecipientWatch::watch(const std::stop_token& stop) {
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

void RecipientWatch::refresh() {
  // Taken first: what is written meanwhile is read next time.
  const Stamp now = stamp();
  if (now == seen_ && reader_ && reader_->current()) return;
  if (now != seen_) reader_.reset();  // It may be another file by now.
  seen_ = now;
  auto addresses = read();
  if (!addresses) {
    reader_.reset();
    // Once, when it begins: not once a second.
    if (!std::exchange(failing_, true))
      log::error(addresses.error().what +
                 ": nobody knows which recipients exist");
    table_.publish(std::make_shared<const Table>());
    return;
  }
  if (std::exchange(failing_, false))
    log::info(database_.string() + " can be read again");
  table_.publish(
      std::make_shared<const Table>(Table{true, *std::move(addresses), now}));
}

Result<std::unordered_set<std::string>> RecipientWatch::read() {
  if (!reader_) {
    auto opened = store::RecipientReader::open(database_);
    if (!opened) return std::move(opened).error();
    reader_.emplace(*std::move(opened));
  }
  return reader_->read();
}

RecipientWatch::Stamp RecipientWatch::stamp() const {
  Stamp stamp;

  struct stat status {};

  if (::stat(database_.c_str(), &status) == 0)
    stamp.changed = nanoseconds(status);
  if (::stat((database_.string() + "-wal").c_str(), &status) == 0) {
    stamp.walChanged = nanoseconds(status);
    stamp.walSize = static_cast<std::uintmax_t>(status.st_size);
  }
  return stamp;
}

}  // namespace mailreeve::policyd
