#include "core/store/write_behind.h"

#include <exception>
#include <utility>

#include "core/base/log.h"

namespace mailreeve::store {

namespace {

constexpr std::chrono::seconds kBusy{5};

// How long whoever starts waits for a database that somebody else has locked.
constexpr std::chrono::seconds kFirst{1};

}  // namespace

Result<std::optional<Database>> openWritten(
    const std::filesystem::path& countersDatabase, const WrittenBehind& table) {
  auto database = Database::openToRead(countersDatabase, table.schema(), kBusy);
  if (database) return std::optional(*std::move(database));
  if (database.error().code == ErrorCode::NotFound)
    return std::optional<Database>();
  return std::move(database).error();
}

WriteBehind::WriteBehind(std::filesystem::path countersDatabase,
                         const Clock& clock,
                         std::vector<WrittenBehind*> tables,
                         std::chrono::milliseconds interval)
    : path_(std::move(countersDatabase)),
      clock_(clock),
      tables_(std::move(tables)),
      interval_(interval) {
  std::promise<void> tried;
  const auto first = tried.get_future();
  thread_ = std::jthread(
      [this](const std::stop_token& stop, std::promise<void> done) {
        run(stop, std::move(done));
      },
      std::move(tried));
  (void)first.wait_for(kFirst);
}

WriteBehind::~WriteBehind() {
  thread_.request_stop();
  woken_.notify_all();
  thread_.join();
  if (auto done = flush(); !done)
    log::error(done.error().what + ": what was in memory is lost");
}

void WriteBehind::run(const std::stop_token& stop, std::promise<void> tried) {
  if (auto opened = flush(); !opened)
    log::error(opened.error().what + ": what is in memory is not kept");
  tried.set_value();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, interval_, [] { return false; });
    }
    if (!stop.stop_requested()) retry();
  }
}

void WriteBehind::retry() {
  const bool before = healthy_;
  const auto done = flush();
  // Once, when it begins: not every interval.
  if (!done && before)
    log::error(done.error().what + ": what is in memory is not kept");
  if (done && !before) log::info(path_.string() + " is written again");
}

Result<Done> WriteBehind::open() {
  if (!database_) {
    auto database = Database::open(
        path_,
        tables_.front()->schema(),
        {.durability = Durability::Normal, .mode = 0640, .busy = kBusy});
    if (!database) return std::move(database).error();
    database_.emplace(*std::move(database));
  }
  while (loaded_ < tables_.size()) {
    WrittenBehind& table = *tables_[loaded_];
    auto done = database_->migrate(table.schema());
    if (!done) return done;
    done = table.load(*database_);
    if (!done) return done;
    ++loaded_;
  }
  return Done{};
}

Result<Done> WriteBehind::writeAll() {
  for (WrittenBehind* table : tables_) {
    const TimePoint now = clock_.now();
    auto done =
        database_->transaction([&] { return table->write(*database_, now); });
    table->written(done.ok());
    if (!done) return done;
  }
  return Done{};
}

Result<Done> WriteBehind::flush() {
  const std::lock_guard lock(mutex_);
  Result<Done> done = Done{};
  try {
    done = open();
    if (done) done = writeAll();
  } catch (const std::exception& e) {
    done = Error{ErrorCode::Internal, e.what()};
  }
  if (!done) database_.reset();  // The next time finds a file put right.
  healthy_ = done.ok();
  return done;
}

}  // namespace mailreeve::store
