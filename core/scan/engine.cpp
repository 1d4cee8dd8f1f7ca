#include "core/scan/engine.h"

#include "core/scan/clamd.h"

namespace mailreeve::scan {

namespace {

constexpr std::uint16_t kClamdPort = 3310;
constexpr std::uint16_t kIcapPort = 1344;

// Our clamd.conf has it tell in any case, so that a scan which did not come to
// its end is not taken for clean; what another's tells is meant.
OverLimits overLimits(const config::ClamdSettings& clamd) {
  return clamd.manage && !clamd.blockOverLimits ? OverLimits::Noted
                                                : OverLimits::Found;
}

}  // namespace

Result<net::Endpoint> clamdEndpoint(const config::Antivirus& settings) {
  auto endpoint = net::Endpoint::parse(settings.clamd.socket, kClamdPort);
  if (!endpoint) return std::move(endpoint).error().within("antivirus.clamd");
  return endpoint;
}

Result<IcapService> icapService(const config::Antivirus& settings) {
  const auto& icap = settings.icap;
  auto server = net::Endpoint::parse(icap.server, kIcapPort);
  if (!server) return std::move(server).error().within("antivirus.icap");
  return IcapService{*std::move(server),
                     icap.service,
                     icap.mode == config::IcapMode::Request
                         ? IcapMethod::Request
                         : IcapMethod::Response,
                     icap.preview,
                     icap.selfTest};
}

Result<std::shared_ptr<Scanner>> makeScanner(const config::Antivirus& settings,
                                             Health::Changed changed) {
  const auto scans = static_cast<std::size_t>(settings.maxScans);
  if (settings.engine == config::AntivirusEngine::None)
    return std::shared_ptr<Scanner>();
  std::shared_ptr<Scanner> clamd;
  if (settings.engine == config::AntivirusEngine::Clamav ||
      settings.icap.fallBack) {
    auto endpoint = clamdEndpoint(settings);
    if (!endpoint) return std::move(endpoint).error();
    clamd = std::make_shared<Clamd>(
        *std::move(endpoint), scans, overLimits(settings.clamd));
  }
  if (settings.engine == config::AntivirusEngine::Clamav) return clamd;
  auto service = icapService(settings);
  if (!service) return std::move(service).error();
  std::shared_ptr<Scanner> icap =
      std::make_shared<Icap>(*std::move(service), scans);
  if (!clamd) return icap;
  return std::shared_ptr<Scanner>(std::make_shared<Fallback>(
      std::move(icap), std::move(clamd), std::move(changed)));
}

}  // namespace mailreeve::scan
