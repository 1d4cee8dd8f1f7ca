// The keys of `authentication_checks:` and what must hold between them.
#pragma once

#include "core/config/describe.h"
#include "core/config/validate.h"

namespace mailreeve::config {

void describeAuthenticationChecks(Fields& fields, AuthenticationChecks& checks);
void checkAuthenticationChecks(const AuthenticationChecks& checks,
                               const Report& report);

}  // namespace mailreeve::config
