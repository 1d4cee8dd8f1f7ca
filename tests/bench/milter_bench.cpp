// What a message costs in the engine alone: checks, choice of rules, edits; no
// libmilter, no database.
#include <memory>
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>

#include "core/config/load.h"
#include "core/dns/zone_resolver.h"
#include "core/mail/message.h"
#include "milter/engine.h"

namespace mailreeve::milter {

namespace {

const TimePoint kNow{std::chrono::seconds(1'700'568'000)};

// `rules` BCC rules and disclaimers that do not fit, then one of each that
// does.
std::shared_ptr<const Engine> engineWith(std::int64_t rules) {
  std::string bcc;
  std::string disclaimers;
  for (std::int64_t i = 0; i < rules; ++i) {
    const std::string n = std::to_string(i);
    bcc += "      - {name: b" + n + ", when: sender, contains: nobody" + n +
           ", to: [archive" + n + "]}\n";
    disclaimers += "      - {name: d" + n +
                   ", rules: [{field: recipient, matches: '*@p" + n +
                   ".example'}], plain: x}\n";
  }
  const auto loaded = config::parse(
      {{"bench.yaml",
        "server: {hostname: mail.example.com}\n"
        "domains:\n"
        "  - name: example.com\n"
        "    auto_bcc:\n" +
            bcc +
            "      - {name: b, when: sender, contains: alice, to: [archive]}\n"
            "    disclaimers:\n" +
            disclaimers + "      - {name: d, plain: Confidential.}\n",
        false}});
  if (!loaded.ok()) throw std::runtime_error(loaded.problems.front().text());
  static const SystemClock clock;
  auto engine = Engine::make(
      std::make_shared<const directory::Policy>(loaded.settings),
      "1",
      std::make_shared<const Backends>(
          Backends{clock, Paths(), std::make_shared<dns::ZoneResolver>(), {}}));
  if (!engine) throw std::runtime_error(engine.error().what);
  return *std::move(engine);
}

void judge(benchmark::State& state, const std::string& login) {
  const auto engine = engineWith(state.range(0));
  mail::Envelope envelope;
  envelope.clientAddress = "203.0.113.9";
  envelope.login = login;
  envelope.mailFrom = "alice@example.com";
  envelope.recipients = {"x@o.example"};
  const std::string bytes = "From: alice@example.com\r\nSubject: x\r\n\r\n" +
                            std::string(200, 'x') + "\r\n";
  const auto message = mail::messageFromBytes(bytes, envelope);
  for (auto _ : state) {
    const Transaction transaction(engine->policy(), message->envelope(), kNow);
    Inspection inspection;
    (void)engine->onEnvelope(transaction, inspection);
    benchmark::DoNotOptimize(
        engine->onMessage(transaction, *message, std::move(inspection)));
  }
}

void outbound(benchmark::State& state) {
  judge(state, "alice@example.com");
}

void inbound(benchmark::State& state) {
  judge(state, "");
}

BENCHMARK(outbound)->Arg(0)->Arg(20)->Arg(1000);
BENCHMARK(inbound)->Arg(0)->Arg(20)->Arg(1000);

}  // namespace

}  // namespace mailreeve::milter
