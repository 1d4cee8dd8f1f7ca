#include "policyd/file_stamp.h"

#include <sys/stat.h>

namespace mailreeve::policyd {

namespace {

std::int64_t nanoseconds(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
         status.st_mtim.tv_nsec;
}

}  // namespace

FileStamp stampOf(const std::filesystem::path& database) {
  FileStamp stamp;

  struct stat status {};

  if (::stat(database.c_str(), &status) == 0)
    stamp.changed = nanoseconds(status);
  if (::stat((database.string() + "-wal").c_str(), &status) == 0) {
    stamp.walChanged = nanoseconds(status);
    stamp.walSize = static_cast<std::uintmax_t>(status.st_size);
  }
  return stamp;
}

}  // namespace mailreeve::policyd
