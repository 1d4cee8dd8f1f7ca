#include "core/store/quarantine.h"

#include <utility>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/unix_time.h"
#include "core/store/quarantine_files.h"
#include "core/store/quarantine_tables.h"

namespace mailreeve::store {

namespace {

// A sender comes again for at most so long.
constexpr std::chrono::hours kSendersPatience{5 * 24};

std::set<std::string> addressesOf(const HeldMessage& message) {
  std::set<std::string> out;
  for (const auto& recipient : message.recipients)
    out.insert(bounded(recipient.address));
  return out;
}

Error notHeld(const std::string& id) {
  return {ErrorCode::NotFound, "there is no message " + id + " in quarantine"};
}

}  // namespace

Quarantine::Quarantine(std::filesystem::path directory,
                       Database database,
                       const Clock& clock)
    : directory_(std::move(directory)),
      clock_(clock),
      database_(std::move(database)) {}

Result<std::unique_ptr<Quarantine>> Quarantine::open(
    const std::filesystem::path& directory,
    const std::filesystem::path& stateDatabase,
    const Clock& clock) {
  auto database = Database::open(stateDatabase, quarantineSchema());
  if (!database) return std::move(database).error().within("quarantine");
  return std::unique_ptr<Quarantine>(
      new Quarantine(directory, *std::move(database), clock));
}

Result<std::string> Quarantine::hold(HeldMessage message,
                                     std::string_view bytes,
                                     std::int64_t maxSize) {
  message.received = clock_.now();
  const bool named = !message.id.empty();
  if (!named) message.id = newHeldId(message.received);
  if (!isHeldId(message.id))
    return Error{ErrorCode::Invalid, "quarantine: " + message.id + " is no id"};
  message.size = static_cast<std::int64_t>(bytes.size());
  message.sha256 = sha256(bytes);
  if (message.recipients.empty())
    return Error{ErrorCode::Invalid, "quarantine: a message for nobody"};
  auto before = takeOver(message, named);
  if (!before) return std::move(before).error().within("quarantine");
  if (*before) return **std::move(before);
  if (maxSize > 0) {
    auto sum = totals();
    if (!sum) return std::move(sum).error().within("quarantine");
    if (message.size > maxSize - sum->bytes)
      return Error{ErrorCode::Unavailable,
                   "the quarantine is full: " + std::to_string(sum->bytes) +
                       " of " + std::to_string(maxSize) + " bytes"};
  }
  auto written = writeHeld(directory_, message.id, bytes, sidecarOf(message));
  if (!written) return std::move(written).error().within("quarantine");
  if (auto indexed = index(message, false); !indexed) {
    (void)removeHeld(directory_, message.id);
    return std::move(indexed).error().within("quarantine");
  }
  return message.id;
}

Result<std::vector<std::string>> Quarantine::copiesOf(
    const HeldMessage& message) {
  auto found = read(
      " WHERE sha256 = ? AND gone = 0 AND sender = ? AND kind = ? AND "
      "step = ? AND found = ? AND received > ? AND NOT EXISTS (SELECT 1 FROM "
      "quarantine_recipient WHERE message = id AND state <> 'held') "
      "ORDER BY received LIMIT 10",
      {message.sha256,
       bounded(message.sender),
       std::string(name(message.kind)),
       bounded(message.step),
       bounded(message.found),
       toMilliseconds(message.received - kSendersPatience)});
  if (!found) return std::move(found).error();
  std::vector<std::string> ids;
  for (const auto& one : *found)
    if (addressesOf(one) == addressesOf(message)) ids.push_back(one.id);
  return ids;
}

Result<std::optional<std::string>> Quarantine::heldBefore(
    HeldMessage message, std::string_view bytes) {
  message.received = clock_.now();
  message.sha256 = sha256(bytes);
  auto ids = copiesOf(message);
  if (!ids) return std::move(ids).error().within("quarantine");
  if (ids->empty()) return std::optional<std::string>();
  return std::optional(std::move(ids->front()));
}

// A copy becomes this message's: that of its name, if it has one, for that is
// what its recipients are told.
Result<std::optional<std::string>> Quarantine::takeOver(
    const HeldMessage& message, bool named) {
  auto ids = copiesOf(message);
  if (!ids) return std::move(ids).error();
  for (const auto& id : *ids) {
    if (named && id != message.id) continue;
    const std::lock_guard lock(mutex_);
    auto taken = database_.execute(
        "UPDATE quarantine_message SET recovered = 0, queue_id = ?, "
        "trace_code = ? WHERE id = ? AND gone = 0 AND NOT EXISTS (SELECT 1 "
        "FROM quarantine_recipient WHERE message = id AND state <> 'held')",
        {bounded(message.queueId), bounded(message.traceCode), id});
    if (!taken) return std::move(taken).error();
    if (*taken == 1) return std::optional(id);
  }
  return std::optional<std::string>();
}

Result<Done> Quarantine::index(const HeldMessage& message, bool again) {
  const std::lock_guard lock(mutex_);
  return insertHeld(database_, message, again);
}

Result<std::int64_t> Quarantine::recover(std::chrono::seconds age) {
  auto ids = heldIds(directory_, age);
  if (!ids) return std::move(ids).error().within("quarantine");
  auto known = indexedIds();
  if (!known) return std::move(known).error().within("quarantine");
  std::int64_t indexed = 0;
  for (const auto& id : *ids) {
    if (known->contains(id)) continue;
    const auto sidecar = readFile(sidecarFile(directory_, id));
    auto message =
        sidecar ? readSidecar(*sidecar) : Result<HeldMessage>(sidecar.error());
    if (!message || message->id != id) {
      log::warn("quarantine: " + id + " cannot be indexed: " +
                (message ? "its sidecar is another's" : message.error().what));
      continue;
    }
    auto added = index(*message, true);
    if (!added) return std::move(added).error().within("quarantine");
    log::warn("quarantine: " + id + " was not indexed, and now is");
    ++indexed;
  }
  return indexed;
}

Result<std::set<std::string>> Quarantine::indexedIds() {
  const std::lock_guard lock(mutex_);
  auto rows = database_.query("SELECT id FROM quarantine_message");
  if (!rows) return std::move(rows).error();
  std::set<std::string> ids;
  for (const auto& row : *rows) ids.insert(row.text(0));
  return ids;
}

Result<HeldMessage> Quarantine::find(const std::string& id) {
  auto found = read(" WHERE id = ?", {id});
  if (!found) return std::move(found).error();
  if (found->empty()) return notHeld(id);
  return std::move(found->front());
}

Result<QuarantineTotals> Quarantine::totals() {
  const std::lock_guard lock(mutex_);
  auto rows = database_.query("SELECT messages, bytes FROM quarantine_sum");
  if (!rows) return std::move(rows).error();
  return QuarantineTotals{rows->at(0).integer(0), rows->at(0).integer(1)};
}

Result<std::string> Quarantine::bytes(const HeldMessage& message) {
  auto all = part(message, 0, message.size + 1);
  if (!all) return all;
  if (sha256(*all) != message.sha256)
    return Error{ErrorCode::Internal,
                 "quarantine: " + message.id +
                     ": the file does not hold what was received"};
  return all;
}

Result<std::string> Quarantine::part(const HeldMessage& message,
                                     std::int64_t offset,
                                     std::int64_t size) {
  auto bytes = readPart(heldFile(directory_, message.id), offset, size);
  if (!bytes && bytes.error().code == ErrorCode::NotFound)
    return Error{ErrorCode::NotFound,
                 "the bytes of " + message.id + " have been deleted"};
  return bytes;
}

Result<std::vector<std::string>> Quarantine::remove(
    const std::string& id,
    const std::vector<std::string>& recipients,
    const std::string& who) {
  auto message = find(id);
  if (!message) return std::move(message).error();
  Values values{toMilliseconds(clock_.now()), bounded(who), id};
  const std::string which = among(recipients, values);
  std::vector<std::string> whose;
  {
    const std::lock_guard lock(mutex_);
    auto rows = database_.query(
        "UPDATE quarantine_recipient SET state = 'deleted', changed = ?, "
        "who = ? WHERE message = ? AND "
        "state IN ('held', 'failed', 'released')" +
            which + " RETURNING address",
        values);
    if (!rows) return std::move(rows).error();
    whose = sortedTexts(*rows);
  }
  if (auto gone = removeIfAllGone(id); !gone) return std::move(gone).error();
  return whose;
}

// The row first: bytes without a row would be found again.
Result<bool> Quarantine::removeIfAllGone(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    auto left = database_.query(
        "SELECT COUNT(*) FROM quarantine_recipient WHERE message = ? AND "
        "state <> 'deleted'",
        {id});
    if (!left) return std::move(left).error();
    if (left->at(0).integer(0) > 0) return false;
    auto marked = leave(
        "UPDATE quarantine_message SET gone = 1 WHERE id = ? AND gone = 0 "
        "RETURNING size, 0",
        id);
    if (!marked) return std::move(marked).error();
  }
  auto removed = removeHeld(directory_, id);
  if (!removed) return std::move(removed).error().within("quarantine");
  return true;
}

