// Mail that users reported as spam or as none, waiting to be learned: a file
// each in one directory. Dovecot and Postfix file it as the owner of all mail,
// mgmtd reads and removes it; neither trusts the other's names and links.
//
// A file begins with one field of ours, X-Mailreeve-Reporter, and then is the
// message as it was reported.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::store {

struct SpamReportLimits {
  static constexpr std::size_t kBytes = std::size_t{4} << 20U;
  static constexpr std::size_t kReports = 10'000;
};

struct SpamReport {
  std::string id;  // Letters, digits, '-' and '.'; in order of arrival.
  bool spam = true;
  std::string reporter;
  TimePoint at;
  std::size_t size = 0;  // Of the message.
};

// Files `message`. Invalid: larger than the limit, empty, or there are too many
// already.
[[nodiscard]] Result<std::string> addSpamReport(
    const std::filesystem::path& directory,
    bool spam,
    std::string_view reporter,
    std::string_view message,
    TimePoint now);

// The oldest first; a directory that is missing holds none. What is no report
// is left out.
[[nodiscard]] Result<std::vector<SpamReport>> listSpamReports(
    const std::filesystem::path& directory);

// The message alone. NotFound: no such report.
[[nodiscard]] Result<std::string> readSpamReport(
    const std::filesystem::path& directory, const std::string& id);

[[nodiscard]] Result<Done> removeSpamReport(
    const std::filesystem::path& directory, const std::string& id);

}  // namespace mailreeve::store
