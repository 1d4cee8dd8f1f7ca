// A resolver for one look at what is published: it remembers nothing from the
// look before.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/dns/resolver.h"

namespace mailreeve::keys {

[[nodiscard]] Result<std::unique_ptr<dns::Resolver>> freshResolver(
    const directory::Policy& policy);

}  // namespace mailreeve::keys
