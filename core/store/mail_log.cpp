#include "core/store/mail_log.h"

#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRemembered = 50'000;  // Queue files.
constexpr std::size_t kText = 1000;

// An event and the lines about the same queue file are this near at most.
constexpr std::int64_t kNear =
    std::chrono::duration_cast<std::chrono::milliseconds>(1h).count();

std::string bounded(std::string_view text, std::size_t limit = kText) {
  return printable(text.substr(0, limit));
}

Result<Done> done(Result<std::int64_t> changed) {
  if (!changed) return std::move(changed).error();
  return Done{};
}

bool isLocal(std::string_view program) {
  return program.ends_with("/lmtp") || program.ends_with("/virtual") ||
         program.ends_with("/local") || program.ends_with("/pipe");
}

// What is to be counted of one attempt; nothing of an address probe.
std::optional<DeliveryStatus> statusOf(const MailEntry& entry) {
  if (entry.status == "deferred") return DeliveryStatus::Waiting;
  if (entry.status == "bounced" || entry.status == "expired" ||
      entry.status == "undeliverable")
    return DeliveryStatus::Failed;
  if (entry.status != "sent") return std::nullopt;
  if (entry.program.ends_with("/discard")) return DeliveryStatus::Discarded;
  // An alias is of this system, wherever its targets are.
  if (isLocal(entry.program) || !entry.originalRecipient.empty())
    return DeliveryStatus::Received;
  return DeliveryStatus::Sent;
}

}  // namespace

Result<MailLog> MailLog::open(const std::filesystem::path& logsDatabase) {
  auto database = openMailLog(logsDatabase);
  if (!database) return std::move(database).error();
  return MailLog(std::move(*database));
}

Result<std::vector<LogPosition>> readPositions(Database& database) {
  auto rows = database.query(
      "SELECT path, device, inode, offset_bytes, print_bytes, print, "
      "problem FROM log_position");
  if (!rows) return std::move(rows).error();
  std::vector<LogPosition> positions;
  for (const auto& row : *rows)
    positions.push_back({row.text(0),
                         row.integer(1),
                         row.integer(2),
                         row.integer(3),
                         row.integer(4),
                         row.text(5),
                         row.text(6)});
  return positions;
}

Result<std::vector<LogPosition>> MailLog::positions() {
  return readPositions(database_);
}

Result<Done> MailLog::setPosition(const LogPosition& position) {
  return done(database_.execute(
      "INSERT INTO log_position(path, device, inode, offset_bytes, "
      "print_bytes, print, problem) VALUES(?,?,?,?,?,?,?) "
      "ON CONFLICT(path) DO UPDATE SET "
      "device = excluded.device, inode = excluded.inode, "
      "offset_bytes = excluded.offset_bytes, "
      "print_bytes = excluded.print_bytes, print = excluded.print, "
      "problem = excluded.problem",
      {position.path,
       position.device,
       position.inode,
       position.offset,
       position.printBytes,
       position.print,
       position.problem}));
}

Result<Done> MailLog::batch(const std::function<Result<Done>()>& work) {
  auto ended = database_.transaction(work);
  // What is remembered may name rows that were rolled back.
  if (!ended) queues_.clear();
  return ended;
}

Result<MailLog::Queue*> MailLog::known(std::string_view queueId) {
  const std::string key(queueId);
  const auto found = queues_.find(key);
  if (found != queues_.end()) return &found->second;
  auto rows = database_.query(
      "SELECT id, message_id, ended FROM mail_queue WHERE queue_id = ? "
      "ORDER BY id DESC LIMIT 1",
      {key});
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return nullptr;
  const Row& row = rows->front();
  if (queues_.size() >= kRemembered) queues_.clear();
  return &queues_
              .insert_or_assign(key,
                                Queue{row.integer(0),
                                      !row.text(1).empty(),
                                      row.integer(2) != 0})
              .first->second;
}

Result<MailLog::Queue*> MailLog::begin(const MailEntry& entry) {
  auto rows = database_.query(
      "INSERT INTO mail_queue(queue_id, started, ended, client, login, sender, "
      "message_id, subject, size, recipients, trace_code) "
      "VALUES(?, ?, 0, ?, ?, ?, ?, '', 0, 0, '') RETURNING id",
      {std::string(entry.queueId),
       toMilliseconds(entry.time),
       bounded(entry.client),
       bounded(entry.login),
       bounded(entry.sender),
       bounded(entry.messageId)});
  if (!rows) return std::move(rows).error();
  if (queues_.size() >= kRemembered) queues_.clear();
  return &queues_
              .insert_or_assign(std::string(entry.queueId),
                                Queue{rows->front().integer(0),
                                      !entry.messageId.empty(),
                                      false})
              .first->second;
}

