// DMARC aggregate reports: which were sent, what they say, and now.
#include "core/base/time_text.h"
#include "core/store/dmarc_rows.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/applied.h"
#include "mgmtd/api/fields.h"
#include "mgmtd/api/page.h"
#include "mgmtd/dmarc/aggregate_xml.h"
#include "mgmtd/dmarc/run.h"

namespace mailreeve::api {

namespace {

json toJson(const store::DmarcReport& report) {
  return {{"id", report.id},
          {"report_id", report.reportId},
          {"domain", report.published.domain},
          {"begin", utcText(report.begin)},
          {"end", utcText(report.end)},
          {"made", utcText(report.made)},
          {"messages", report.messages},
          {"state", report.state},
          {"recipients", report.recipients},
          {"detail", report.detail}};
}

Result<json> list(const json& request, const Paths& paths) {
  Fields fields(request);
  const std::string domain = fields.text("domain", "");
  const std::int64_t limit = fields.number("limit", 100, 1, 1000);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto reports = store::DmarcReports::open(paths.logsDatabase());
  if (!reports) return std::move(reports).error();
  auto found = reports->list(domain, limit);
  if (!found) return std::move(found).error();
  json out = json::array();
  for (const auto& report : *found) out.push_back(toJson(report));
  return json{{"reports", std::move(out)}};
}

Result<json> show(const json& request,
                  const Paths& paths,
                  const std::shared_ptr<Applied>& applied) {
  Fields fields(request);
  const std::int64_t id = fields.number("id", 0, 1, INT64_MAX);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto policy = applied->policy();
  if (!policy) return std::move(policy).error();
  auto reports = store::DmarcReports::open(paths.logsDatabase());
  if (!reports) return std::move(reports).error();
  auto report = reports->find(id);
  if (!report) return std::move(report).error();
  auto rows = reports->rows(id);
  if (!rows) return std::move(rows).error();
  std::string xml = dmarc::aggregateXml(
      dmarc::reporterOf((*policy)->settings()), *report, *rows);
  if (xml.size() > kMostBytes)
    return Error{ErrorCode::Invalid, "the report is too large to be shown"};
  json out = toJson(*report);
  out["xml"] = std::move(xml);
  return out;
}

Result<json> send(const json& request, const Surroundings& around) {
  Fields fields(request);
  const std::string domain = fields.text("domain", "");
  const bool today = fields.flag("today", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  const TimePoint now = around.clock.now();
  auto sent = dmarc::sendDue(
      around.paths,
      around.clock,
      domain,
      today ? now : TimePoint(std::chrono::floor<std::chrono::days>(now)));
  if (!sent) return std::move(sent).error();
  return json{{"reports", sent->reports},
              {"unwanted", sent->unwanted},
              {"problems", sent->problems}};
}

}  // namespace

void addDmarc(Verbs& verbs,
              const Surroundings& around,
              const std::shared_ptr<Applied>& applied) {
  const Paths paths = around.paths;
  verbs["dmarc_reports"] = [paths](const json& request, const std::string&) {
    return list(request, paths);
  };
  verbs["dmarc_report"] = [paths, applied](const json& request,
                                           const std::string&) {
    return show(request, paths, applied);
  };
  verbs["dmarc_send"] = [around](const json& request, const std::string&) {
    return send(request, around);
  };
}

}  // namespace mailreeve::api
