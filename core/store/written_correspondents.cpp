#include "core/store/written_correspondents.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "core/store/correspondents.h"

namespace mailreeve::store {

namespace {

constexpr std::chrono::milliseconds kBusy{50};

// Until nobody has written to anybody there is no table, and to find that out
// costs as much as to open the file.
constexpr std::chrono::seconds kPause{1};

// How often it is looked whether there is news, and the part of the time that
// reading may take.
constexpr std::chrono::milliseconds kLook{100};
constexpr int kShare = 20;

// Two pairs with one hash cost a question and nothing else.
std::uint64_t hashOf(const std::string& user, const std::string& address) {
  return std::hash<std::string>{}(user + "\n" + address);
}

}  // namespace

WrittenCorrespondents::WrittenCorrespondents(
    std::filesystem::path countersDatabase, const Clock& clock)
    : path_(std::move(countersDatabase)), clock_(clock) {}

bool WrittenCorrespondents::knows(const std::string& user,
                                  const std::string& address,
                                  std::int64_t keepDays) {
  refresh();
  if (!mayBe(user, address)) return false;
  const std::lock_guard lock(mutex_);
  if (!open()) return false;
  auto rows = database_->query(
      "SELECT day FROM correspondents WHERE owner = ? AND address = ?",
      {user, address});
  if (!rows) fail();
  return rows && !rows->empty() &&
         rows->front().integer(0) >= today() - keepDays;
}

bool WrittenCorrespondents::mayBe(const std::string& user,
                                  const std::string& address) {
  const std::shared_lock lock(knownMutex_);
  return !ready_ || pairs_.contains(hashOf(user, address));
}

void WrittenCorrespondents::refresh() {
  const auto start = Ticks::now();
  if (start.time_since_epoch().count() < due_.load()) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  if (open())
    if (!readNew()) fail();
  {
    const std::unique_lock known(knownMutex_);
    ready_ = true;
  }
  const auto end = Ticks::now();
  const auto due =
      end + std::max<Ticks::duration>(kLook, (end - start) * kShare);
  due_ = due.time_since_epoch().count();
}

bool WrittenCorrespondents::open() {
  if (Ticks::now() < notBefore_) return false;

  struct stat status {};

  if (::stat(path_.c_str(), &status) != 0) {
    forget();
    return false;
  }
  if (database_ && file_ == status.st_ino) return true;
  forget();
  auto opened = Database::openToRead(path_, correspondentsSchema(), kBusy);
  if (!opened) return false;
  database_.emplace(*std::move(opened));
  file_ = status.st_ino;
  return true;
}

// The next time finds a file put right.
void WrittenCorrespondents::fail() {
  forget();
  notBefore_ = Ticks::now() + kPause;
}

void WrittenCorrespondents::forget() {
  database_.reset();
  version_.reset();
  due_ = 0;
  const std::unique_lock lock(knownMutex_);
  pairs_.clear();
}

// Everything, and then only what the days since can have brought: a letter to
// somebody known makes his day today.
Result<Done> WrittenCorrespondents::readNew() {
  const auto version = database_->version();
  if (!version) return version.error();
  if (version_ == *version) return Done{};
  const std::int64_t day = today();
  const std::int64_t since = version_ ? std::min(readOn_, day) - 1 : 0;
  auto rows = database_->query(
      "SELECT owner, address FROM correspondents WHERE day >= ?", {since});
  if (!rows) return std::move(rows).error();
  version_ = *version;
  readOn_ = day;
  const std::unique_lock lock(knownMutex_);
  for (const auto& row : *rows) pairs_.insert(hashOf(row.text(0), row.text(1)));
  return Done{};
}

std::int64_t WrittenCorrespondents::today() const {
  return std::chrono::floor<std::chrono::days>(clock_.now())
      .time_since_epoch()
      .count();
}

}  // namespace mailreeve::store
