#include "core/store/mail_trace.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/where.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostQueues = 50;
constexpr std::size_t kMostLines = 2000;
constexpr std::size_t kMostEvents = 200;
constexpr auto kNear = 1h;  // Events and lines about the same queue file.

constexpr const char* kQueue =
    "SELECT id, queue_id, started, ended, client, login, sender, message_id, "
    "subject, size, recipients, trace_code FROM mail_queue ";
constexpr const char* kLine =
    "SELECT id, time, exact, program, kind, queue, session, message_id, "
    "trace_code, client, login, sender, recipient, status, text "
    "FROM mail_line ";

QueueRow queueOf(const Row& row) {
  QueueRow queue;
  queue.id = row.integer(0);
  queue.queueId = row.text(1);
  queue.started = fromMilliseconds(row.integer(2));
  if (row.integer(3) != 0) queue.ended = fromMilliseconds(row.integer(3));
  queue.client = row.text(4);
  queue.login = row.text(5);
  queue.sender = row.text(6);
  queue.messageId = row.text(7);
  queue.subject = row.text(8);
  queue.size = row.integer(9);
  queue.recipients = row.integer(10);
  queue.traceCode = row.text(11);
  return queue;
}

LineRow lineOf(const Row& row) {
  LineRow line;
  line.id = row.integer(0);
  line.time = fromMilliseconds(row.integer(1));
  line.exact = row.integer(2) != 0;
  line.program = row.text(3);
  line.kind = row.text(4);
  line.queue = row.integer(5);
  line.session = row.text(6);
  line.messageId = row.text(7);
  line.traceCode = row.text(8);
  line.client = row.text(9);
  line.login = row.text(10);
  line.sender = row.text(11);
  line.recipient = row.text(12);
  line.status = row.text(13);
  line.text = row.text(14);
  return line;
}

// Collects the parts of a trace, each once.
class Gathering {
 public:
  Gathering(std::filesystem::path path, Database database)
      : path_(std::move(path)), database_(std::move(database)) {}

  Result<TraceRows> of(const std::string& id);

 private:
  Result<Done> byQueueId(const std::string& id);
  Result<Done> byMessageId(const std::string& id);
  Result<Done> byTraceCode(const std::string& code);
  Result<Done> byQuarantineId(const std::string& id);
  Result<Done> addQueues(const std::string& where, const Values& values);
  Result<Done> addLines(const std::string& where, const Values& values);
  Result<Done> addEvents(const EventQuery& query);
  Result<Done> follow();
  Result<Done> followLinks(const QueueRow& queue);
  Result<Done> describe();
  Result<Done> describeLines();

  std::filesystem::path path_;
  Database database_;
  TraceRows rows_;
  std::set<std::int64_t> queues_;
  std::set<std::int64_t> lines_;
  std::set<std::int64_t> events_;
};

Result<Done> Gathering::addQueues(const std::string& where,
                                  const Values& values) {
  auto found = database_.query(kQueue + where, values);
  if (!found) return std::move(found).error();
  for (const auto& row : *found) {
    if (rows_.queues.size() >= kMostQueues) {
      rows_.cut = true;
      break;
    }
    if (queues_.insert(row.integer(0)).second)
      rows_.queues.push_back(queueOf(row));
  }
  return Done{};
}

Result<Done> Gathering::addLines(const std::string& where,
                                 const Values& values) {
  auto found = database_.query(kLine + where, values);
  if (!found) return std::move(found).error();
  for (const auto& row : *found) {
    if (rows_.lines.size() >= kMostLines) {
      rows_.cut = true;
      break;
    }
    if (lines_.insert(row.integer(0)).second)
      rows_.lines.push_back(lineOf(row));
  }
  return Done{};
}

Result<Done> Gathering::addEvents(const EventQuery& query) {
  auto found = queryEvents(path_, query);
  if (!found) return std::move(found).error();
  for (auto& event : *found) {
    if (rows_.events.size() >= kMostEvents) {
      rows_.cut = true;
      break;
    }
    if (events_.insert(event.id).second)
      rows_.events.push_back(std::move(event));
  }
  return Done{};
}

