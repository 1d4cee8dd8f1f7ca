#include "core/store/outbox.h"

#include <algorithm>

#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

constexpr std::int64_t kLongestPause = 3600;  // Seconds.
constexpr std::size_t kLongestProblem = 500;

const Schema& schema() {
  // Times are seconds since 1970, UTC.
  static const Schema tables{
      "outbox",
      {{
          "CREATE TABLE notice(id INTEGER PRIMARY KEY AUTOINCREMENT, "
          "kind TEXT NOT NULL, template TEXT NOT NULL, message TEXT NOT NULL, "
          "made BIGINT NOT NULL, due BIGINT NOT NULL, "
          "attempts BIGINT NOT NULL, problem TEXT NOT NULL)",
          "CREATE INDEX notice_due ON notice(due)",
          "CREATE TABLE notice_recipient(notice BIGINT NOT NULL, "
          "address TEXT NOT NULL)",
          "CREATE INDEX notice_recipient_notice ON notice_recipient(notice)",
          "CREATE TABLE notice_value(notice BIGINT NOT NULL, "
          "name TEXT NOT NULL, value TEXT NOT NULL)",
          "CREATE INDEX notice_value_notice ON notice_value(notice)",
          "CREATE TABLE notice_once(name TEXT PRIMARY KEY, "
          "until BIGINT NOT NULL)",
      }}};
  return tables;
}

Result<Done> onlyDone(Result<std::int64_t> changed) {
  if (!changed) return std::move(changed).error();
  return Done{};
}

// Whether the key is free, and from now on it is not.
Result<bool> claim(Database& database,
                   const NotBefore& once,
                   std::int64_t now) {
  auto gone =
      database.execute("DELETE FROM notice_once WHERE until <= ?", {now});
  if (!gone) return std::move(gone).error();
  auto taken = database.execute(
      "INSERT INTO notice_once(name, until) VALUES (?, ?) "
      "ON CONFLICT (name) DO NOTHING",
      {once.key,
       now + std::chrono::duration_cast<std::chrono::seconds>(once.again)
                 .count()});
  if (!taken) return std::move(taken).error();
  return *taken > 0;
}

Result<Done> remove(Database& database, std::int64_t id) {
  for (const auto* const statement :
       {"DELETE FROM notice_value WHERE notice = ?",
        "DELETE FROM notice_recipient WHERE notice = ?",
        "DELETE FROM notice WHERE id = ?"})
    if (auto done = onlyDone(database.execute(statement, {id})); !done)
      return done;
  return Done{};
}

Result<Done> readParts(Database& database, WaitingNotice& waiting) {
  auto recipients = database.query(
      "SELECT address FROM notice_recipient WHERE notice = ? ORDER BY address",
      {waiting.id});
  if (!recipients) return std::move(recipients).error();
  for (const auto& row : *recipients)
    waiting.notice.recipients.push_back(row.text(0));
  auto values = database.query(
      "SELECT name, value FROM notice_value WHERE notice = ? ORDER BY name",
      {waiting.id});
  if (!values) return std::move(values).error();
  for (const auto& row : *values)
    waiting.notice.values.emplace_back(row.text(0), row.text(1));
  return Done{};
}

std::int64_t pauseAfter(std::int64_t attempts) {
  return std::min<std::int64_t>(kLongestPause,
                                60LL << std::min<std::int64_t>(attempts, 10));
}

}  // namespace

Result<Database*> Outbox::database() {
  if (!database_) {
    auto opened = Database::open(path_, schema());
    if (!opened) return std::move(opened).error().within("outbox");
    database_ = *std::move(opened);
  }
  return &*database_;
}

