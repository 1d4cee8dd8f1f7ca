#include "core/store/list_hits.h"

#include <algorithm>
#include <set>

#include "core/base/unix_time.h"

namespace mailreeve::store {

void ListHits::count(std::string_view list,
                     const std::string& name,
                     TimePoint now) {
  const std::lock_guard lock(mutex_);
  Count& count = counted_[{std::string(list), name}];
  ++count.hits;
  count.last = toSeconds(now);
}

void ListHits::keep(std::vector<std::pair<std::string, std::string>> entries,
                    TimePoint now) {
  const std::lock_guard lock(mutex_);
  entries_ = std::move(entries);
  since_ = toSeconds(now);
  entriesChanged_ = true;
}

const Schema& ListHits::schema() const {
  static const Schema only{
      "list_hits",
      {{"CREATE TABLE list_hits (list TEXT NOT NULL, name TEXT NOT NULL, "
        "hits BIGINT NOT NULL, since BIGINT NOT NULL, last BIGINT NOT NULL, "
        "PRIMARY KEY (list, name))"}}};
  return only;
}

Result<Done> ListHits::writeEntries(Database& database) {
  auto had = database.query("SELECT list, name FROM list_hits");
  if (!had) return std::move(had).error();
  std::set<Key> rows;
  for (const auto& row : *had) rows.emplace(row.text(0), row.text(1));
  for (const auto& [list, name] : writingEntries_) {
    if (rows.erase({list, name}) != 0) continue;
    auto added = database.execute(
        "INSERT INTO list_hits (list, name, hits, since, last) "
        "VALUES (?, ?, 0, ?, 0) ON CONFLICT (list, name) DO NOTHING",
        {list, name, writingSince_});
    if (!added) return std::move(added).error();
  }
  for (const auto& [list, name] : rows) {
    auto gone = database.execute(
        "DELETE FROM list_hits WHERE list = ? AND name = ?", {list, name});
    if (!gone) return std::move(gone).error();
  }
  return Done{};
}

Result<Done> ListHits::write(Database& database, TimePoint now) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, count] : counted_) {
      Count& sum = writing_[key];
      sum.hits += count.hits;
      sum.last = std::max(sum.last, count.last);
    }
    counted_.clear();
    if (std::exchange(entriesChanged_, false)) {
      writingEntries_ = std::exchange(entries_, {});
      writingSince_ = since_;
      writesEntries_ = true;
    }
  }
  if (writesEntries_)
    if (auto done = writeEntries(database); !done) return done;
  for (const auto& [key, count] : writing_) {
    auto done = database.execute(
        "INSERT INTO list_hits (list, name, hits, since, last) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (list, name) DO UPDATE SET "
        "hits = list_hits.hits + excluded.hits, "
        "last = CASE WHEN excluded.last > list_hits.last THEN excluded.last "
        "ELSE list_hits.last END",
        {key.first, key.second, count.hits, toSeconds(now), count.last});
    if (!done) return std::move(done).error().within("list hits");
  }
  return Done{};
}

void ListHits::written(bool good) {
  if (!good) return;
  writing_.clear();
  writesEntries_ = false;
  writingEntries_.clear();
}

Result<std::vector<ListHit>> readListHits(
    const std::filesystem::path& countersDatabase) {
  std::vector<ListHit> hits;
  auto database = openWritten(countersDatabase, ListHits());
  if (!database) return std::move(database).error().within("list hits");
  if (!*database) return hits;
  auto rows =
      (*database)->query("SELECT list, name, hits, since, last FROM list_hits");
  if (!rows) return std::move(rows).error().within("list hits");
  for (const auto& row : *rows)
    hits.push_back({row.text(0),
                    row.text(1),
                    row.integer(2),
                    fromSeconds(row.integer(3)),
                    fromSeconds(row.integer(4))});
  return hits;
}

}  // namespace mailreeve::store
