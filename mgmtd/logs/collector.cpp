#include "mgmtd/logs/collector.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "mgmtd/logs/parse.h"

namespace mailreeve::logs {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kEvents = 500;
constexpr auto kPause = 200ms;
constexpr auto kPauseAfterFailure = 2s;
constexpr auto kNamesKept = 5s;

}  // namespace

Collector::Collector(std::filesystem::path logsDatabase,
                     FileNames files,
                     const Clock& clock)
    : path_(std::move(logsDatabase)), files_(std::move(files)), clock_(clock) {}

Collector::~Collector() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void Collector::start() {
  thread_ = std::jthread([this] { loop(); });
}

void Collector::loop() {
  std::string told;
  for (;;) {
    auto found = pass();
    const std::string problem = found ? "" : found.error().what;
    if (!problem.empty() && problem != told)
      log::error("mail logs: " + problem);
    told = problem;
    std::unique_lock lock(mutex_);
    if (found && *found) {
      if (stopping_) return;
      continue;
    }
    if (wake_.wait_for(
            lock,
            found ? std::chrono::milliseconds(kPause) : kPauseAfterFailure,
            [this] { return stopping_; }))
      return;
  }
}

Result<Done> Collector::open() {
  if (log_) return Done{};
  return store::MailLog::open(path_).then(
      [this](store::MailLog opened) -> Result<Done> {
        log_.emplace(std::move(opened));
        return Done{};
      });
}

// Everything is taken up again where the database says.
void Collector::forget() {
  followed_.clear();
  log_.reset();
  namesAsked_ = {};
}

Result<Done> Collector::follow(const std::vector<std::string>& names) {
  auto positions = log_->positions();
  if (!positions) return std::move(positions).error();
  std::map<std::string, LogFile> next;
  for (const auto& name : names) {
    if (auto kept = followed_.extract(name)) {
      next.insert(std::move(kept));
      continue;
    }
    store::LogPosition from;
    from.path = name;
    for (const auto& position : *positions)
      if (position.path == name) from = position;
    next.emplace(name, LogFile(std::move(from)));
  }
  followed_ = std::move(next);
  // Nobody misses what stands in a log that is not followed any more.
  for (auto& position : *positions) {
    if (position.problem.empty() || followed_.contains(position.path)) continue;
    position.problem.clear();
    auto noted = log_->batch([&] { return log_->setPosition(position); });
    if (!noted) return noted;
  }
  return Done{};
}

Result<Done> Collector::addLines(std::string_view lines) {
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    std::string_view text = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    // A writer that does not append leaves a hole where the file was emptied.
    text.remove_prefix(std::min(text.find_first_not_of('\0'), text.size()));
    const auto line = splitLine(text, times_);
    if (!line) continue;
    const auto entry = parseEntry(*line);
    if (!entry) continue;
    auto added = log_->add(*entry);
    if (!added) return added;
  }
  return Done{};
}

// Whether there was something.
Result<bool> Collector::readBatch(LogFile& file) {
  auto lines = file.next();
  if (!lines) return std::move(lines).error();
  if (lines->empty()) return false;
  auto stored = log_->batch([&]() -> Result<Done> {
    auto added = addLines(*lines);
    if (!added) return added;
    return log_->setPosition(file.position());
  });
  if (!stored) {
    file.rollBack();
    return std::move(stored).error();
  }
  file.commit();
  return true;
}

Result<bool> Collector::pass() {
  if (auto opened = open(); !opened) return std::move(opened).error();
  const TimePoint now = clock_.now();
  times_.setNow(now);
  if (now - namesAsked_ >= kNamesKept || now < namesAsked_) {
    if (auto taken = follow(files_()); !taken) {
      forget();
      return std::move(taken).error();
    }
    namesAsked_ = now;
  }
  bool found = false;
  for (auto& [name, file] : followed_) {
    auto some = readBatch(file);
    const std::string problem = some ? "" : some.error().what;
    if (some && *some) found = true;
    const auto known = problems_.find(name);
    if (known != problems_.end() && known->second == problem) continue;
    if (!problem.empty()) log::warn("mail log " + problem);
    store::LogPosition position = file.position();
    position.problem = problem;
    auto noted = log_->batch([&] { return log_->setPosition(position); });
    if (!noted) {
      forget();
      return std::move(noted).error();
    }
    problems_[name] = problem;
  }
  auto events = log_->takeEvents(kEvents);
  if (!events) {
    forget();
    return std::move(events).error();
  }
  return found || *events > 0;
}

}  // namespace mailreeve::logs
