#include "mgmtd/logs/log_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"

namespace mailreeve::logs {

namespace {

constexpr std::size_t kPrintBytes = 512;
constexpr std::time_t kQuiet = 2;  // Seconds.
constexpr auto kLongestAside = std::chrono::minutes(1);
constexpr std::size_t kChunk = std::size_t{256} << 10U;

std::string readAt(int fd, std::size_t size, std::int64_t offset) {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(fd, bytes.data(), size, offset);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

// FNV-1a.
std::string printOf(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, hash, 16).ptr;
  return {text, end};
}

// Of an open regular file; -1 for anything else.
std::int64_t sizeOf(int fd) {
  struct stat status {};

  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return -1;
  return status.st_size;
}

bool isCompressed(const std::filesystem::path& path) {
  const auto extension = path.extension().string();
  return extension == ".gz" || extension == ".xz" || extension == ".bz2" ||
         extension == ".zst";
}

}  // namespace

LogFile::LogFile(store::LogPosition from)
    : now_(std::move(from)), committed_(now_) {
  now_.problem.clear();
}

void LogFile::commit() {
  committed_ = now_;
}

void LogFile::rollBack() {
  now_ = committed_;
  fd_.reset();  // It is found again by its print.
  skipping_ = false;
}

bool LogFile::openAt(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.open()) return false;
  if (sizeOf(fd.get()) < 0) {
    errno = EINVAL;
    return false;
  }
  fd_ = std::move(fd);
  return true;
}

bool LogFile::isTheSame(int fd) const {
  if (now_.printBytes == 0) return true;  // Nothing was read of it.
  return sizeOf(fd) >= now_.offset &&
         printOf(readAt(fd, static_cast<std::size_t>(now_.printBytes), 0)) ==
             now_.print;
}

// The file that begins as the one we were reading did, under its new name.
bool LogFile::openRest() {
  const std::filesystem::path own(now_.path);
  const std::string start = own.filename().string();
  std::error_code problem;
  for (const auto& entry :
       std::filesystem::directory_iterator(own.parent_path(), problem)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(start) || name == start || isCompressed(entry.path()))
      continue;
    Fd before = std::move(fd_);
    if (openAt(entry.path()) && isTheSame(fd_.get())) return true;
    fd_ = std::move(before);
  }
  return false;
}

void LogFile::startAnew() {
  now_.offset = 0;
  now_.printBytes = 0;
  now_.print.clear();
  skipping_ = false;
}

Result<Done> LogFile::open() {
  aside_ = false;
  const bool opened = openAt(now_.path);
  const int code = errno;
  if (opened && (now_.printBytes == 0 || isTheSame(fd_.get()))) return Done{};
  if (now_.printBytes > 0 && openRest()) {
    setAside();
    return Done{};
  }
  if (opened) {
    log::warn(now_.path +
              ": what was being read is gone; some lines may be missing");
    startAnew();
    return Done{};
  }
  if (code == ENOENT)
    return Error{ErrorCode::NotFound, now_.path + ": there is no such file"};
  return Error{ErrorCode::Unavailable, now_.path + ": " + errnoText(code)};
}

// At the end of what is open: whether the log goes on in another file.
bool LogFile::isMoved() {
  struct stat named {};

  struct stat held {};

  if (::stat(now_.path.c_str(), &named) != 0 || ::fstat(fd_.get(), &held) != 0)
    return false;
  if (named.st_dev == held.st_dev && named.st_ino == held.st_ino) return false;
  setAside();
  // Who wrote it may do so until told to reopen, but not for ever.
  const auto quiet = std::time(nullptr) - held.st_mtime;
  return quiet >= kQuiet ||
         std::chrono::steady_clock::now() - asideSince_ > kLongestAside;
}

void LogFile::setAside() {
  if (std::exchange(aside_, true)) return;
  asideSince_ = std::chrono::steady_clock::now();
}

void LogFile::takePrint() {
  const auto wanted = std::min<std::int64_t>(now_.offset, kPrintBytes);
  if (now_.printBytes >= wanted) return;
  const auto first = readAt(fd_.get(), static_cast<std::size_t>(wanted), 0);
  now_.printBytes = static_cast<std::int64_t>(first.size());
  now_.print = printOf(first);
}

// What stands behind the offset, as far as it is whole lines.
Result<std::string_view> LogFile::whole() {
  for (;;) {
    buffer_.resize(kChunk);
    const ssize_t got =
        ::pread(fd_.get(), buffer_.data(), buffer_.size(), now_.offset);
    if (got < 0)
      return Error{ErrorCode::Unavailable, now_.path + ": " + errnoText(errno)};
    std::string_view lines(buffer_.data(), static_cast<std::size_t>(got));
    const auto end = lines.rfind('\n');
    if (end == std::string_view::npos) {
      if (lines.size() < kChunk) return std::string_view();  // Half a line.
      skipping_ = true;
      now_.offset += got;
      continue;
    }
    lines = lines.substr(0, end + 1);
    now_.offset += static_cast<std::int64_t>(lines.size());
    if (std::exchange(skipping_, false))
      lines.remove_prefix(lines.find('\n') + 1);
    if (!lines.empty()) return lines;
  }
}

Result<std::string_view> LogFile::next() {
  // Emptied, and perhaps filled again.
  if (fd_.open() && !isTheSame(fd_.get())) fd_.reset();
  if (!fd_.open()) {
    auto opened = open();
    if (!opened) return std::move(opened).error();
  }
  auto lines = whole();
  if (!lines) return lines;
  takePrint();
  // Once all was given, and so stored, another file may be taken up.
  if (!lines->empty() || !isMoved()) return lines;
  fd_.reset();
  if (aside_) startAnew();
  return next();
}

}  // namespace mailreeve::logs
