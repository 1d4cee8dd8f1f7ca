#include "milter/backends.h"

#include <utility>

#include "core/config/settings.h"
#include "core/dns/unbound_resolver.h"

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
  return std::shared_ptr<dns::Resolver>(*std::move(resolver));
}

}  // namespace

Result<std::shared_ptr<const Backends>> makeBackends(
    const config::Settings& settings,
    const Clock& clock,
    const Paths& paths,
    const Backends* previous) {
  auto resolver = resolverFor(settings.dns, previous);
  if (!resolver) return std::move(resolver).error();
  return std::make_shared<const Backends>(
      Backends{clock, paths, *std::move(resolver), settings.dns});
}

}  // namespace mailreeve::milter
