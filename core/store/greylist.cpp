#include "core/store/greylist.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

using Kind = GreylistAnswer::Kind;

// That somebody is still in use need not be written more often.
constexpr std::int64_t kTouch = 3600;
constexpr std::int64_t kTidy = 3600;

std::string keyOf(const std::string& origin, const GreylistSender& sender) {
  std::string key;
  key.reserve(origin.size() + sender.sender.size() + sender.recipient.size() +
              2);
  key.append(origin).append("\n").append(sender.sender);
  return key.append("\n").append(sender.recipient);
}

// Bytes that SQLite would end a text at never come this far: policyd refuses
// requests with NUL.
Values valuesOf(const std::string& key) {
  const auto parts = split(key, '\n');
  return {std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
}

}  // namespace

std::string_view name(GreylistAnswer::Kind kind) {
  switch (kind) {
    case Kind::KnownSender:
      return "known sender";
    case Kind::GoodOrigin:
      return "good origin";
    case Kind::Waited:
      return "waited long enough";
    case Kind::First:
      return "first attempt";
    case Kind::Early:
      break;
  }
  return "came too early";
}

struct Greylist::Asked {
  explicit Asked(const GreylistSender& sender) : origins(sender.origins) {
    keys.reserve(origins.size());
    for (const auto& origin : origins) keys.push_back(keyOf(origin, sender));
  }

  const std::vector<std::string>& origins;
  std::vector<std::string> keys;
};

Greylist::Found Greylist::find(const Asked& asked,
                               const GreylistTerms& terms,
                               std::int64_t now) const {
  for (std::size_t i = 0; i < asked.origins.size(); ++i) {
    const auto known = origins_.find(asked.origins[i]);
    if (terms.autoPass > 0 && known != origins_.end() &&
        known->second.passes >= terms.autoPass &&
        known->second.counts(terms, now))
      return {{Kind::GoodOrigin, {}}, i, nullptr};
  }
  Found found;
  for (std::size_t i = 0; i < asked.keys.size(); ++i) {
    const auto had = records_.find(asked.keys[i]);
    if (had == records_.end()) continue;
    const Record& record = had->second;
    if (!record.counts(terms, now)) continue;
    if (record.passed) return {{Kind::KnownSender, {}}, i, &record};
    if (found.record != nullptr && record.first >= found.record->first)
      continue;
    found.origin = i;
    found.record = &record;
  }
  if (found.record == nullptr) {
    found.answer = {Kind::First, terms.delay};
    return found;
  }
  // A clock that was put back makes nobody wait longer than the delay.
  const auto waited = std::chrono::seconds(
      std::max<std::int64_t>(0, now - found.record->first));
  found.answer = waited >= terms.delay
                     ? GreylistAnswer{Kind::Waited, {}}
                     : GreylistAnswer{Kind::Early, terms.delay - waited};
  return found;
}

GreylistAnswer Greylist::look(const GreylistSender& sender,
                              const GreylistTerms& terms,
                              TimePoint now) const {
  const Asked asked(sender);
  const std::shared_lock lock(mutex_);
  return find(asked, terms, toSeconds(now)).answer;
}

GreylistAnswer Greylist::attempt(const GreylistSender& sender,
                                 const GreylistTerms& terms,
                                 TimePoint when) {
  const std::int64_t now = toSeconds(when);
  const Asked asked(sender);
  {
    // Most are known, and were here a moment ago: they wait for nobody.
    const std::shared_lock lock(mutex_);
    const Found found = find(asked, terms, now);
    if (terms_ == terms && isNoted(asked, found, now)) return found.answer;
  }
  const std::lock_guard lock(mutex_);
  terms_ = terms;
  const Found found = find(asked, terms, now);
  if (isNoted(asked, found, now)) return found.answer;
  switch (found.answer.kind) {
    case Kind::First:
      makeRoom(terms.most);
      records_[asked.keys.front()] = {now, now, false};
      changedRecords_.insert(asked.keys.front());
      break;
    case Kind::Early:
      break;
    case Kind::Waited:
      pass(asked, found, now);
      break;
    case Kind::KnownSender:
    case Kind::GoodOrigin:
      use(asked, found, now);
      break;
  }
  return found.answer;
}

