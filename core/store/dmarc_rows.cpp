#include "core/store/dmarc_rows.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/event_tables.h"

namespace mailreeve::store {

namespace {

using nlohmann::json;

constexpr std::size_t kText = 300;
constexpr std::size_t kSignatures = 20;
constexpr std::int64_t kDay = 24 * 60 * 60 * std::int64_t{1000};
constexpr std::int64_t kMostRows = 10'000;  // Of one report.

std::string cut(const std::string& text) {
  return printable(text.substr(0, kText));
}

// Keys in a fixed order, so that equal rows are equal texts.
std::string textOf(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json toJson(const DmarcPublished& of) {
  return {{"domain", cut(of.domain)},
          {"p", cut(of.p)},
          {"sp", cut(of.sp)},
          {"np", cut(of.np)},
          {"adkim", cut(of.adkim)},
          {"aspf", cut(of.aspf)},
          {"pct", of.pct},
          {"testing", of.testing},
          {"fo", cut(of.fo)},
          {"tree_walk", of.treeWalk}};
}

json toJson(const DmarcResult& of) {
  json signatures = json::array();
  for (const auto& one : of.signatures) {
    if (signatures.size() == kSignatures) break;
    signatures.push_back({cut(one.domain),
                          cut(one.selector),
                          cut(one.result),
                          cut(one.problem)});
  }
  return {{"ip", cut(of.sourceIp)},
          {"from", cut(of.headerFrom)},
          {"mail_from", cut(of.envelopeFrom)},
          {"to", cut(of.envelopeTo)},
          {"disposition", cut(of.disposition)},
          {"dkim", of.dkimAligned},
          {"spf", of.spfAligned},
          {"why", cut(of.overrideType)},
          {"comment", cut(of.overrideComment)},
          {"signatures", std::move(signatures)},
          {"spf_domain", cut(of.spfDomain)},
          {"spf_scope", cut(of.spfScope)},
          {"spf_result", cut(of.spfResult)}};
}

std::string get(const json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string();
}

bool flag(const json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_boolean() && found->get<bool>();
}

DmarcPublished publishedOf(const std::string& text) {
  const json from = json::parse(text, nullptr, false);
  DmarcPublished out;
  if (!from.is_object()) return out;
  out.domain = get(from, "domain");
  out.p = get(from, "p");
  out.sp = get(from, "sp");
  out.np = get(from, "np");
  out.adkim = get(from, "adkim");
  out.aspf = get(from, "aspf");
  out.fo = get(from, "fo");
  out.testing = flag(from, "testing");
  out.treeWalk = flag(from, "tree_walk");
  const auto pct = from.find("pct");
  if (pct != from.end() && pct->is_number_integer())
    out.pct = pct->get<std::int64_t>();
  return out;
}

DmarcResult resultOf(const std::string& text) {
  const json from = json::parse(text, nullptr, false);
  DmarcResult out;
  if (!from.is_object()) return out;
  out.sourceIp = get(from, "ip");
  out.headerFrom = get(from, "from");
  out.envelopeFrom = get(from, "mail_from");
  out.envelopeTo = get(from, "to");
  out.disposition = get(from, "disposition");
  out.dkimAligned = flag(from, "dkim");
  out.spfAligned = flag(from, "spf");
  out.overrideType = get(from, "why");
  out.overrideComment = get(from, "comment");
  out.spfDomain = get(from, "spf_domain");
  out.spfScope = get(from, "spf_scope");
  out.spfResult = get(from, "spf_result");
  for (const auto& one : from.value("signatures", json::array()))
    if (one.is_array() && one.size() == 4 && one[0].is_string() &&
        one[1].is_string() && one[2].is_string() && one[3].is_string())
      out.signatures.push_back({one[0], one[1], one[2], one[3]});
  return out;
}

DmarcReport reportOf(const Row& row) {
  DmarcReport report;
  report.id = row.integer(0);
  report.reportId = row.text(1);
  report.published = publishedOf(row.text(2));
  report.begin = fromMilliseconds(row.integer(3));
  report.end = fromMilliseconds(row.integer(4));
  report.made = fromMilliseconds(row.integer(5));
  report.messages = row.integer(6);
  report.state = row.text(7);
  report.recipients = row.text(8);
  report.detail = row.text(9);
  return report;
}

constexpr const char* kReport =
    "SELECT id, report_id, published, begins, ends, made, messages, state, "
    "recipients, detail FROM dmarc_report ";

}  // namespace

const Schema& dmarcSchema() {
  // `report` 0: of none yet.
  static const Schema schema{
      "dmarc",
      {{
          "CREATE TABLE dmarc_row(report BIGINT NOT NULL, day BIGINT NOT NULL, "
          "domain TEXT NOT NULL, published TEXT NOT NULL, "
          "result TEXT NOT NULL, messages BIGINT NOT NULL, "
          "first BIGINT NOT NULL, last BIGINT NOT NULL, "
          "PRIMARY KEY(report, day, published, result))",
          "CREATE TABLE dmarc_report(id INTEGER PRIMARY KEY AUTOINCREMENT, "
          "report_id TEXT NOT NULL, domain TEXT NOT NULL, "
          "published TEXT NOT NULL, begins BIGINT NOT NULL, "
          "ends BIGINT NOT NULL, made BIGINT NOT NULL, "
          "messages BIGINT NOT NULL, state TEXT NOT NULL, "
          "recipients TEXT NOT NULL, detail TEXT NOT NULL)",
          "CREATE INDEX dmarc_report_domain ON dmarc_report(domain)",
      }}};
  return schema;
}

Result<Done> addDmarcRow(Database& database,
                         TimePoint time,
                         const DmarcRow& row) {
  const std::int64_t now = toMilliseconds(time);
  auto counted = database.execute(
      "INSERT INTO dmarc_row(report, day, domain, published, result, messages, "
      "first, last) VALUES(0, ?, ?, ?, ?, 1, ?, ?) "
      "ON CONFLICT(report, day, published, result) DO UPDATE SET "
      "messages = dmarc_row.messages + 1, last = excluded.last",
      {now - now % kDay,
       cut(row.published.domain),
       textOf(toJson(row.published)),
       textOf(toJson(row.result)),
       now,
       now});
  if (!counted) return std::move(counted).error();
  return Done{};
}

Result<DmarcReports> DmarcReports::open(
    const std::filesystem::path& logsDatabase) {
  auto database = openEvents(logsDatabase);
  if (!database) return std::move(database).error();
  return DmarcReports(std::move(*database));
}

Result<std::vector<DmarcPending>> DmarcReports::pending(TimePoint before) {
  auto rows = database_.query(
      "SELECT published, MIN(first), MAX(last), SUM(messages) FROM dmarc_row "
      "WHERE report = 0 AND last < ? GROUP BY published ORDER BY published",
      {toMilliseconds(before)});
  if (!rows) return std::move(rows).error();
  std::vector<DmarcPending> out;
  for (const auto& row : *rows)
    out.push_back({publishedOf(row.text(0)),
                   fromMilliseconds(row.integer(1)),
                   fromMilliseconds(row.integer(2)),
                   row.integer(3),
                   row.text(0)});
  return out;
}

Result<std::int64_t> DmarcReports::take(const DmarcPending& pending,
                                        const DmarcReport& report,
                                        TimePoint before) {
  std::int64_t id = 0;
  auto taken = database_.transaction([&]() -> Result<Done> {
    auto made = database_.query(
        "INSERT INTO dmarc_report(report_id, domain, published, begins, ends, "
        "made, messages, state, recipients, detail) "
        "VALUES(?,?,?,?,?,?,?,?,?,?) RETURNING id",
        {report.reportId,
         pending.published.domain,
         pending.key,
         toMilliseconds(report.begin),
         toMilliseconds(report.end),
         toMilliseconds(report.made),
         pending.messages,
         report.state,
         report.recipients,
         report.detail});
    if (!made) return std::move(made).error();
    id = made->front().integer(0);
    auto moved = database_.execute(
        "UPDATE dmarc_row SET report = ? "
        "WHERE report = 0 AND published = ? AND last < ?",
        {id, pending.key, toMilliseconds(before)});
    if (!moved) return std::move(moved).error();
    return Done{};
  });
  if (!taken) return std::move(taken).error();
  return id;
}

Result<Done> DmarcReports::conclude(std::int64_t id,
                                    const std::string& state,
                                    const std::string& recipients,
                                    const std::string& detail) {
  auto noted = database_.execute(
      "UPDATE dmarc_report SET state = ?, recipients = ?, detail = ? "
      "WHERE id = ?",
      {state, recipients, printable(detail), id});
  if (!noted) return std::move(noted).error();
  return Done{};
}

Result<std::vector<DmarcReport>> DmarcReports::list(const std::string& domain,
                                                    std::int64_t limit) {
  auto rows =
      domain.empty()
          ? database_.query(std::string(kReport) + "ORDER BY id DESC LIMIT ?",
                            {limit})
          : database_.query(std::string(kReport) +
                                "WHERE domain = ? "
                                "ORDER BY id DESC LIMIT ?",
                            {lower(domain), limit});
  if (!rows) return std::move(rows).error();
  std::vector<DmarcReport> reports;
  for (const auto& row : *rows) reports.push_back(reportOf(row));
  return reports;
}

Result<DmarcReport> DmarcReports::find(std::int64_t id) {
  auto rows = database_.query(std::string(kReport) + "WHERE id = ?", {id});
  if (!rows) return std::move(rows).error();
  if (rows->empty())
    return Error{ErrorCode::NotFound,
                 "there is no DMARC report " + std::to_string(id)};
  return reportOf(rows->front());
}

Result<std::vector<DmarcCount>> DmarcReports::rows(std::int64_t id) {
  auto rows = database_.query(
      "SELECT result, SUM(messages) FROM dmarc_row WHERE report = ? "
      "GROUP BY result ORDER BY SUM(messages) DESC, result LIMIT ?",
      {id, kMostRows});
  if (!rows) return std::move(rows).error();
  std::vector<DmarcCount> counts;
  for (const auto& row : *rows)
    counts.push_back({resultOf(row.text(0)), row.integer(1)});
  return counts;
}

Result<std::int64_t> DmarcReports::deleteBefore(TimePoint moment) {
  auto rows = database_.execute("DELETE FROM dmarc_row WHERE last < ?",
                                {toMilliseconds(moment)});
  if (!rows) return rows;
  return database_.execute("DELETE FROM dmarc_report WHERE made < ?",
                           {toMilliseconds(moment)});
}

}  // namespace mailreeve::store
