#include "tests/unit/faults/broken_database.h"

#include <csignal>
#include <fstream>

#include <doctest/doctest.h>

namespace mailreeve::faults {

const std::vector<std::pair<std::string, DatabaseFault>>& databaseFaults() {
  static const std::vector<std::pair<std::string, DatabaseFault>> kAll = {
      {"well", DatabaseFault::None},
      {"something in its place", DatabaseFault::InTheWay},
      {"no database", DatabaseFault::NoDatabase},
      {"locked", DatabaseFault::Locked},
      {"full", DatabaseFault::Full},
  };
  return kAll;
}

bool underWay(DatabaseFault fault) {
  return fault == DatabaseFault::Locked || fault == DatabaseFault::Full;
}

BrokenDatabase::BrokenDatabase(std::filesystem::path path, DatabaseFault fault)
    : path_(std::move(path)),
      folder_(std::filesystem::is_directory(path_)),
      fault_(fault) {
  if (fault == DatabaseFault::InTheWay) replace(!folder_);
  if (fault == DatabaseFault::NoDatabase && !folder_) replace(false);
  if (fault == DatabaseFault::NoDatabase && folder_)
    std::filesystem::remove_all(path_);
  if (fault == DatabaseFault::Locked) {
    auto opened = store::Database::open(path_, {"other", {}});
    REQUIRE(opened);
    holder_ = *std::move(opened);
    REQUIRE(holder_->execute("BEGIN EXCLUSIVE"));
  }
  if (fault == DatabaseFault::Full) {
    (void)std::signal(SIGXFSZ, SIG_IGN);  // NOLINT(*-err33-c)
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit none{0, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
}

BrokenDatabase::~BrokenDatabase() {
  if (holder_) (void)holder_->execute("ROLLBACK");
  if (fault_ == DatabaseFault::Full) (void)::setrlimit(RLIMIT_FSIZE, &before_);
  if (fault_ == DatabaseFault::None || underWay(fault_)) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  if (folder_) std::filesystem::create_directory(path_, ignored);
}

void BrokenDatabase::replace(bool byFolder) {
  for (const std::string end : {"", "-wal", "-shm"})
    std::filesystem::remove_all(path_.string() + end);
  if (byFolder)
    std::filesystem::create_directory(path_);
  else
    std::ofstream(path_) << std::string(8192, 'x');
}

}  // namespace mailreeve::faults
