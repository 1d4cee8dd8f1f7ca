// What authentication costs for one message: SPF against records at hand, DKIM
// signing and verifying of 10 kB and 1 MB, an ARC chain, a DMARC policy.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "core/auth/arc/sign.h"
#include "core/auth/arc/verify.h"
#include "core/auth/dkim/record.h"
#include "core/auth/dkim/sign.h"
#include "core/auth/dkim/verify.h"
#include "core/auth/dmarc/verify.h"
#include "core/auth/results/write.h"
#include "core/auth/spf/verify.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

namespace mailreeve {

namespace {

using dkim::KeyKind;

std::string messageOf(std::int64_t size) {
  std::string message =
      "From: Alice <alice@example.com>\r\nTo: Bob <bob@example.org>\r\n"
      "Subject: A message of a usual kind\r\n"
      "Date: Sun, 22 Nov 2026 04:00:00 +0000\r\n"
      "Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
  while (message.size() < static_cast<std::size_t>(size))
    message +=
        "The quick brown fox jumps over the lazy dog, again and again.\r\n";
  return message;
}

struct World {
  dns::ZoneResolver zone;
  SystemClock clock;
  dkim::SigningKey key;

  explicit World(KeyKind kind)
      : key{"example.com",
            "s",
            std::make_shared<const dkim::PrivateKey>(
                *dkim::PrivateKey::generate(kind))} {
    zone.addText("s._domainkey.example.com", *dkim::recordText(*key.key));
    zone.addText("_dmarc.example.com", "v=DMARC1; p=reject");
    zone.addText("example.com",
                 "v=spf1 include:a.example include:b.example mx -all");
    zone.addText("a.example", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24");
    zone.addText("b.example", "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.0/24 -all");
  }

  [[nodiscard]] std::string signedMessage(std::int64_t size) const {
    const std::string message = messageOf(size);
    const auto fields = dkim::Signer(clock).sign(auth::viewOf(message), {key});
    std::string out;
    for (const auto& field : *fields)
      out += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
    return out + message;
  }
};

void sign(benchmark::State& state, KeyKind kind) {
  const World world(kind);
  const dkim::Signer signer(world.clock);
  const std::string message = messageOf(state.range(0));
  for (auto _ : state) {
    auto fields = signer.sign(auth::viewOf(message), {world.key});
    benchmark::DoNotOptimize(fields);
  }
}

void verify(benchmark::State& state, KeyKind kind) {
  World world(kind);
  const dkim::Verifier verifier(world.zone, world.clock);
  const std::string message = world.signedMessage(state.range(0));
  for (auto _ : state) {
    const auto findings = verifier.verify(auth::viewOf(message), {});
    if (findings.at(0).outcome != dkim::Outcome::Pass)
      state.SkipWithError("the signature does not pass");
  }
}

void checkSpf(benchmark::State& state) {
  World world(KeyKind::Ed25519);
  const spf::Verifier verifier(world.zone, world.clock, "mx.example.org");
  const spf::Sender sender{
      *parseIp("192.0.2.9"), "mail.example.com", "alice@example.com"};
  for (auto _ : state) {
    const auto finding = verifier.verify(sender, {});
    if (finding.outcome != spf::Outcome::Pass)
      state.SkipWithError("SPF does not pass");
  }
}

void checkDmarc(benchmark::State& state) {
  World world(KeyKind::Ed25519);
  const dmarc::Verifier verifier(world.zone,
                                 dmarc::PublicSuffixList::newest(),
                                 state.range(0) == 0
                                     ? dmarc::Mode::PublicSuffixList
                                     : dmarc::Mode::TreeWalk);
  const std::string message = messageOf(1000);
  const spf::Finding spf{.outcome = spf::Outcome::Pass,
                         .domain = "bounce.example.com"};
  for (auto _ : state) {
    const auto finding = verifier.verify(auth::viewOf(message), spf, {}, 0, {});
    if (finding.outcome != dmarc::Outcome::Pass)
      state.SkipWithError("DMARC does not pass");
  }
}

void sealArc(benchmark::State& state) {
  const World world(KeyKind::Rsa2048);
  const arc::Sealer sealer(world.clock);
  const std::string message = messageOf(10000);
  for (auto _ : state) {
    auto fields = sealer.seal(
        auth::viewOf(message), {}, world.key, "mx.example.com; dmarc=pass");
    benchmark::DoNotOptimize(fields);
  }
}

BENCHMARK_CAPTURE(sign, rsa2048, KeyKind::Rsa2048)->Arg(10000)->Arg(1000000);
BENCHMARK_CAPTURE(sign, ed25519, KeyKind::Ed25519)->Arg(10000)->Arg(1000000);
BENCHMARK_CAPTURE(verify, rsa2048, KeyKind::Rsa2048)->Arg(10000)->Arg(1000000);
BENCHMARK_CAPTURE(verify, ed25519, KeyKind::Ed25519)->Arg(10000);
BENCHMARK(checkSpf);
BENCHMARK(checkDmarc)->Arg(0)->Arg(1);
BENCHMARK(sealArc);

}  // namespace

}  // namespace mailreeve
