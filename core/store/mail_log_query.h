// Reads and ages what mail_log.h writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/mail_log.h"

namespace mailreeve::store {

// One line of the mail log: a message and one recipient as it was addressed.
struct MailRecord {
  std::int64_t id = 0;
  TimePoint time;
  std::string queueId;
  std::string messageId;
  std::string client;
  std::string login;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::int64_t size = 0;
  std::string status;  // Of DeliveryStatus.
  std::int64_t attempts = 0;
  std::string relay;
  std::string detail;  // Postfix's words about the last attempt.
  std::string traceCode;
};

// What a search takes for a status, for people: the names of DeliveryStatus,
// and what was received from a user of this system.
inline constexpr std::string_view kStatusNames =
    "received, sent, failed, waiting, discarded or within";

// Every criterion that is set must hold. Addresses, subjects and ids: any case,
// `*` for any run.
struct MailLogQuery {
  std::optional<TimePoint> since;
  std::optional<TimePoint> until;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::string messageId;
  std::string queueId;
  std::string status;  // One of kStatusNames.
  std::string text;    // Part of message id, sender, recipient or subject.
  std::int64_t beforeId = 0;  // For the next page; 0: from the newest.
  std::int64_t limit = 100;
};

// The newest first. NotFound when nothing was ever logged, Invalid for a word
// that is no status or type; here and below.
[[nodiscard]] Result<std::vector<MailRecord>> queryMailLog(
    const std::filesystem::path& logsDatabase, const MailLogQuery& query);

struct SecurityRecord {
  std::int64_t id = 0;
  TimePoint time;
  std::string type;
  std::string verdict;
  std::string source;
  std::string sender;
  std::string recipient;  // Of a message with several: joined by ", ".
  std::string subject;
  std::string event;
  std::string program;
  std::string queueId;
  std::string traceCode;
};

struct SecurityQuery {
  std::optional<TimePoint> since;
  std::optional<TimePoint> until;
  std::string type;  // Of SecurityType.
  std::string source;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::string event;
  std::string text;  // Part of source, sender, recipient, subject or event.
  std::int64_t beforeId = 0;
  std::int64_t limit = 100;
};

[[nodiscard]] Result<std::vector<SecurityRecord>> querySecurity(
    const std::filesystem::path& logsDatabase, const SecurityQuery& query);

// Deletes lines, queue files, deliveries and the security log of before
// `moment` in small transactions. Returns how many deliveries and refusals
// went.
[[nodiscard]] Result<std::int64_t> deleteMailLogBefore(
    const std::filesystem::path& logsDatabase, TimePoint moment);

}  // namespace mailreeve::store