// A short queue id is used again and again: the latest file is meant.
Result<Done> Gathering::byQueueId(const std::string& id) {
  auto found = addQueues("WHERE queue_id = ? ORDER BY id DESC LIMIT 1", {id});
  if (!found || rows_.queues.empty()) return found;
  auto count = database_.query(
      "SELECT COUNT(*) FROM mail_queue WHERE queue_id = ?", {id});
  if (!count) return std::move(count).error();
  rows_.otherUses = static_cast<std::size_t>(count->front().integer(0)) - 1;
  return Done{};
}

Result<Done> Gathering::byMessageId(const std::string& id) {
  std::string bare = id;
  if (bare.size() > 2 && bare.front() == '<' && bare.back() == '>')
    bare = bare.substr(1, bare.size() - 2);
  auto queues = addQueues(
      "WHERE message_id = ? AND message_id <> '' ORDER BY id", {bare});
  if (!queues) return queues;
  return addLines("WHERE message_id = ? AND message_id <> '' ORDER BY id",
                  {bare});
}

Result<Done> Gathering::byTraceCode(const std::string& code) {
  auto lines =
      addLines("WHERE trace_code = ? AND trace_code <> '' ORDER BY id", {code});
  if (!lines) return lines;
  EventQuery query;
  query.traceCode = code;
  auto events = addEvents(query);
  if (!events) return events;
  for (const auto& line : std::vector(rows_.lines))
    if (line.queue != 0) {
      auto queue = addQueues("WHERE id = ?", {line.queue});
      if (!queue) return queue;
    }
  for (const auto& event : rows_.events) {
    if (event.queueId.empty()) continue;
    auto queue = addQueues(
        "WHERE queue_id = ? AND started BETWEEN ? AND ? "
        "ORDER BY id DESC LIMIT 1",
        {event.queueId,
         toMilliseconds(event.time - kNear),
         toMilliseconds(event.time + kNear)});
    if (!queue) return queue;
  }
  return Done{};
}

// milterd's line about a message it holds has the id as its session.
Result<Done> Gathering::byQuarantineId(const std::string& id) {
  auto found = database_.query(
      "SELECT queue FROM mail_line WHERE session = ? AND session <> '' "
      "AND kind = 'verdict'",
      {id});
  if (!found) return std::move(found).error();
  for (const auto& row : *found) {
    auto queue = addQueues("WHERE id = ?", {row.integer(0)});
    if (!queue) return queue;
  }
  return Done{};
}

Result<Done> Gathering::followLinks(const QueueRow& queue) {
  auto links = database_.query(
      "SELECT parent, child, how FROM mail_link WHERE parent = ? OR child = ?",
      {queue.id, queue.id});
  if (!links) return std::move(links).error();
  for (const auto& row : *links) {
    const LinkRow link{row.integer(0), row.integer(1), row.text(2)};
    const bool there = std::any_of(
        rows_.links.begin(), rows_.links.end(), [&](const LinkRow& other) {
          return other.parent == link.parent && other.child == link.child;
        });
    if (!there) rows_.links.push_back(link);
    auto added =
        addQueues("WHERE id IN (?, ?) ORDER BY id", {link.parent, link.child});
    if (!added) return added;
  }
  if (queue.messageId.empty()) return Done{};
  return byMessageId(queue.messageId);
}

// rows_.queues grows meanwhile.
Result<Done> Gathering::follow() {
  for (std::size_t i = 0; i < rows_.queues.size(); ++i) {
    auto followed = followLinks(QueueRow(rows_.queues[i]));
    if (!followed) return followed;
  }
  return Done{};
}

Result<Done> Gathering::describeLines() {
  for (const auto& queue : rows_.queues) {
    auto lines =
        addLines("WHERE queue = ? AND queue <> 0 ORDER BY id", {queue.id});
    if (!lines) return lines;
  }
  std::set<std::string> sessions;
  std::set<std::string> codes;
  for (const auto& line : rows_.lines) {
    if (!line.session.empty()) sessions.insert(line.session);
    if (!line.traceCode.empty()) codes.insert(line.traceCode);
  }
  for (const auto& session : sessions) {
    auto lines =
        addLines("WHERE session = ? AND session <> '' ORDER BY id", {session});
    if (!lines) return lines;
  }
  for (const auto& code : codes) {
    EventQuery query;
    query.traceCode = code;
    auto events = addEvents(query);
    if (!events) return events;
  }
  return Done{};
}

