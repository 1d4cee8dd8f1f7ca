// Throws ARC fields at the chain reader and the validator. No chain passes that
// nobody sealed, and what is sealed on top of anything makes sense.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/auth/arc/chain.h"
#include "core/auth/arc/sign.h"
#include "core/auth/arc/verify.h"
#include "core/auth/dkim/record.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

using namespace mailreeve;

namespace {

struct World {
  dns::ZoneResolver zone;
  ManualClock clock{TimePoint(std::chrono::seconds(1800000000))};
  std::shared_ptr<const dkim::PrivateKey> key;
  std::unique_ptr<arc::Verifier> verifier;
  std::unique_ptr<arc::Sealer> sealer;

  World() {
    key = std::make_shared<const dkim::PrivateKey>(
        *dkim::PrivateKey::generate(dkim::KeyKind::Ed25519));
    zone.addText("s._domainkey.example.com", *dkim::recordText(*key));
    verifier = std::make_unique<arc::Verifier>(zone, clock);
    sealer = std::make_unique<arc::Sealer>(clock);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const World world;
  // In front of it stands a field: a line that is none would begin the body.
  const std::string message =
      "X: y\r\n" + std::string(reinterpret_cast<const char*>(data), size);
  const auto view = auth::viewOf(message);
  const auto chain = arc::readChain(view);
  const auto found = world.verifier->verify(view, {});
  if (found.outcome == dkim::Outcome::Pass) std::abort();

  const auto sealed = world.sealer->seal(
      view, found, {"example.com", "s", world.key}, "mx; none");
  if (!sealed) std::abort();
  if (sealed->empty()) return 0;
  if (!chain || sealed->size() != 3) std::abort();
  std::string whole;
  for (const auto& field : *sealed)
    whole += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
  whole += message;
  const auto again = arc::readChain(auth::viewOf(whole));
  if (!again || again->size() != chain->size() + 1) std::abort();
  return 0;
}