// Whether what is noted says it all.
bool Greylist::isNoted(const Asked& asked,
                       const Found& found,
                       std::int64_t now) const {
  switch (found.answer.kind) {
    case Kind::First:
    case Kind::Waited:
      return false;
    case Kind::Early:
      return true;  // The first attempt stays the first.
    case Kind::KnownSender:
      return now - found.record->last < kTouch;
    case Kind::GoodOrigin:
      break;
  }
  return now - origins_.at(asked.origins[found.origin]).last < kTouch;
}

// Who was first seen under a lesser origin is known under the best from now
// on.
void Greylist::pass(const Asked& asked, const Found& found, std::int64_t now) {
  const std::int64_t first = found.record->first;
  for (const auto& key : {asked.keys[found.origin], asked.keys.front()}) {
    records_[key] = {first, now, true};
    changedRecords_.insert(key);
  }
  const std::string& best = asked.origins.front();
  // Of the origins beyond the limit none becomes a good one.
  if (origins_.size() >= terms_.most && !origins_.contains(best)) return;
  Origin& whence = origins_[best];
  ++whence.passes;
  whence.last = now;
  changedOrigins_.insert(best);
}

void Greylist::use(const Asked& asked, const Found& found, std::int64_t now) {
  if (found.record != nullptr) {
    records_[asked.keys[found.origin]].last = now;
    changedRecords_.insert(asked.keys[found.origin]);
    return;
  }
  origins_[asked.origins[found.origin]].last = now;
  changedOrigins_.insert(asked.origins[found.origin]);
}

// A tenth at a time. Who has not passed goes first, the oldest before the
// others: a flood of first attempts cannot push out who is known.
void Greylist::makeRoom(std::size_t most) {
  if (records_.size() < most) return;

  struct Candidate {
    bool passed;
    std::int64_t last;
    const std::string* key;
  };

  std::vector<Candidate> all;
  all.reserve(records_.size());
  for (const auto& [key, record] : records_)
    all.push_back({record.passed, record.last, &key});
  const std::size_t gone = std::min(all.size(), most / 10 + 1);
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(gone);
  std::nth_element(all.begin(),
                   end - 1,
                   all.end(),
                   [](const Candidate& a, const Candidate& b) {
                     return std::pair(a.passed, a.last) <
                            std::pair(b.passed, b.last);
                   });
  for (auto each = all.begin(); each != end; ++each) {
    const std::string key = *each->key;
    changedRecords_.insert(key);
    records_.erase(key);
  }
}

std::size_t Greylist::size() const {
  const std::shared_lock lock(mutex_);
  return records_.size();
}

const Schema& Greylist::schema() const {
  static const Schema only{
      "greylist",
      {{"CREATE TABLE greylist (origin TEXT NOT NULL, sender TEXT NOT NULL, "
        "recipient TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, "
        "passed INTEGER NOT NULL, PRIMARY KEY (origin, sender, recipient))",
        "CREATE TABLE greylist_origin (origin TEXT PRIMARY KEY, "
        "passes BIGINT NOT NULL, last BIGINT NOT NULL)"}}};
  return only;
}

Result<Done> Greylist::load(Database& database) {
  auto rows = database.query(
      "SELECT origin, sender, recipient, first, last, passed FROM greylist");
  if (!rows) return std::move(rows).error().within("greylist");
  auto origins =
      database.query("SELECT origin, passes, last FROM greylist_origin");
  if (!origins) return std::move(origins).error().within("greylist");
  const std::lock_guard lock(mutex_);
  for (const auto& row : *rows)
    recall(keyOf(row.text(0), {{}, row.text(1), row.text(2)}),
           {row.integer(3), row.integer(4), row.integer(5) != 0});
  for (const auto& row : *origins) {
    Origin& origin = origins_[row.text(0)];
    origin.passes += row.integer(1);
    origin.last = std::max(origin.last, row.integer(2));
  }
  return Done{};
}

