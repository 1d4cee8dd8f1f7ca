#include "core/store/event_log.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/event_tables.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBatch = 500;  // Events of one transaction.
constexpr std::size_t kRecipients = 1000;
constexpr std::size_t kText = 2000;
constexpr std::size_t kTrace = std::size_t{64} << 10U;
constexpr auto kLinger = 100ms;  // Lets a burst share a transaction.
constexpr auto kRetry = 1s;
constexpr int kTries = 3;

void cut(std::string& text, std::size_t limit = kText) {
  if (text.size() > limit) text.resize(limit);
  text = printable(text);
}

Event bounded(Event event) {
  for (std::string* text : {&event.program,
                            &event.kind,
                            &event.queueId,
                            &event.traceCode,
                            &event.client,
                            &event.login,
                            &event.sender,
                            &event.messageId,
                            &event.subject,
                            &event.verdict,
                            &event.reason,
                            &event.reply})
    cut(*text);
  // Half a JSON text helps nobody.
  if (event.trace.size() > kTrace)
    event.trace = R"([{"step":"trace","says":"too long to be kept"}])";
  cut(event.trace, kTrace);
  if (event.recipients.size() > kRecipients)
    event.recipients.resize(kRecipients);
  for (auto& recipient : event.recipients) cut(recipient);
  return event;
}

void toSyslog(const Event& event) {
  log::warn("event not stored: " + event.program + " " + event.kind +
            " queue-id=" + event.queueId + " trace=" + event.traceCode +
            " client=" + event.client + " login=" + event.login + " from=<" +
            event.sender + "> to=<" + join(event.recipients, ",") +
            "> message-id=" + event.messageId +
            " size=" + std::to_string(event.size) +
            " verdict=" + event.verdict + " reason=" + event.reason);
}

Result<Done> insert(Database& database, const Event& event) {
  auto id = database.query(
      "INSERT INTO event(time, program, kind, queue_id, trace_code, client, "
      "login, sender, message_id, subject, size, verdict, reason, reply, "
      "trace) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id",
      {toMilliseconds(event.time),
       event.program,
       event.kind,
       event.queueId,
       event.traceCode,
       event.client,
       event.login,
       event.sender,
       event.messageId,
       event.subject,
       event.size,
       event.verdict,
       event.reason,
       event.reply,
       event.trace});
  if (!id) return std::move(id).error();
  std::int64_t place = 0;
  for (const auto& recipient : event.recipients) {
    auto done = database.execute(
        "INSERT INTO event_recipient(event, place, recipient) VALUES(?,?,?)",
        {id->front().integer(0), place++, recipient});
    if (!done) return std::move(done).error();
  }
  if (!event.dmarc) return Done{};
  return addDmarcRow(database, event.time, *event.dmarc);
}

}  // namespace

struct EventLog::State {
  std::filesystem::path path;
  std::size_t capacity = 0;
  std::optional<Database> database;  // The writer's alone.

  mutable std::mutex mutex;
  std::condition_variable work;
  std::condition_variable idle;
  std::deque<Event> queue;   // Guarded by mutex.
  bool busy = false;         // Guarded by mutex: a batch is being stored.
  bool stopping = false;     // Guarded by mutex.
  bool hurried = false;      // Guarded by mutex: somebody waits for the batch.
  bool overflowing = false;  // Guarded by mutex: said so once.
  EventCounts counts;        // Guarded by mutex.

  std::jthread writer;  // Last, so that it ends before what it uses.

  void run();
  [[nodiscard]] std::vector<Event> take();
  [[nodiscard]] Result<Done> store(const std::vector<Event>& batch);
  [[nodiscard]] bool storeOrWait(const std::vector<Event>& batch);
  void report(const std::vector<Event>& batch, bool stored);
};

// The next batch; empty when all is done and the log is to end.
std::vector<Event> EventLog::State::take() {
  std::unique_lock lock(mutex);
  work.wait(lock, [this] { return stopping || !queue.empty(); });
  work.wait_for(lock, kLinger, [this] {
    return stopping || hurried || queue.size() >= kBatch;
  });
  hurried = false;
  const auto end = queue.begin() +
                   static_cast<std::ptrdiff_t>(std::min(kBatch, queue.size()));
  std::vector<Event> batch(std::make_move_iterator(queue.begin()),
                           std::make_move_iterator(end));
  queue.erase(queue.begin(), end);
  busy = !batch.empty();
  overflowing = false;
  return batch;
}

Result<Done> EventLog::State::store(const std::vector<Event>& batch) {
  if (!database) {
    auto opened = openEvents(path);
    if (!opened) return std::move(opened).error();
    database.emplace(std::move(*opened));
  }
  return database->transaction([&]() -> Result<Done> {
    for (const auto& event : batch) {
      auto done = insert(*database, event);
      if (!done) return done;
    }
    return Done{};
  });
}

// A database that is locked or out of room gets a few more chances, unless the
// program wants to end.
bool EventLog::State::storeOrWait(const std::vector<Event>& batch) {
  for (int attempt = 1;; ++attempt) {
    const auto done = store(batch);
    if (done) return true;
    database.reset();  // Perhaps it was replaced: open it anew.
    std::unique_lock lock(mutex);
    if (attempt == kTries || stopping) {
      lock.unlock();
      log::error("event log: " + done.error().what);
      return false;
    }
    work.wait_for(lock, kRetry, [this] { return stopping; });
  }
}

void EventLog::State::report(const std::vector<Event>& batch, bool stored) {
  if (!stored)
    for (const auto& event : batch) toSyslog(event);
  const std::lock_guard lock(mutex);
  (stored ? counts.stored : counts.lost) += batch.size();
  busy = false;
  if (queue.empty()) idle.notify_all();
}

void EventLog::State::run() {
  for (;;) {
    const auto batch = take();
    if (batch.empty()) return;
    report(batch, storeOrWait(batch));
  }
}

EventLog::EventLog(std::filesystem::path logsDatabase, std::size_t capacity)
    : state_(std::make_unique<State>()) {
  state_->path = std::move(logsDatabase);
  state_->capacity = capacity;
  state_->writer = std::jthread([raw = state_.get()] { raw->run(); });
}

EventLog::~EventLog() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_all();
}

void EventLog::post(Event event) {
  event = bounded(std::move(event));
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queue.size() < state_->capacity) {
      state_->queue.push_back(std::move(event));
      // In between, the writer only waits for more.
      if (const auto waiting = state_->queue.size();
          waiting == 1 || waiting == kBatch)
        state_->work.notify_one();
      return;
    }
    ++state_->counts.lost;
    if (!std::exchange(state_->overflowing, true))
      log::warn("event log: " + std::to_string(state_->capacity) +
                " events wait for the database; more go to syslog");
  }
  toSyslog(event);
}

void EventLog::flush() {
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [this] {
    if (state_->queue.empty() && !state_->busy) return true;
    state_->hurried = true;
    state_->work.notify_one();
    return false;
  });
}

EventCounts EventLog::counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counts;
}

}  // namespace mailreeve::store