// Postfix uses a short queue id again. A new file begins with smtpd's or
// pickup's line; one that Postfix makes itself (a bounce) with cleanup's.
Result<std::int64_t> MailLog::queueOf(const MailEntry& entry) {
  if (entry.queueId.empty()) return 0;
  auto found = known(entry.queueId);
  if (!found) return std::move(found).error();
  Queue* queue = *found;
  const bool fresh = queue == nullptr || entry.kind == EntryKind::Accepted ||
                     (entry.kind == EntryKind::MessageId &&
                      (queue->ended || queue->hasMessageId)) ||
                     (queue->ended && entry.kind == EntryKind::Queued);
  if (fresh) {
    auto begun = begin(entry);
    if (!begun) return std::move(begun).error();
    return (*begun)->id;
  }
  if (entry.kind == EntryKind::MessageId) queue->hasMessageId = true;
  if (entry.kind == EntryKind::Removed) queue->ended = true;
  return queue->id;
}

Result<Done> MailLog::add(const MailEntry& entry) {
  auto queue = queueOf(entry);
  if (!queue) return std::move(queue).error();
  auto line = addLine(entry, *queue);
  if (!line) return line;
  return update(entry, *queue);
}

Result<Done> MailLog::addLine(const MailEntry& entry, std::int64_t queue) {
  return done(database_.execute(
      "INSERT INTO mail_line(time, exact, program, kind, queue, session, "
      "message_id, trace_code, client, login, sender, recipient, status, text) "
      "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      {toMilliseconds(entry.time),
       static_cast<std::int64_t>(entry.exact),
       bounded(entry.program),
       std::string(name(entry.kind)),
       queue,
       bounded(entry.session),
       // Of a queue file it stands there.
       queue == 0 ? bounded(entry.messageId) : std::string(),
       bounded(entry.traceCode),
       bounded(entry.client),
       bounded(entry.login),
       bounded(entry.sender),
       bounded(entry.recipient),
       bounded(entry.status),
       bounded(entry.text)}));
}

Result<Done> MailLog::update(const MailEntry& entry, std::int64_t queue) {
  switch (entry.kind) {
    case EntryKind::MessageId:
      return done(
          database_.execute("UPDATE mail_queue SET message_id = ? WHERE id = ?",
                            {bounded(entry.messageId), queue}));
    case EntryKind::Queued:
      return addQueued(entry, queue);
    case EntryKind::Removed:
    case EntryKind::Discarded:
      if (queue == 0) return Done{};
      return done(
          database_.execute("UPDATE mail_queue SET ended = ? WHERE id = ?",
                            {toMilliseconds(entry.time), queue}));
    case EntryKind::Delivery:
      return addDelivery(entry, queue);
    case EntryKind::Accepted:
    case EntryKind::Linked:
      return linkTo(entry, queue);
    case EntryKind::Rejected:
      return addRefusal(entry);
    case EntryKind::SieveDiscard:
    case EntryKind::Stored:
    case EntryKind::Forwarded:
      return settleSieve(entry.session);
    default:
      return Done{};
  }
}

Result<Done> MailLog::addQueued(const MailEntry& entry, std::int64_t queue) {
  auto rows = database_.query(
      "SELECT subject, trace_code, login FROM event WHERE queue_id = ? "
      "AND kind = 'message' AND time BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
      {std::string(entry.queueId),
       toMilliseconds(entry.time) - kNear,
       toMilliseconds(entry.time) + kNear});
  if (!rows) return std::move(rows).error();
  if (rows->empty())
    return done(database_.execute(
        "UPDATE mail_queue SET sender = ?, size = ?, recipients = ? "
        "WHERE id = ?",
        {bounded(entry.sender), entry.size, entry.recipients, queue}));
  return done(database_.execute(
      "UPDATE mail_queue SET sender = ?, size = ?, recipients = ?, "
      "subject = ?, trace_code = ? WHERE id = ?",
      {bounded(entry.sender),
       entry.size,
       entry.recipients,
       rows->front().text(0),
       rows->front().text(1),
       queue}));
}

