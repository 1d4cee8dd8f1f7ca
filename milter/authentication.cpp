#include "milter/authentication.h"

#include <utility>

namespace mailreeve::milter {

namespace {

constexpr int kDmarcShare = 4;  // Of the time for the DNS, one part.

}  // namespace

std::chrono::milliseconds dnsLimitBesideDmarc(
    const config::Settings& settings) {
  const std::chrono::milliseconds all =
      std::chrono::seconds(settings.dns.timeout);
  return settings.authenticationChecks.dmarc.enabled ? all - all / kDmarcShare
                                                     : all;
}

dkim::Settings signatureSettings(const config::AuthenticationChecks& checks) {
  dkim::Settings settings;
  settings.minRsaBits = static_cast<unsigned>(checks.dkim.minRsaBits);
  return settings;
}

const std::string& authservId(const config::Settings& settings) {
  const auto& own = settings.authenticationChecks.authservId;
  return own.empty() ? settings.server.hostname : own;
}

std::vector<results::MethodResult> methodResults(const Authentication& found) {
  std::vector<results::MethodResult> all;
  if (found.spf) all.push_back(results::resultOf(*found.spf));
  // Few publish anything for their hosts.
  if (found.helo && found.helo->outcome != spf::Outcome::None)
    all.push_back(results::resultOf(*found.helo));
  if (found.dkim)
    for (auto& each : results::resultsOf(*found.dkim))
      all.push_back(std::move(each));
  if (found.dmarc) {
    auto result = results::resultOf(*found.dmarc);
    if (result.reason.empty()) result.reason = found.override;
    all.push_back(std::move(result));
  }
  // Most mail was never sealed: that is not worth a line in each.
  if (found.arc && found.arc->outcome != dkim::Outcome::None)
    for (auto& each : results::resultsOf(*found.arc))
      all.push_back(std::move(each));
  return all;
}

}  // namespace mailreeve::milter
