// What DMARC aggregate reports will say: one row for each kind of message that
// came in a period, and a list of the reports made of them; in logs.db.
//
// Rows are counted together with the event of each message. A row belongs to
// no report until one is made of it, then to that report for ever: no message
// is reported twice or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

// The record as the domain published it; words as in the record.
struct DmarcPublished {
  std::string domain;  // Where the record is.
  std::string p;
  std::string sp;
  std::string np;
  std::string adkim = "r";
  std::string aspf = "r";
  std::int64_t pct = 100;
  bool testing = false;
  std::string fo = "0";
  bool treeWalk = false;  // Found as RFC 9989 finds it, not as RFC 7489.

  bool operator==(const DmarcPublished&) const = default;
};

struct DmarcSignature {
  std::string domain;
  std::string selector;
  std::string result;
  std::string problem;

  bool operator==(const DmarcSignature&) const = default;
};

// One message, or many of the same kind. Words as the reports spell them.
struct DmarcResult {
  std::string sourceIp;
  std::string headerFrom;
  std::string envelopeFrom;
  std::string envelopeTo;
  std::string disposition;
  bool dkimAligned = false;
  bool spfAligned = false;
  std::string overrideType;
  std::string overrideComment;
  std::vector<DmarcSignature> signatures;
  std::string spfDomain;
  std::string spfScope;
  std::string spfResult;

  bool operator==(const DmarcResult&) const = default;
};

struct DmarcRow {
  DmarcPublished published;
  DmarcResult result;
};

struct DmarcCount {
  DmarcResult result;
  std::int64_t count = 0;
};

// Rows that no report was made of yet.
struct DmarcPending {
  DmarcPublished published;
  TimePoint first;
  TimePoint last;
  std::int64_t messages = 0;
  std::string key;  // For take().
};

struct DmarcReport {
  std::int64_t id = 0;
  std::string reportId;  // As the report has it.
  DmarcPublished published;
  TimePoint begin;
  TimePoint end;
  TimePoint made;
  std::int64_t messages = 0;
  std::string state;  // made, sent, unwanted
  std::string recipients;
  std::string detail;  // Why it was not sent to others.
};

[[nodiscard]] const Schema& dmarcSchema();

// Part of the transaction that stores the message's event. Texts over their
// limits are cut.
[[nodiscard]] Result<Done> addDmarcRow(Database& database,
                                       TimePoint time,
                                       const DmarcRow& row);

// Used by one thread at a time.
class DmarcReports {
 public:
  [[nodiscard]] static Result<DmarcReports> open(
      const std::filesystem::path& logsDatabase);

  // Of days that ended before `before`, UTC.
  [[nodiscard]] Result<std::vector<DmarcPending>> pending(TimePoint before);

  // Makes a report of them. `report` has all but its id.
  [[nodiscard]] Result<std::int64_t> take(const DmarcPending& pending,
                                          const DmarcReport& report,
                                          TimePoint before);

  [[nodiscard]] Result<Done> conclude(std::int64_t id,
                                      const std::string& state,
                                      const std::string& recipients,
                                      const std::string& detail);

  // The newest first; of one domain, or of all when it is empty.
  [[nodiscard]] Result<std::vector<DmarcReport>> list(const std::string& domain,
                                                      std::int64_t limit);

  // NotFound when there is none.
  [[nodiscard]] Result<DmarcReport> find(std::int64_t id);

  // The commonest first; nothing of a report that is too old.
  [[nodiscard]] Result<std::vector<DmarcCount>> rows(std::int64_t id);

  [[nodiscard]] Result<std::int64_t> deleteBefore(TimePoint moment);

 private:
  explicit DmarcReports(Database database) : database_(std::move(database)) {}

  Database database_;
};

}  // namespace mailreeve::store
