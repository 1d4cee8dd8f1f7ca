#include "core/store/written_correspondents.h"

#include <chrono>
#include <utility>

#include <sys/stat.h>

namespace mailreeve::store {

namespace {

constexpr std::chrono::milliseconds kBusy{50};

// Until nobody has written to anybody there is no table, and to find that out
// costs as much as to open the file.
constexpr std::chrono::seconds kPause{1};

}  // namespace

WrittenCorrespondents::WrittenCorrespondents(
    std::filesystem::path countersDatabase, const Clock& clock)
    : path_(std::move(countersDatabase)), clock_(clock) {}

bool WrittenCorrespondents::open() {
  struct stat status {};

  if (::stat(path_.c_str(), &status) != 0) return false;
  if (database_ && file_ == status.st_ino) return true;
  database_.reset();
  auto opened = Database::openReadOnly(path_, kBusy);
  if (!opened) return false;
  database_.emplace(*std::move(opened));
  file_ = status.st_ino;
  return true;
}

bool WrittenCorrespondents::knows(const std::string& user,
                                  const std::string& address,
                                  std::int64_t keepDays) {
  const auto today = std::chrono::floor<std::chrono::days>(clock_.now());
  const std::lock_guard lock(mutex_);
  if (Ticks::now() < notBefore_ || !open()) return false;
  auto rows = database_->query(
      "SELECT day FROM correspondents WHERE owner = ? AND address = ?",
      {user, address});
  if (!rows) {
    database_.reset();  // The next time finds a file put right.
    notBefore_ = Ticks::now() + kPause;
  }
  return rows && !rows->empty() &&
         rows->front().integer(0) >=
             today.time_since_epoch().count() - keepDays;
}

}  // namespace mailreeve::store
