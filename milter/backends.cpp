#include "milter/backends.h"

#include <utility>

#include "core/base/log.h"
#include "core/config/settings.h"
#include "core/dns/caching_resolver.h"
#include "core/dns/unbound_resolver.h"
#include "core/scan/engine.h"

namespace mailreeve::milter {

namespace {

Result<std::shared_ptr<dns::Resolver>> resolverFor(const config::Dns& settings,
                                                   const Backends* previous) {
  if (previous != nullptr && previous->dns == settings)
    return previous->resolver;
  dns::UnboundOptions options;
  options.forwarders = settings.forwarders;
  options.recursive = settings.recursive;
  auto resolver = dns::UnboundResolver::create(options);
  if (!resolver) return std::move(resolver).error().within("dns");
  return std::shared_ptr<dns::Resolver>(
      std::make_shared<dns::CachingResolver>(*std::move(resolver)));
}

// With its queue: a reload lets nobody in before his turn.
std::shared_ptr<spam::Spamd> spamdFor(const config::Spam& settings,
                                      const Backends* previous) {
  constexpr std::uint16_t kPort = 783;
  spam::SpamdSettings wanted{{Paths::spamdSocket(), "", 0},
                             settings.user,
                             std::chrono::seconds(settings.timeLimit),
                             static_cast<std::size_t>(settings.maxRequests)};
  if (!settings.server.empty())
    if (auto endpoint = net::Endpoint::parse(settings.server, kPort))
      wanted.endpoint = *std::move(endpoint);
  if (previous != nullptr && previous->spamd->settings() == wanted)
    return previous->spamd;
  return spam::Spamd::make(std::move(wanted));
}

// A database that cannot be read costs nobody his mail.
std::shared_ptr<store::Correspondents> correspondentsFor(
    const Clock& clock, const Paths& paths, const Backends* previous) {
  if (previous != nullptr && previous->correspondents != nullptr)
    return previous->correspondents;
  auto opened = store::Correspondents::open(paths.countersDatabase(), clock);
  if (opened) return *std::move(opened);
  log::warn(opened.error().what);
  return nullptr;
}

void tellChange(bool down, const std::string& why) {
  if (down)
    log::warn("antivirus: icap is down, clamd scans: " + why);
  else
    log::info("antivirus: icap is back");
}

Result<std::shared_ptr<scan::Scanner>> scannerFor(
    const config::Antivirus& settings, const Backends* previous) {
  if (previous != nullptr && previous->antivirus == settings)
    return previous->scanner;
  return scan::makeScanner(settings, tellChange);
}

}  // namespace

Result<std::shared_ptr<const Backends>> makeBackends(
    const config::Settings& settings,
    const Clock& clock,
    const Paths& paths,
    const Backends* previous) {
  auto resolver = resolverFor(settings.dns, previous);
  if (!resolver) return std::move(resolver).error();
  auto keys = KeyRing::load(paths);
  if (!keys) return std::move(keys).error();
  auto scanner = scannerFor(settings.antivirus, previous);
  if (!scanner) return std::move(scanner).error();
  Backends made{clock, paths, *std::move(resolver), settings.dns};
  made.spamd = spamdFor(settings.spam, previous);
  made.correspondents = correspondentsFor(clock, paths, previous);
  made.keys = *std::move(keys);
  made.scanner = *std::move(scanner);
  made.antivirus = settings.antivirus;
  return std::make_shared<const Backends>(std::move(made));
}

}  // namespace mailreeve::milter
