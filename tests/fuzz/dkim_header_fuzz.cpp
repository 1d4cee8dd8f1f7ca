// Throws signatures, messages and key records at DKIM. A signature may pass
// only if it is one of the owner's; the hash of a body must not depend on the
// pieces it came in.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "core/auth/dkim/body_hash.h"
#include "core/auth/dkim/record.h"
#include "core/auth/dkim/sign.h"
#include "core/auth/dkim/verify.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

using namespace mailreeve;

namespace {

struct World {
  dns::ZoneResolver zone;
  ManualClock clock{TimePoint(std::chrono::seconds(1800000000))};
  dkim::Sha256 sha256;
  std::shared_ptr<const dkim::PrivateKey> key;
  std::unique_ptr<dkim::Verifier> verifier;
  std::unique_ptr<dkim::Signer> signer;

  World() {
    key = std::make_shared<const dkim::PrivateKey>(
        *dkim::PrivateKey::generate(dkim::KeyKind::Ed25519));
    zone.addText("s._domainkey.example.com", *dkim::recordText(*key));
    verifier = std::make_unique<dkim::Verifier>(zone, clock);
    signer = std::make_unique<dkim::Signer>(clock);
  }
};

void hashInPieces(const World& world, std::string_view body) {
  for (const auto canonical :
       {dkim::Canonical::Simple, dkim::Canonical::Relaxed}) {
    dkim::BodyHash pieces(world.sha256, canonical);
    for (std::size_t at = 0; at < body.size(); at += 7)
      pieces.feed(body.substr(at, 7));
    if (pieces.finish() != hashBody(world.sha256, body, canonical).hash)
      std::abort();
  }
}

// What we sign must pass, whatever it is.
void signAndVerify(const World& world, const std::string& message) {
  const auto view = auth::viewOf(message);
  const auto fields =
      world.signer->sign(view, {{"example.com", "s", world.key}});
  if (!fields) return;
  std::string whole;
  for (const auto& field : *fields)
    whole += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
  whole += message;
  const auto findings = world.verifier->verify(auth::viewOf(whole), {});
  if (findings.empty() || findings[0].outcome != dkim::Outcome::Pass)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const World world;
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)dkim::parseRecord(text);
  hashInPieces(world, text);

  const std::string message = "DKIM-Signature:" + text;
  for (const auto& finding : world.verifier->verify(auth::viewOf(message), {}))
    if (finding.outcome == dkim::Outcome::Pass) std::abort();

  // The fields of a message end in CRLF each: a lone LF is the mail server's to
  // refuse, and nothing that we are given.
  std::string header = replaceAll(text.substr(0, size / 2), "\n", " ");
  header = replaceAll(std::move(header), "\r", " ");
  signAndVerify(world,
                "From: a@example.com\r\nSubject: " + header + "\r\n\r\n" +
                    text.substr(size / 2));
  return 0;
}
