// What the engine asks outside of its own process. Made anew with each
// generation of the settings; what the new settings did not touch (the
// resolver with its cache, open connections) is taken over from the old one.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/config/antivirus.h"
#include "core/config/dns.h"
#include "core/dns/resolver.h"
#include "core/scan/scanner.h"
#include "core/spam/spamd.h"
#include "core/store/correspondents.h"
#include "milter/key_ring.h"

namespace mailreeve::config {
struct Settings;
}

namespace mailreeve::milter {

struct Backends {
  const Clock& clock;  // Outlives all of this.
  Paths paths;

  std::shared_ptr<dns::Resolver> resolver;
  config::Dns dns;  // What the resolver was made of.

  std::shared_ptr<spam::Spamd> spamd;
  std::shared_ptr<store::Correspondents> correspondents;

  std::shared_ptr<const KeyRing> keys;  // Read anew each time; null: none.
  std::shared_ptr<scan::Scanner> scanner = {};  // Null: nobody scans.
  config::Antivirus antivirus = {};             // What it was made of.

  // Nobody has sent what is judged: nothing may be learned from it.
  bool dryRun = false;
};

// `previous` may be null.
[[nodiscard]] Result<std::shared_ptr<const Backends>> makeBackends(
    const config::Settings& settings,
    const Clock& clock,
    const Paths& paths,
    const Backends* previous);

}  // namespace mailreeve::milter