Result<Done> Gathering::describe() {
  auto lines = describeLines();
  if (!lines) return lines;
  for (const auto& queue : rows_.queues) {
    EventQuery query;
    query.queueId = queue.queueId;
    query.since = queue.started - kNear;
    query.until = queue.ended.value_or(queue.started) + kNear;
    auto events = addEvents(query);
    if (!events) return events;
  }
  const auto byId = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(rows_.lines.begin(), rows_.lines.end(), byId);
  std::sort(rows_.events.begin(), rows_.events.end(), byId);
  return Done{};
}

Result<TraceRows> Gathering::of(const std::string& id) {
  for (auto found :
       {byQueueId(id), byMessageId(id), byTraceCode(id), byQuarantineId(id)})
    if (!found) return std::move(found).error();
  if (auto followed = follow(); !followed) return std::move(followed).error();
  if (auto told = describe(); !told) return std::move(told).error();
  return std::move(rows_);
}

// The index on the lines' recipients leaves out those that have none.
void addRecipient(Where& where, const std::string& pattern) {
  if (pattern.empty()) return;
  where.add("recipient <> ''");
  where.addMatch({"recipient"}, pattern);
}

Result<std::vector<QueueRow>> findQueues(Database& database,
                                         const TraceQuery& query) {
  Where where;
  where.addTimes("started", query.since, query.until);
  where.addMatch({"sender"}, query.sender);
  where.addEqual("client", query.client);
  Where recipient;
  addRecipient(recipient, query.recipient);
  where.addAmong(
      "id",
      {"SELECT queue FROM mail_delivery", "SELECT queue FROM mail_line"},
      recipient);
  where.values.emplace_back(query.limit);
  auto rows = database.query(kQueue + where.sql + " ORDER BY id DESC LIMIT ?",
                             where.values);
  if (!rows) return std::move(rows).error();
  std::vector<QueueRow> queues;
  for (const auto& row : *rows) queues.push_back(queueOf(row));
  return queues;
}

Result<std::vector<LineRow>> findLines(Database& database,
                                       const TraceQuery& query) {
  Where where;
  where.add("queue = 0");
  where.add("kind IN ('rejected', 'discarded', 'connection', 'login-failed')");
  where.addTimes("time", query.since, query.until);
  where.addMatch({"sender"}, query.sender);
  addRecipient(where, query.recipient);
  where.addEqual("client", query.client);
  where.values.emplace_back(query.limit);
  auto rows = database.query(kLine + where.sql + " ORDER BY id DESC LIMIT ?",
                             where.values);
  if (!rows) return std::move(rows).error();
  std::vector<LineRow> lines;
  for (const auto& row : *rows) lines.push_back(lineOf(row));
  return lines;
}

// Events whose message has no queue file: policyd's refusals, above all.
Result<std::vector<Event>> findEvents(const std::filesystem::path& path,
                                      const TraceQuery& query) {
  EventQuery of;
  of.since = query.since;
  of.until = query.until;
  of.sender = query.sender;
  of.recipient = query.recipient;
  of.client = query.client;
  of.limit = query.limit;
  return queryEvents(path, of);
}

}  // namespace

Result<TraceRows> gatherTrace(const std::filesystem::path& logsDatabase,
                              const std::string& id) {
  auto database = openMailLogToRead(logsDatabase);
  if (!database) return std::move(database).error();
  return Gathering(logsDatabase, std::move(*database)).of(id);
}

Result<TraceCandidates> findTraces(const std::filesystem::path& logsDatabase,
                                   const TraceQuery& query) {
  auto database = openMailLogToRead(logsDatabase);
  if (!database) return std::move(database).error();
  auto queues = findQueues(*database, query);
  if (!queues) return std::move(queues).error();
  auto lines = findLines(*database, query);
  if (!lines) return std::move(lines).error();
  auto events = findEvents(logsDatabase, query);
  if (!events) return std::move(events).error();
  return TraceCandidates{
      std::move(*queues), std::move(*lines), std::move(*events)};
}

Result<std::vector<LogPosition>> logPositions(
    const std::filesystem::path& logsDatabase) {
  auto database = openMailLogToRead(logsDatabase);
  if (!database) return std::move(database).error();
  return readPositions(*database);
}

}  // namespace mailreeve::store
