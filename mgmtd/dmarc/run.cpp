#include "mgmtd/dmarc/run.h"

#include <filesystem>

#include "core/base/text.h"
#include "core/directory/policy.h"
#include "core/dns/unbound_resolver.h"

namespace mailreeve::dmarc {

Result<Sent> sendDue(const Paths& paths,
                     const Clock& clock,
                     const std::string& domain,
                     TimePoint before) {
  if (!std::filesystem::exists(paths.currentYaml()))
    return Error{ErrorCode::NotFound, "no settings are in force yet"};
  auto policy = directory::loadPolicy(paths.currentYaml());
  if (!policy) return std::move(policy).error();
  auto reports = store::DmarcReports::open(paths.logsDatabase());
  if (!reports) return std::move(reports).error();
  auto resolver = dns::UnboundResolver::create(
      {.forwarders = (*policy)->settings().dns.forwarders,
       .recursive = (*policy)->settings().dns.recursive});
  if (!resolver) return std::move(resolver).error();
  store::Outbox outbox(paths.outboxDatabase(), clock);
  const auto suffixes = PublicSuffixList::newest();
  return sendReports(
      {(*policy)->settings(), *reports, outbox, **resolver, suffixes, clock},
      domain,
      before);
}

Result<std::string> reportDays(const Paths& paths, const Clock& clock) {
  if (!std::filesystem::exists(paths.currentYaml()))
    return std::string("no settings are in force yet");
  auto policy = directory::loadPolicy(paths.currentYaml());
  if (!policy) return std::move(policy).error();
  const auto& settings = (*policy)->settings();
  auto reports = store::DmarcReports::open(paths.logsDatabase());
  if (!reports) return std::move(reports).error();
  auto forgotten = reports->deleteBefore(
      clock.now() - std::chrono::days(settings.logging.keepEventsDays));
  if (!forgotten) return std::move(forgotten).error();
  if (!settings.dmarcReports.enabled)
    return std::string("dmarc_reports.enabled is false");
  auto sent = sendDue(
      paths, clock, "", std::chrono::floor<std::chrono::days>(clock.now()));
  if (!sent) return std::move(sent).error();
  std::string said = std::to_string(sent->reports) + " reports, " +
                     std::to_string(sent->unwanted) + " unwanted";
  if (sent->problems.empty()) return said;
  return Error{ErrorCode::Unavailable,
               said + "; later: " + join(sent->problems, "; ")};
}

}  // namespace mailreeve::dmarc
