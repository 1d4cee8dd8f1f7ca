#include "core/store/unknown_recipients.h"

#include <utility>

namespace mailreeve::store {

namespace {

// Clients. Beyond, those with a single mistake are forgotten.
constexpr std::size_t kMost = 100'000;

}  // namespace

std::int64_t UnknownRecipients::add(const std::string& client,
                                    const std::string& day) {
  const std::lock_guard lock(mutex_);
  if (day_ != day) {
    day_ = day;
    counts_.clear();
    changed_.clear();
  }
  if (counts_.size() >= kMost && !counts_.contains(client)) {
    std::erase_if(counts_, [](const auto& entry) { return entry.second == 1; });
    if (counts_.size() >= kMost) return 0;
  }
  changed_.insert(client);
  return ++counts_[client];
}

std::int64_t UnknownRecipients::count(const std::string& client,
                                      const std::string& day) const {
  const std::lock_guard lock(mutex_);
  if (day_ != day) return 0;
  const auto found = counts_.find(client);
  return found == counts_.end() ? 0 : found->second;
}

const Schema& UnknownRecipients::schema() const {
  static const Schema only{
      "unknown_recipients",
      {{"CREATE TABLE unknown_recipients (day TEXT NOT NULL, "
        "client TEXT NOT NULL, count BIGINT NOT NULL, "
        "PRIMARY KEY (day, client))"}}};
  return only;
}

Result<Done> UnknownRecipients::load(Database& database) {
  auto rows = database.query(
      "SELECT day, client, count FROM unknown_recipients WHERE day = "
      "(SELECT max(day) FROM unknown_recipients)");
  if (!rows) return std::move(rows).error().within("unknown recipients");
  const std::lock_guard lock(mutex_);
  for (const auto& row : *rows) {
    if (day_.empty()) day_ = row.text(0);
    if (day_ == row.text(0)) counts_[row.text(1)] += row.integer(2);
  }
  return Done{};
}

Result<Done> UnknownRecipients::write(Database& database, TimePoint) {
  std::unordered_map<std::string, std::int64_t> now;
  {
    const std::lock_guard lock(mutex_);
    if (writingDay_ != day_) writing_.clear();
    writingDay_ = day_;
    writing_.merge(changed_);
    changed_.clear();
    for (const auto& client : writing_)
      if (const auto found = counts_.find(client); found != counts_.end())
        now.insert(*found);
  }
  if (now.empty()) return Done{};
  auto done = database.execute("DELETE FROM unknown_recipients WHERE day <> ?",
                               {writingDay_});
  for (const auto& [client, count] : now) {
    if (!done) break;
    done = database.execute(
        "INSERT INTO unknown_recipients (day, client, count) VALUES (?, ?, ?) "
        "ON CONFLICT (day, client) DO UPDATE SET count = excluded.count",
        {writingDay_, client, count});
  }
  if (!done) return std::move(done).error().within("unknown recipients");
  return Done{};
}

void UnknownRecipients::written(bool good) {
  if (good) writing_.clear();
}

Result<std::shared_ptr<UnknownRecipients>> readUnknownRecipients(
    const std::filesystem::path& countersDatabase) {
  auto counts = std::make_shared<UnknownRecipients>();
  auto database = openWritten(countersDatabase, *counts);
  if (!database) return std::move(database).error();
  if (!*database) return counts;
  auto done = counts->load(**database);
  if (!done) return std::move(done).error();
  return counts;
}

}  // namespace mailreeve::store
