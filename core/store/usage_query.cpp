// Reading what was counted; counting is usage.cpp's.
#include <utility>

#include "core/store/usage.h"

namespace mailreeve::store {

namespace {

// How long a reader waits for another process's transaction.
constexpr std::chrono::seconds kBusy{5};

// Nothing without a database.
Result<std::optional<Database>> openToRead(
    const std::filesystem::path& countersDatabase) {
  auto database = Database::openToRead(countersDatabase, usageSchema(), kBusy);
  if (database) return std::optional(*std::move(database));
  if (database.error().code == ErrorCode::NotFound)
    return std::optional<Database>();
  return std::move(database).error().within("usage");
}

// Where there is no database, nobody has sent anything.
Result<std::vector<Usage>> usageOf(std::optional<Database>& database,
                                   const std::string& day) {
  std::vector<Usage> usage;
  if (!database) return usage;
  auto rows = database->query(
      "SELECT user, messages, bytes FROM usage WHERE day = ? ORDER BY user",
      {day});
  if (!rows) return std::move(rows).error().within("usage");
  usage.reserve(rows->size());
  for (const auto& row : *rows)
    usage.push_back({row.text(0), day, row.integer(1), row.integer(2)});
  return usage;
}

}  // namespace

Result<UsageReader> UsageReader::open(
    const std::filesystem::path& countersDatabase, const Clock& clock) {
  auto database = openToRead(countersDatabase);
  if (!database) return std::move(database).error();
  return UsageReader(*std::move(database), clock);
}

Result<UsageReader::Content> UsageReader::read() {
  day_ = usageDay(clock_->now());
  if (database_) {
    auto version = database_->version();
    if (!version) return std::move(version).error().within("usage");
    version_ = *version;
  }
  auto rows = usageOf(database_, day_);
  if (!rows) return std::move(rows).error();
  Content users;
  for (auto& row : *rows) {
    std::string user = row.user;
    users.insert_or_assign(std::move(user), std::move(row));
  }
  return users;
}

bool UsageReader::current() {
  if (!database_ || day_ != usageDay(clock_->now())) return false;
  const auto version = database_->version();
  return version && *version == version_;
}

Result<std::vector<Usage>> listUsage(
    const std::filesystem::path& countersDatabase, const std::string& day) {
  auto database = openToRead(countersDatabase);
  if (!database) return std::move(database).error();
  return usageOf(*database, day);
}

}  // namespace mailreeve::store
