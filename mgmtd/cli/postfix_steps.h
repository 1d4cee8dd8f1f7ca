// What Postfix itself makes of a client, by the settings it was rendered from:
// postscreen before anything is said, relay control before policyd's word and
// restrictions behind it. For dry runs: it asks the DNS as Postfix would, and
// nobody else. What depends on how a client behaves (speaking early, too many
// connections) is not in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/directory/access_lists.h"
#include "core/directory/policy.h"
#include "core/dns/resolver.h"
#include "mgmtd/cli/dry_step.h"

namespace mailreeve::cli {

struct PostfixStep {
  DryStep step;
  // What the client would be told; 0: it goes on.
  int code = 0;
  std::string enhanced;
  std::string text;
};

// None when postscreen is off, or the client one of ours.
[[nodiscard]] std::vector<PostfixStep> postscreenSteps(
    const directory::Policy& policy,
    const directory::AccessLists& access,
    dns::Resolver& resolver,
    const Mail& mail,
    TimePoint now);

// Whether mail for strangers is taken from that client
// (smtpd_relay_restrictions). Nothing: no question, or it is.
[[nodiscard]] std::optional<PostfixStep> relayStep(
    const directory::Policy& policy,
    const Mail& mail,
    const std::string& recipient);

// Those that are switched on, in Postfix's order, of which the first that
// refuses counts. For clients that are none of ours and that policyd does not
// expressly allow.
[[nodiscard]] std::vector<PostfixStep> restrictionSteps(
    const config::Restrictions& restrictions,
    dns::Resolver& resolver,
    const Mail& mail);

}  // namespace mailreeve::cli