// Who came while the database could not be read is one of those who came
// before, unless they are forgotten by now.
void Greylist::recall(const std::string& key, const Record& had) {
  const auto [found, fresh] = records_.try_emplace(key, had);
  if (fresh) return;
  Record& record = found->second;
  if (!had.counts(terms_, record.first)) return;
  record.first = std::min(record.first, had.first);
  record.passed = record.passed || had.passed;
}

void Greylist::forgetStale(std::int64_t now) {
  if (now < nextTidy_) return;
  nextTidy_ = now + kTidy;
  std::erase_if(records_, [&](const auto& entry) {
    if (entry.second.counts(terms_, now)) return false;
    changedRecords_.insert(entry.first);
    return true;
  });
  std::erase_if(origins_, [&](const auto& entry) {
    if (entry.second.counts(terms_, now)) return false;
    changedOrigins_.insert(entry.first);
    return true;
  });
}

Result<Done> Greylist::write(Database& database, TimePoint now) {
  {
    const std::lock_guard lock(mutex_);
    forgetStale(toSeconds(now));
    writingRecords_.merge(changedRecords_);
    writingOrigins_.merge(changedOrigins_);
    changedRecords_.clear();
    changedOrigins_.clear();
  }
  auto done = writeRecords(database);
  if (!done) return std::move(done).error().within("greylist");
  done = writeOrigins(database);
  if (!done) return std::move(done).error().within("greylist");
  return Done{};
}

// What failed is in writing*_ still, and goes with the next.
void Greylist::written(bool good) {
  if (!good) return;
  writingRecords_.clear();
  writingOrigins_.clear();
}

Result<std::shared_ptr<Greylist>> readGreylist(
    const std::filesystem::path& countersDatabase) {
  auto list = std::make_shared<Greylist>();
  auto database = openWritten(countersDatabase, *list);
  if (!database) return std::move(database).error();
  if (!*database) return list;
  auto done = list->load(**database);
  if (!done) return std::move(done).error();
  return list;
}

Result<Done> Greylist::writeRecords(Database& database) {
  for (const auto& key : writingRecords_) {
    Values values = valuesOf(key);
    std::optional<Record> record;
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = records_.find(key); found != records_.end())
        record = found->second;
    }
    Result<std::int64_t> done = std::int64_t{0};
    if (record) {
      values.insert(values.end(),
                    {Value(record->first),
                     Value(record->last),
                     Value(std::int64_t{record->passed ? 1 : 0})});
      done = database.execute(
          "INSERT INTO greylist (origin, sender, recipient, first, last, "
          "passed) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (origin, sender, recipient) DO UPDATE SET "
          "first = excluded.first, last = excluded.last, "
          "passed = excluded.passed",
          values);
    } else {
      done = database.execute(
          "DELETE FROM greylist WHERE origin = ? AND sender = ? AND "
          "recipient = ?",
          values);
    }
    if (!done) return std::move(done).error();
  }
  return Done{};
}

Result<Done> Greylist::writeOrigins(Database& database) {
  for (const auto& name : writingOrigins_) {
    std::optional<Origin> origin;
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = origins_.find(name); found != origins_.end())
        origin = found->second;
    }
    auto done =
        origin ? database.execute(
                     "INSERT INTO greylist_origin (origin, passes, last) "
                     "VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
                     "passes = excluded.passes, last = excluded.last",
                     {name, origin->passes, origin->last})
               : database.execute(
                     "DELETE FROM greylist_origin WHERE origin = ?", {name});
    if (!done) return std::move(done).error();
  }
  return Done{};
}

}  // namespace mailreeve::store