// `sql` answers with size and `gone` of the message that goes.
Result<Done> Quarantine::leave(const std::string& sql, const std::string& id) {
  return database_.transaction([&]() -> Result<Done> {
    auto went = database_.query(sql, {id});
    if (!went) return std::move(went).error();
    if (went->empty() || went->front().integer(1) != 0) return Done{};
    return addToSum(database_, -1, -went->front().integer(0));
  });
}

Result<std::int64_t> Quarantine::expire(TimePoint moment) {
  std::int64_t count = 0;
  for (;;) {
    auto old = read(" WHERE received < ? ORDER BY received LIMIT 200",
                    {toMilliseconds(moment)});
    if (!old) return std::move(old).error();
    if (old->empty()) break;
    for (const auto& message : *old) {
      // The bytes first: a row without them can be deleted again tomorrow.
      auto removed = removeHeld(directory_, message.id);
      if (!removed) return std::move(removed).error().within("quarantine");
      const std::lock_guard lock(mutex_);
      auto gone = leave(
          "DELETE FROM quarantine_message WHERE id = ? RETURNING size, gone",
          message.id);
      if (!gone) return std::move(gone).error();
      ++count;
    }
  }
  const std::lock_guard lock(mutex_);
  auto nonces =
      database_.execute("DELETE FROM quarantine_nonce WHERE expires < ?",
                        {toMilliseconds(clock_.now())});
  if (!nonces) return nonces;
  return count;
}

}  // namespace mailreeve::store
