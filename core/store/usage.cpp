// One writer thread owns the connection. Sessions decide in memory, under the
// mutex, then wait for the transaction that carries their count; while one
// transaction commits, the next one's counts gather (group commit).
#include "core/store/usage.h"

#include <condition_variable>
#include <ctime>
#include <exception>
#include <mutex>
#include <thread>

#include "core/base/time_text.h"

namespace mailreeve::store {

namespace {

// How long a message may wait for another process's transaction.
constexpr std::chrono::seconds kBusy{5};

struct Totals {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

// How a charge hears that its change is in the database.
struct Ticket {
  bool done = false;
  std::optional<Error> error;
};

// A change on its way into the database.
struct Change {
  std::string day;
  std::string user;
  Totals by;
  Ticket* ticket = nullptr;  // Null: what is given back waits for nothing.
};

Result<Done> add(Database& database,
                 const std::string& day,
                 const std::string& user,
                 const Totals& by) {
  auto added = database.execute(
      "INSERT INTO usage (day, user, messages, bytes) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (day, user) DO UPDATE SET "
      "messages = usage.messages + excluded.messages, "
      "bytes = usage.bytes + excluded.bytes",
      {day, user, by.messages, by.bytes});
  if (!added) return std::move(added).error();
  return Done{};
}

// What has been cleared since stays cleared.
Result<Done> subtract(Database& database, const Change& change) {
  auto subtracted = database.execute(
      "UPDATE usage SET messages = messages - ?, bytes = bytes - ? "
      "WHERE day = ? AND user = ? AND messages >= ? AND bytes >= ?",
      {-change.by.messages,
       -change.by.bytes,
       change.day,
       change.user,
       -change.by.messages,
       -change.by.bytes});
  if (!subtracted) return std::move(subtracted).error();
  return Done{};
}

// A user who sends much has many changes in a batch, and they are one row.
Result<Done> write(Database& database, const std::vector<Change>& batch) {
  std::unordered_map<std::string, std::unordered_map<std::string, Totals>> sums;
  for (const auto& change : batch) {
    if (change.by.messages < 0) continue;
    auto& sum = sums[change.day][change.user];
    sum.messages += change.by.messages;
    sum.bytes += change.by.bytes;
  }
  return database.transaction([&]() -> Result<Done> {
    for (const auto& [day, users] : sums)
      for (const auto& [user, sum] : users)
        if (auto added = add(database, day, user, sum); !added) return added;
    for (const auto& change : batch)
      if (change.by.messages < 0)
        if (auto gone = subtract(database, change); !gone) return gone;
    return Done{};
  });
}

using Table = std::unordered_map<std::string, Totals>;

Result<Table> read(Database& database, const std::string& day) {
  auto rows = database.query(
      "SELECT user, messages, bytes FROM usage WHERE day = ?", {day});
  if (!rows) return std::move(rows).error();
  Table table;
  for (const auto& row : *rows)
    table[row.text(0)] = {row.integer(1), row.integer(2)};
  return table;
}

template <class Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& e) {
    return Error{ErrorCode::Internal, e.what()};
  }
}

class SharedCounter final : public UsageCounter {
 public:
  SharedCounter(Database database, const Clock& clock)
      : clock_(clock),
        database_(std::move(database)),
        writer_([this](const std::stop_token& stop) { run(stop); }) {}

  Result<Charge> charge(const std::string& user,
                        std::int64_t bytes,
                        UsageLimit limit) override {
    std::unique_lock lock(mutex_);
    auto loaded = ensureToday(lock);
    if (!loaded) return std::move(loaded).error();
    auto& used = table_[user];
    const Charge answer =
        decide({user, day_, used.messages, used.bytes}, bytes, limit);
    if (answer != Charge::Counted) return answer;
    used.messages += 1;
    used.bytes += bytes;
    Ticket ticket;
    queue_.push_back({day_, user, {1, bytes}, &ticket});
    wakeWriter_.notify_one();
    settled_.wait(lock, [&] { return ticket.done; });
    if (ticket.error) return std::move(*ticket.error);
    return answer;
  }

  void giveBack(const std::string& user, std::int64_t bytes) override {
    const std::lock_guard lock(mutex_);
    auto& used = table_[user];
    if (used.messages < 1 || used.bytes < bytes) return;  // Cleared meanwhile.
    used.messages -= 1;
    used.bytes -= bytes;
    queue_.push_back({day_, user, {-1, -bytes}, nullptr});
    wakeWriter_.notify_one();
  }

  Result<Done> reload() override {
    std::unique_lock lock(mutex_);
    loaded_ = false;
    return ensureToday(lock);
  }

