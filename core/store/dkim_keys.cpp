#include "core/store/dkim_keys.h"

#include <array>

#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

constexpr std::array<std::string_view, 4> kStates = {
    "pending", "active", "retiring", "retired"};

constexpr const char* kColumns =
    "domain, selector, algorithm, bits, record, state, forced, created, since, "
    "checked, seen, problem";

// Times are seconds since 1970, UTC.
const Schema& schema() {
  static const Schema only{
      "dkim_key",
      {{"CREATE TABLE dkim_key("
        "domain TEXT NOT NULL, selector TEXT NOT NULL, "
        "algorithm TEXT NOT NULL, bits INTEGER NOT NULL, "
        "record TEXT NOT NULL, state TEXT NOT NULL, "
        "forced INTEGER NOT NULL, created BIGINT NOT NULL, "
        "since BIGINT NOT NULL, checked BIGINT, seen BIGINT, "
        "problem TEXT NOT NULL, PRIMARY KEY(domain, selector))"}}};
  return only;
}

Value value(const std::optional<TimePoint>& time) {
  if (!time) return {};
  return toSeconds(*time);
}

std::optional<TimePoint> timeAt(const Row& row, std::size_t column) {
  if (row.isNull(column)) return std::nullopt;
  return fromSeconds(row.integer(column));
}

Result<KeyState> stateOf(const std::string& text) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (kStates.at(i) == text) return static_cast<KeyState>(i);
  return Error{ErrorCode::Internal, "a key of unknown state " + text};
}

Result<DkimKey> keyOf(const Row& row) {
  auto state = stateOf(row.text(5));
  if (!state) return std::move(state).error();
  return DkimKey{row.text(0),
                 row.text(1),
                 row.text(2),
                 row.integer(3),
                 row.text(4),
                 *state,
                 row.integer(6) != 0,
                 fromSeconds(row.integer(7)),
                 fromSeconds(row.integer(8)),
                 timeAt(row, 9),
                 timeAt(row, 10),
                 row.text(11)};
}

Result<std::vector<DkimKey>> select(Database& database,
                                    const std::string& where,
                                    const Values& values) {
  auto rows =
      database.query("SELECT " + std::string(kColumns) + " FROM dkim_key " +
                         where + " ORDER BY domain, created, selector",
                     values);
  if (!rows) return std::move(rows).error();
  std::vector<DkimKey> keys;
  keys.reserve(rows->size());
  for (const auto& row : *rows) {
    auto key = keyOf(row);
    if (!key) return std::move(key).error();
    keys.push_back(std::move(*key));
  }
  return keys;
}

Error missing(const std::string& domain, const std::string& selector) {
  return {ErrorCode::NotFound, "there is no key " + selector + " of " + domain};
}

}  // namespace

std::string_view textOf(KeyState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

Result<DkimKeys> DkimKeys::open(const std::filesystem::path& stateDatabase) {
  auto database = Database::open(stateDatabase, schema());
  if (!database) return std::move(database).error().within("DKIM keys");
  return DkimKeys(*std::move(database));
}

Result<std::vector<DkimKey>> DkimKeys::list(const std::string& domain) {
  if (domain.empty()) return select(database_, "", {});
  return select(database_, "WHERE domain = ?", {domain});
}

Result<Done> DkimKeys::add(const DkimKey& key) {
  auto added =
      database_.execute("INSERT INTO dkim_key(" + std::string(kColumns) +
                            ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        {key.domain,
                         key.selector,
                         key.algorithm,
                         key.bits,
                         key.record,
                         std::string(textOf(key.state)),
                         std::int64_t{key.forced},
                         toSeconds(key.created),
                         toSeconds(key.since),
                         value(key.checked),
                         value(key.seen),
                         key.problem});
  if (added) return Done{};
  if (added.error().code == ErrorCode::Invalid)
    return Error{
        ErrorCode::Invalid,
        "there is, or was, a key " + key.selector + " of " + key.domain};
  return std::move(added).error();
}

Result<Done> DkimKeys::update(const DkimKey& key) {
  auto updated = database_.execute(
      "UPDATE dkim_key SET state = ?, forced = ?, since = ?, checked = ?, "
      "seen = ?, problem = ? WHERE domain = ? AND selector = ?",
      {std::string(textOf(key.state)),
       std::int64_t{key.forced},
       toSeconds(key.since),
       value(key.checked),
       value(key.seen),
       key.problem,
       key.domain,
       key.selector});
  if (!updated) return std::move(updated).error();
  if (*updated == 0) return missing(key.domain, key.selector);
  return Done{};
}

Result<Done> DkimKeys::remove(const std::string& domain,
                              const std::string& selector) {
  auto removed = database_.execute(
      "DELETE FROM dkim_key WHERE domain = ? AND selector = ?",
      {domain, selector});
  if (!removed) return std::move(removed).error();
  if (*removed == 0) return missing(domain, selector);
  return Done{};
}

Result<std::vector<DkimKey>> activeDkimKeys(
    const std::filesystem::path& stateDatabase) {
  auto database = Database::openToRead(stateDatabase, schema());
  if (!database) {
    if (database.error().code == ErrorCode::NotFound)
      return std::vector<DkimKey>{};
    return std::move(database).error().within("DKIM keys");
  }
  return select(*database, "WHERE state = ?", {std::string("active")});
}

}  // namespace mailreeve::store