Result<Done> MailLog::addDelivery(const MailEntry& entry, std::int64_t queue) {
  const auto status = statusOf(entry);
  if (!status || queue == 0) return Done{};
  const bool alias = !entry.originalRecipient.empty();
  auto stored = done(database_.execute(
      "INSERT INTO mail_delivery(queue, time, recipient, mailbox, alias, "
      "status, attempts, relay, detail, session) VALUES(?,?,?,?,?,?,1,?,?,?) "
      "ON CONFLICT(queue, recipient) DO UPDATE SET "
      "attempts = mail_delivery.attempts + 1, "
      "detail = CASE WHEN excluded.status >= mail_delivery.status "
      "THEN excluded.detail ELSE mail_delivery.detail END, "
      "relay = CASE WHEN excluded.status >= mail_delivery.status "
      "THEN excluded.relay ELSE mail_delivery.relay END, "
      "session = CASE WHEN excluded.status >= mail_delivery.status "
      "THEN excluded.session ELSE mail_delivery.session END, "
      "status = CASE WHEN excluded.status > mail_delivery.status "
      "THEN excluded.status ELSE mail_delivery.status END",
      {queue,
       toMilliseconds(entry.time),
       bounded(alias ? entry.originalRecipient : entry.recipient),
       bounded(entry.recipient),
       static_cast<std::int64_t>(alias),
       static_cast<std::int64_t>(*status),
       bounded(entry.relay),
       bounded(entry.text),
       bounded(entry.session)}));
  if (!stored) return stored;
  if (entry.linked.empty()) return settleSieve(entry.session);
  return linkTo(entry, queue);
}

// Dovecot's and Postfix's lines about one delivery come in either order.
// Thrown away is what a script discarded and did nothing else with.
Result<Done> MailLog::settleSieve(std::string_view session) {
  if (session.empty()) return Done{};
  const std::string key(session);
  auto rows = database_.query(
      "SELECT kind FROM mail_line WHERE session = ? AND session <> ''", {key});
  if (!rows) return std::move(rows).error();
  bool discarded = false;
  for (const auto& row : *rows) {
    const std::string kind = row.text(0);
    if (kind == name(EntryKind::Stored) || kind == name(EntryKind::Forwarded))
      return done(database_.execute(
          "UPDATE mail_delivery SET status = ? WHERE session = ? "
          "AND session <> '' AND status = ?",
          {static_cast<std::int64_t>(DeliveryStatus::Received),
           key,
           static_cast<std::int64_t>(DeliveryStatus::Discarded)}));
    if (kind == name(EntryKind::SieveDiscard)) discarded = true;
  }
  if (!discarded) return Done{};
  return done(
      database_.execute("UPDATE mail_delivery SET status = ? WHERE session = ? "
                        "AND session <> '' AND alias = 0 AND status = ?",
                        {static_cast<std::int64_t>(DeliveryStatus::Discarded),
                         key,
                         static_cast<std::int64_t>(DeliveryStatus::Received)}));
}

Result<Done> MailLog::addLink(std::int64_t parent,
                              std::int64_t child,
                              std::string_view how) {
  return done(database_.execute(
      "INSERT INTO mail_link(parent, child, how) VALUES(?,?,?) "
      "ON CONFLICT(parent, child) DO NOTHING",
      {parent, child, std::string(how)}));
}

// `entry.linked` names another queue file: pickup's orig_id the one before,
// everything else the one that came of it.
Result<Done> MailLog::linkTo(const MailEntry& entry, std::int64_t queue) {
  if (entry.linked.empty() || queue == 0) return Done{};
  auto found = known(entry.linked);
  if (!found) return std::move(found).error();
  if (*found == nullptr) {
    // Its own lines will come.
    MailEntry other;
    other.time = entry.time;
    other.queueId = entry.linked;
    found = begin(other);
    if (!found) return std::move(found).error();
  }
  const std::int64_t other = (*found)->id;
  if (other == queue) return Done{};
  if (entry.kind == EntryKind::Accepted)
    return addLink(other, queue, "queued again");
  return addLink(
      queue,
      other,
      entry.kind == EntryKind::Linked ? "notification" : "forwarded");
}

}  // namespace mailreeve::store
