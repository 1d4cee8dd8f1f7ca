// A name is MICROSECONDS-RANDOM.spam or .ham: 16 digits, so that names sort as
// the reports came. One that is still written has a dot in front.
#include "core/store/spam_reports.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace mailreeve::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kField = "X-Mailreeve-Reporter: ";
constexpr std::size_t kDigits = 16;
constexpr std::size_t kMostReporter = 320;

bool isId(std::string_view text) {
  const auto dash = text.find('-');
  const auto dot = text.rfind('.');
  if (dash != kDigits || dot == std::string_view::npos || dot < dash ||
      text.size() > 60)
    return false;
  const auto kind = text.substr(dot + 1);
  return parseNumber(text.substr(0, dash)) &&
         (kind == "spam" || kind == "ham") &&
         std::all_of(text.begin() + kDigits + 1, text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
         });
}

std::string newId(bool spam, TimePoint now) {
  std::string digits =
      std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(
                         now.time_since_epoch())
                         .count());
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  std::random_device random;
  return digits + "-" + std::to_string(random()) + (spam ? ".spam" : ".ham");
}

// Follows no link: the directory has two owners.
Result<std::string> readOwn(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.open())
    return Error{errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
                 path.filename().string() + ": " + errnoText(errno)};

  struct stat found {};

  if (::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode))
    return Error{ErrorCode::NotFound, path.filename().string() + ": no report"};
  std::string bytes;
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return Error{ErrorCode::Unavailable,
                   path.filename().string() + ": " + errnoText(errno)};
    if (n == 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(n));
    if (bytes.size() > 2 * SpamReportLimits::kBytes)
      return Error{ErrorCode::Invalid,
                   path.filename().string() + ": too large"};
  }
}

std::size_t headLength(std::string_view bytes) {
  if (!bytes.starts_with(kField)) return 0;
  const auto end = bytes.find('\n');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::string reporterOf(std::string_view bytes) {
  const auto length = headLength(bytes);
  if (length == 0) return "";
  return printable(trim(bytes.substr(kField.size(), length - kField.size()))
                       .substr(0, kMostReporter));
}

Result<std::vector<std::string>> idsIn(const fs::path& directory) {
  std::vector<std::string> ids;
  std::error_code problem;
  for (fs::directory_iterator entry(directory, problem), end;
       !problem && entry != end;
       entry.increment(problem)) {
    std::string name = entry->path().filename();
    if (isId(name)) ids.push_back(std::move(name));
  }
  if (problem && problem != std::errc::no_such_file_or_directory)
    return Error{ErrorCode::Unavailable,
                 directory.string() + ": " + problem.message()};
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

Result<std::string> addSpamReport(const fs::path& directory,
                                  bool spam,
                                  std::string_view reporter,
                                  std::string_view message,
                                  TimePoint now) {
  if (message.empty())
    return Error{ErrorCode::Invalid, "there is no message in this report"};
  if (message.size() > SpamReportLimits::kBytes)
    return Error{
        ErrorCode::Invalid,
        "the message is larger than " + formatSize(SpamReportLimits::kBytes)};
  const auto ids = idsIn(directory);
  if (!ids) return ids.error();
  if (ids->size() >= SpamReportLimits::kReports)
    return Error{ErrorCode::Invalid, "too many reports wait to be learned"};
  const std::string id = newId(spam, now);
  const std::string bytes = std::string(kField) +
                            printable(reporter.substr(0, kMostReporter)) +
                            "\r\n" + std::string(message);
  const fs::path hidden = directory / ("." + id);
  auto written = writeNewFile(hidden, bytes, 0660);
  if (!written) return std::move(written).error();
  std::error_code problem;
  fs::rename(hidden, directory / id, problem);
  if (problem)
    return Error{ErrorCode::Unavailable, id + ": " + problem.message()};
  return id;
}

Result<std::vector<SpamReport>> listSpamReports(const fs::path& directory) {
  const auto ids = idsIn(directory);
  if (!ids) return ids.error();
  std::vector<SpamReport> reports;
  for (const auto& id : *ids) {
    const auto bytes = readOwn(directory / id);
    if (!bytes) continue;  // Learned or deleted in the meantime.
    const auto micros = parseNumber(id.substr(0, kDigits)).value_or(0);
    reports.push_back({id,
                       id.ends_with(".spam"),
                       reporterOf(*bytes),
                       TimePoint(std::chrono::microseconds(micros)),
                       bytes->size() - headLength(*bytes)});
  }
  return reports;
}

Result<std::string> readSpamReport(const fs::path& directory,
                                   const std::string& id) {
  if (!isId(id))
    return Error{ErrorCode::NotFound, printable(id) + ": no such report"};
  auto bytes = readOwn(directory / id);
  if (!bytes) return bytes;
  return bytes->substr(headLength(*bytes));
}

Result<Done> removeSpamReport(const fs::path& directory,
                              const std::string& id) {
  std::error_code problem;
  if (!isId(id) || !fs::remove(directory / id, problem))
    return Error{problem ? ErrorCode::Unavailable : ErrorCode::NotFound,
                 printable(id) + ": " +
                     (problem ? problem.message() : "no such report")};
  return Done{};
}

}  // namespace mailreeve::store