 private:
  // Waits until the table is the one of today.
  Result<Done> ensureToday(std::unique_lock<std::mutex>& lock) {
    const std::string today = usageDay(clock_.now());
    while (!loaded_ || day_ != today) {
      loaded_ = false;
      wantedDay_ = today;
      const auto mine = ++loadsWanted_;
      wakeWriter_.notify_one();
      settled_.wait(lock, [&] { return loadsServed_ >= mine; });
      if (loadError_) return *loadError_;
    }
    return Done{};
  }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
      wakeWriter_.wait(
          lock, stop, [this] { return !queue_.empty() || wantsLoad(); });
      if (queue_.empty() && !wantsLoad()) return;  // Stopped, and all written.
      work(lock);
    }
  }

  [[nodiscard]] bool wantsLoad() const { return !wantedDay_.empty(); }

  void work(std::unique_lock<std::mutex>& lock) {
    const std::vector<Change> batch = std::exchange(queue_, {});
    const std::string day = std::exchange(wantedDay_, {});
    const auto loads = loadsWanted_;
    lock.unlock();
    Result<Done> written = Done{};
    if (!batch.empty())
      written = guarded([&] { return write(database_, batch); });
    std::optional<Result<Table>> table;
    if (!day.empty()) table = guarded([&] { return read(database_, day); });
    lock.lock();
    settle(batch, written);
    if (table) {
      take(day, std::move(*table));
      loadsServed_ = loads;
    }
    settled_.notify_all();
  }

  void settle(const std::vector<Change>& batch, const Result<Done>& written) {
    for (const auto& change : batch) {
      if (!written && change.day == day_) apply(change, -1);
      if (change.ticket == nullptr) continue;
      change.ticket->done = true;
      if (!written) change.ticket->error = written.error();
    }
  }

  void take(const std::string& day, Result<Table> table) {
    loadError_.reset();
    if (!table) {
      loadError_ = std::move(table).error();
      return;
    }
    table_ = *std::move(table);
    day_ = day;
    loaded_ = true;
    for (const auto& change : queue_)  // Decided meanwhile, not yet written.
      if (change.day == day_) apply(change, 1);
  }

  void apply(const Change& change, int sign) {
    auto& used = table_[change.user];
    used.messages += sign * change.by.messages;
    used.bytes += sign * change.by.bytes;
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any wakeWriter_;
  std::condition_variable settled_;

  // Guarded by mutex_:
  std::string day_;
  Table table_;
  bool loaded_ = false;
  std::vector<Change> queue_;
  std::string wantedDay_;  // Empty: nothing to load.
  std::uint64_t loadsWanted_ = 0;
  std::uint64_t loadsServed_ = 0;
  std::optional<Error> loadError_;  // Of the last load.

  Database database_;    // The writer's alone.
  std::jthread writer_;  // Last: stops before the rest goes.
};

}  // namespace

const Schema& usageSchema() {
  static const Schema only{
      "usage",
      {{"CREATE TABLE usage (day TEXT NOT NULL, user TEXT NOT NULL, "
        "messages BIGINT NOT NULL, bytes BIGINT NOT NULL, "
        "PRIMARY KEY (day, user))"}}};
  return only;
}

Charge decide(const Usage& used, std::int64_t bytes, UsageLimit limit) {
  if (limit.messages > 0 && used.messages >= limit.messages)
    return Charge::OverMessages;
  if (limit.bytes > 0 && bytes > limit.bytes - used.bytes)
    return Charge::OverBytes;
  return Charge::Counted;
}

std::string usageDay(TimePoint when) {
  return localDay(when);
}

Result<std::unique_ptr<UsageCounter>> UsageCounter::open(
    const std::filesystem::path& countersDatabase, const Clock& clock) {
  auto database = Database::open(
      countersDatabase,
      usageSchema(),
      {.durability = Durability::Normal, .mode = 0640, .busy = kBusy});
  if (!database) return std::move(database).error().within("usage");
  return std::unique_ptr<UsageCounter>(
      std::make_unique<SharedCounter>(*std::move(database), clock));
}

Result<std::int64_t> clearUsage(const std::filesystem::path& countersDatabase,
                                const std::string& user) {
  auto database = Database::open(
      countersDatabase,
      usageSchema(),
      {.durability = Durability::Normal, .mode = 0640, .busy = kBusy});
  if (!database) return std::move(database).error().within("usage");
  if (user.empty()) return database->execute("DELETE FROM usage");
  return database->execute("DELETE FROM usage WHERE user = ?", {user});
}

Result<std::int64_t> deleteUsageBefore(
    const std::filesystem::path& countersDatabase, const std::string& day) {
  auto database = Database::open(
      countersDatabase,
      usageSchema(),
      {.durability = Durability::Normal, .mode = 0640, .busy = kBusy});
  if (!database) return std::move(database).error().within("usage");
  return database->execute("DELETE FROM usage WHERE day < ?", {day});
}

}  // namespace mailreeve::store