Result<bool> Outbox::add(const Notice& notice) {
  if (notice.recipients.empty())
    return Error{ErrorCode::Invalid, "outbox: a notice to nobody"};
  if (notice.message.empty() == notice.templateName.empty())
    return Error{ErrorCode::Invalid,
                 "outbox: a notice is a message or a template"};
  const std::lock_guard lock(mutex_);
  auto into = database();
  if (!into) return std::move(into).error();
  bool added = true;
  auto done = (*into)->transaction([&]() -> Result<Done> {
    auto waiting = (*into)->query("SELECT COUNT(*) FROM notice");
    if (!waiting) return std::move(waiting).error();
    if (waiting->front().integer(0) >= kMost)
      return Error{ErrorCode::Unavailable,
                   std::to_string(kMost) + " notices wait already"};
    if (!notice.once.key.empty()) {
      auto free = claim(**into, notice.once, toSeconds(clock_.now()));
      if (!free) return std::move(free).error();
      added = *free;
    }
    return added ? insert(**into, notice) : Result<Done>(Done{});
  });
  if (!done) return std::move(done).error().within("outbox");
  return added;
}

Result<Done> Outbox::insert(Database& into, const Notice& notice) {
  const std::int64_t now = toSeconds(clock_.now());
  auto row = into.query(
      "INSERT INTO notice(kind, template, message, made, due, attempts, "
      "problem) VALUES (?, ?, ?, ?, ?, 0, '') RETURNING id",
      {notice.kind, notice.templateName, notice.message, now, now});
  if (!row) return std::move(row).error();
  const std::int64_t id = row->front().integer(0);
  for (const auto& address : notice.recipients)
    if (auto added = into.execute(
            "INSERT INTO notice_recipient(notice, address) VALUES (?, ?)",
            {id, address});
        !added)
      return std::move(added).error();
  for (const auto& [name, value] : notice.values)
    if (auto added = into.execute(
            "INSERT INTO notice_value(notice, name, value) VALUES (?, ?, ?)",
            {id, name, value});
        !added)
      return std::move(added).error();
  return Done{};
}

Result<std::vector<WaitingNotice>> Outbox::due(std::int64_t limit) {
  return select(toSeconds(clock_.now()), limit);
}

Result<std::vector<WaitingNotice>> Outbox::list(std::int64_t limit) {
  return select(INT64_MAX, limit);
}

Result<std::vector<WaitingNotice>> Outbox::select(std::int64_t dueBy,
                                                  std::int64_t limit) {
  const std::lock_guard lock(mutex_);
  auto from = database();
  if (!from) return std::move(from).error();
  auto rows = (*from)->query(
      "SELECT id, kind, template, message, made, attempts, problem "
      "FROM notice WHERE due <= ? ORDER BY id LIMIT ?",
      {dueBy, limit});
  if (!rows) return std::move(rows).error().within("outbox");
  std::vector<WaitingNotice> all;
  for (const auto& row : *rows) {
    WaitingNotice waiting;
    waiting.id = row.integer(0);
    waiting.notice.kind = row.text(1);
    waiting.notice.templateName = row.text(2);
    waiting.notice.message = row.text(3);
    waiting.made = fromSeconds(row.integer(4));
    waiting.attempts = row.integer(5);
    waiting.problem = row.text(6);
    if (auto read = readParts(**from, waiting); !read)
      return std::move(read).error().within("outbox");
    all.push_back(std::move(waiting));
  }
  return all;
}

Result<Done> Outbox::sent(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  auto from = database();
  if (!from) return std::move(from).error();
  return (*from)->transaction([&] { return remove(**from, id); });
}

Result<bool> Outbox::failed(std::int64_t id, const std::string& why) {
  const std::lock_guard lock(mutex_);
  auto in = database();
  if (!in) return std::move(in).error();
  bool last = false;
  auto done = (*in)->transaction([&]() -> Result<Done> {
    auto row =
        (*in)->query("SELECT made, attempts FROM notice WHERE id = ?", {id});
    if (!row) return std::move(row).error();
    if (row->empty()) return Done{};
    const std::int64_t now = toSeconds(clock_.now());
    const std::int64_t attempts = row->front().integer(1);
    last = now - row->front().integer(0) >=
           std::chrono::seconds(kGivenUpAfter).count();
    if (last) return remove(**in, id);
    return onlyDone((*in)->execute(
        "UPDATE notice SET attempts = ?, due = ?, problem = ? WHERE id = ?",
        {attempts + 1,
         now + pauseAfter(attempts),
         why.substr(0, kLongestProblem),
         id}));
  });
  if (!done) return std::move(done).error().within("outbox");
  return last;
}

}  // namespace mailreeve::store
