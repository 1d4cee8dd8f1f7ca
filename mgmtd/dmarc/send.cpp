#include "mgmtd/dmarc/send.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/gzip.h"
#include "core/base/text.h"
#include "core/base/trace_code.h"
#include "mgmtd/dmarc/receivers.h"
#include "mgmtd/dmarc/report_mail.h"

namespace mailreeve::dmarc {

namespace {

using namespace std::chrono_literals;
using store::DmarcPending;
using store::DmarcReport;

constexpr auto kDnsLimit = 20s;  // Of one domain.

bool isExcluded(const std::vector<std::string>& domains,
                const std::string& domain) {
  return std::any_of(
      domains.begin(), domains.end(), [&](const std::string& pattern) {
        return matchesWildcard(pattern, domain);
      });
}

// The whole days of UTC that the rows are of, but no later than now.
void setPeriod(DmarcReport& report,
               const DmarcPending& pending,
               TimePoint before) {
  report.begin = std::chrono::floor<std::chrono::days>(pending.first);
  const TimePoint day = std::chrono::floor<std::chrono::days>(pending.last);
  report.end = std::min(day + std::chrono::days(1), before) - 1s;
}

class Round {
 public:
  Round(const Sending& with, TimePoint before)
      : with_(with),
        reporter_(reporterOf(with.settings)),
        host_(with.settings.server.hostname),
        before_(before) {}

  Result<Done> handle(const DmarcPending& pending);

  [[nodiscard]] Sent sent() && { return std::move(sent_); }

 private:
  Result<Receivers> receivers(const DmarcPending& pending) const;
  Result<Done> deliver(const DmarcPending& pending, const Receivers& to);
  Result<std::vector<std::string>> post(const DmarcReport& report,
                                        const Receivers& to,
                                        std::vector<std::string>& left) const;

  const Sending& with_;
  Reporter reporter_;
  std::string host_;
  TimePoint before_;
  Sent sent_;
};

Result<Receivers> Round::receivers(const DmarcPending& pending) const {
  const auto& settings = with_.settings.dmarcReports;
  const auto& domain = pending.published.domain;
  if (isExcluded(settings.excludeDomains, domain))
    return Receivers{{}, {domain + " is excluded by the settings"}};
  auto found = findReceivers(domain,
                             with_.resolver,
                             with_.suffixes,
                             std::chrono::steady_clock::now() + kDnsLimit);
  if (!found) return found;
  std::erase_if(found->willing, [&](const Receiver& one) {
    if (!isExcluded(settings.excludeReceivers, one.address)) return false;
    found->left.push_back(one.address + " is excluded by the settings");
    return true;
  });
  return found;
}

// Whom it was put into the outbox for.
Result<std::vector<std::string>> Round::post(
    const DmarcReport& report,
    const Receivers& to,
    std::vector<std::string>& left) const {
  auto rows = with_.reports.rows(report.id);
  if (!rows) return std::move(rows).error();
  auto compressed = gzip(aggregateXml(reporter_, report, *rows));
  if (!compressed) return std::move(compressed).error();
  std::vector<std::string> posted;
  for (const auto& receiver : to.willing) {
    const std::string mail =
        reportMail(reporter_, host_, receiver.address, report, *compressed);
    // RFC 7489 section 6.2: what is larger is not sent.
    if (receiver.limit > 0 &&
        static_cast<std::int64_t>(mail.size()) > receiver.limit) {
      left.push_back(receiver.address + ": takes no more than " +
                     std::to_string(receiver.limit) + " bytes");
      continue;
    }
    store::Notice notice;
    notice.kind = "dmarc";
    notice.recipients = {receiver.address};
    notice.message = mail;
    auto added = with_.outbox.add(notice);
    if (!added) return std::move(added).error();
    posted.push_back(receiver.address);
  }
  return posted;
}

Result<Done> Round::deliver(const DmarcPending& pending, const Receivers& to) {
  DmarcReport report;
  report.reportId = traceCode() + traceCode();
  report.published = pending.published;
  report.made = with_.clock.now();
  report.messages = pending.messages;
  report.state = "made";
  setPeriod(report, pending, before_);
  auto taken = with_.reports.take(pending, report, before_);
  if (!taken) return std::move(taken).error();
  report.id = *taken;
  std::vector<std::string> left = to.left;
  auto posted = post(report, to, left);
  if (!posted) left.push_back(posted.error().what);
  const bool some = posted && !posted->empty();
  if (some)
    ++sent_.reports;
  else
    ++sent_.unwanted;
  return with_.reports.conclude(*taken,
                                some     ? "sent"
                                : posted ? "unwanted"
                                         : "failed",
                                posted ? join(*posted, ", ") : std::string(),
                                join(left, "; "));
}

Result<Done> Round::handle(const DmarcPending& pending) {
  auto to = receivers(pending);
  if (!to) {
    sent_.problems.push_back(to.error().what);
    return Done{};
  }
  return deliver(pending, *to);
}

}  // namespace

Reporter reporterOf(const config::Settings& settings) {
  const auto& reports = settings.dmarcReports;
  Reporter reporter;
  reporter.organisation = reports.organisation.empty()
                              ? settings.server.hostname
                              : reports.organisation;
  reporter.email = reports.from;
  if (reporter.email.empty())
    reporter.email =
        "postmaster@" + (settings.domains.empty() ? settings.server.hostname
                                                  : settings.domains[0].name);
  reporter.contact = reports.contact;
  return reporter;
}

Result<Sent> sendReports(const Sending& sending,
                         const std::string& domain,
                         TimePoint before) {
  auto pending = sending.reports.pending(before);
  if (!pending) return std::move(pending).error();
  Round round(sending, before);
  for (const auto& one : *pending) {
    if (!domain.empty() && !equalsIgnoringCase(one.published.domain, domain))
      continue;
    auto handled = round.handle(one);
    if (!handled) return std::move(handled).error();
  }
  return std::move(round).sent();
}

}  // namespace mailreeve::dmarc
