// A day is enough to know when somebody was written to last, so that a busy
// correspondence costs one row a day and not one for each letter.
#include "core/store/correspondents.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/log.h"

namespace mailreeve::store {

namespace {

constexpr std::chrono::seconds kGather{2};
constexpr std::chrono::seconds kBusy{5};

// Days since 1970, UTC.
std::int64_t dayOf(TimePoint when) {
  return std::chrono::floor<std::chrono::days>(when).time_since_epoch().count();
}

// No address holds a line feed.
std::string pairOf(std::string_view user, std::string_view address) {
  return std::string(user).append("\n").append(address);
}

struct Note {
  std::string owner;
  std::string address;
  std::int64_t day = 0;
};

using Known = std::unordered_map<std::string, std::int64_t>;  // -> day

Result<Known> readAll(const std::filesystem::path& path) {
  Known known;
  auto database = Database::openToRead(path, correspondentsSchema(), kBusy);
  if (!database && database.error().code == ErrorCode::NotFound) return known;
  if (!database) return std::move(database).error();
  auto rows = database->query(
      "SELECT owner, address, day FROM correspondents "
      "ORDER BY day DESC LIMIT ?",
      {static_cast<std::int64_t>(Correspondents::kMost)});
  if (!rows) return std::move(rows).error();
  known.reserve(rows->size());
  for (const auto& row : *rows)
    known.emplace(pairOf(row.text(0), row.text(1)), row.integer(2));
  return known;
}

}  // namespace

const Schema& correspondentsSchema() {
  static const Schema only{
      "correspondents",
      {{"CREATE TABLE correspondents (owner TEXT NOT NULL, "
        "address TEXT NOT NULL, day BIGINT NOT NULL, "
        "PRIMARY KEY (owner, address))"},
       // What is new, for those who read all the time.
       {"CREATE INDEX correspondents_day ON correspondents (day)"}}};
  return only;
}

struct Correspondents::State {
  State(std::filesystem::path path, const Clock& time, Known all)
      : database(std::move(path)), clock(time), known(std::move(all)) {}

  const std::filesystem::path database;
  const Clock& clock;

  mutable std::shared_mutex knownMutex;
  Known known;        // Guarded by knownMutex.
  bool full = false;  // Guarded by knownMutex.

  std::mutex mutex;
  std::condition_variable_any wake;
  std::condition_variable_any idle;
  std::vector<Note> pending;  // Guarded by mutex.
  bool writing = false;       // Guarded by mutex.
  bool hurry = false;         // Guarded by mutex: somebody waits in flush().
  std::jthread writer;        // Started by the first note; guarded by mutex.

  [[nodiscard]] bool remember(const std::string& pair, std::int64_t day);
  [[nodiscard]] Result<Done> write(const std::vector<Note>& notes) const;
  void loop(const std::stop_token& stop);
};

// False: it was known already, or there is no room.
bool Correspondents::State::remember(const std::string& pair,
                                     std::int64_t day) {
  const std::unique_lock lock(knownMutex);
  const auto found = known.find(pair);
  if (found != known.end()) {
    if (found->second >= day) return false;
    found->second = day;
    return true;
  }
  if (known.size() < kMost) {
    known.emplace(pair, day);
    return true;
  }
  if (!std::exchange(full, true))
    log::warn("correspondents: more than " + std::to_string(kMost) +
              ", new ones are not kept");
  return false;
}

Result<Done> Correspondents::State::write(
    const std::vector<Note>& notes) const {
  auto opened =
      Database::open(database,
                     correspondentsSchema(),
                     {.durability = Durability::Normal, .busy = kBusy});
  if (!opened) return std::move(opened).error();
  return opened->transaction([&]() -> Result<Done> {
    for (const auto& note : notes) {
      auto added = opened->execute(
          "INSERT INTO correspondents (owner, address, day) VALUES (?, ?, ?) "
          "ON CONFLICT (owner, address) DO UPDATE SET day = excluded.day "
          "WHERE correspondents.day < excluded.day",
          {note.owner, note.address, note.day});
      if (!added) return std::move(added).error();
    }
    return Done{};
  });
}

void Correspondents::State::loop(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (true) {
    wake.wait(lock, stop, [this] { return !pending.empty(); });
    if (pending.empty()) return;  // Stopped, and nothing is left.
    // More will come: one transaction for all of them.
    if (!stop.stop_requested())
      wake.wait_for(lock, stop, kGather, [this] { return hurry; });
    const auto notes = std::exchange(pending, {});
    writing = true;
    lock.unlock();
    if (const auto written = write(notes); !written)
      log::warn("correspondents: " + std::to_string(notes.size()) +
                " not written: " + written.error().what);
    lock.lock();
    writing = false;
    idle.notify_all();
  }
}

Result<std::unique_ptr<Correspondents>> Correspondents::open(
    const std::filesystem::path& countersDatabase, const Clock& clock) {
  auto known = readAll(countersDatabase);
  if (!known) return std::move(known).error().within("correspondents");
  return std::unique_ptr<Correspondents>(new Correspondents(
      std::make_unique<State>(countersDatabase, clock, *std::move(known))));
}

Correspondents::Correspondents(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

Correspondents::~Correspondents() {
  // The writer is ended first: it uses everything that stands before it.
  state_->writer = {};
}

bool Correspondents::knows(std::string_view user,
                           std::string_view address,
                           std::int64_t keepDays) const {
  const std::shared_lock lock(state_->knownMutex);
  const auto found = state_->known.find(pairOf(user, address));
  return found != state_->known.end() &&
         found->second >= dayOf(state_->clock.now()) - keepDays;
}

void Correspondents::note(std::string_view user, std::string_view address) {
  if (user.empty() || address.empty()) return;
  const auto day = dayOf(state_->clock.now());
  if (!state_->remember(pairOf(user, address), day)) return;
  const std::lock_guard lock(state_->mutex);
  state_->pending.push_back({std::string(user), std::string(address), day});
  if (!state_->writer.joinable())
    state_->writer = std::jthread(
        [this](const std::stop_token& stop) { state_->loop(stop); });
  state_->wake.notify_all();
}

void Correspondents::flush() {
  std::unique_lock lock(state_->mutex);
  state_->hurry = true;
  state_->wake.notify_all();
  state_->idle.wait(
      lock, [this] { return state_->pending.empty() && !state_->writing; });
  state_->hurry = false;
}

std::size_t Correspondents::size() const {
  const std::shared_lock lock(state_->knownMutex);
  return state_->known.size();
}

Result<std::int64_t> deleteCorrespondentsBefore(
    const std::filesystem::path& countersDatabase, TimePoint before) {
  if (!std::filesystem::exists(countersDatabase)) return std::int64_t{0};
  auto opened =
      Database::open(countersDatabase, correspondentsSchema(), {.busy = kBusy});
  if (!opened) return std::move(opened).error();
  return opened->execute("DELETE FROM correspondents WHERE day < ?",
                         {dayOf(before)});
}

}  // namespace mailreeve::store
