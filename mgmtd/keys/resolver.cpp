#include "mgmtd/keys/resolver.h"

#include "core/config/settings.h"
#include "core/dns/unbound_resolver.h"

namespace mailreeve::keys {

Result<std::unique_ptr<dns::Resolver>> freshResolver(
    const directory::Policy& policy) {
  const auto& settings = policy.settings().dns;
  dns::UnboundOptions options;
  options.forwarders = settings.forwarders;
  options.recursive = settings.recursive;
  auto resolver = dns::UnboundResolver::create(options);
  if (!resolver) return std::move(resolver).error();
  return std::unique_ptr<dns::Resolver>(*std::move(resolver));
}

}  // namespace mailreeve::keys
