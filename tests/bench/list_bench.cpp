// Whether 100,000 list entries cost a look-up as much as ten, and what a whole
// answer of policyd costs.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "core/config/settings.h"
#include "core/directory/access_lists.h"
#include "policyd/rules.h"

namespace {

using namespace mailreeve;

// A fifth of the entries each: addresses, networks, senders, sender domains
// and recipients; one sender in ten is a pattern.
config::ListEntry entry(int n) {
  const std::string number = std::to_string(n);
  config::ListEntry entry;
  entry.name = "entry " + number;
  const std::string octets = std::to_string(n >> 14U & 0x7f) + "." +
                             std::to_string(n >> 7U & 0x7f) + "." +
                             std::to_string(n & 0x7f);
  if (n % 5 == 0)
    entry.ip = "100." + octets;
  else if (n % 5 == 1)
    entry.network = "2001:db8:" + std::to_string(n % 9999) + "::/48";
  else if (n % 5 == 2)
    entry.sender = n % 10 == 2 ? "promo" + number + "*@far.example"
                               : "user" + number + "@far.example";
  else if (n % 5 == 3)
    entry.sender =
        n % 10 == 3 ? "*.d" + number + ".example" : "*@d" + number + ".example";
  else
    entry.recipient = "box" + number + "@home.example";
  return entry;
}

directory::PolicyPtr policyWith(int entries) {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  settings.domains = {home};
  for (int n = 0; n < entries; ++n)
    (n % 2 == 0 ? settings.lists.allow : settings.lists.block)
        .push_back(entry(n));
  return std::make_shared<directory::Policy>(std::move(settings));
}

// Nothing fits: every index is asked.
void lookUp(benchmark::State& state) {
  const directory::AccessLists lists(
      policyWith(static_cast<int>(state.range(0))));
  const auto subject = lists.subject("192.0.2.7",
                                     "newsletter+x@lists.other.example",
                                     "bob+y@home.example",
                                     false,
                                     TimePoint{});
  for (auto _ : state) {
    benchmark::DoNotOptimize(lists.allows(subject));
    benchmark::DoNotOptimize(lists.blocks(subject));
  }
}

void normalise(benchmark::State& state) {
  const directory::AccessLists lists(policyWith(10));
  for (auto _ : state)
    benchmark::DoNotOptimize(lists.subject("192.0.2.7",
                                           "newsletter+x@lists.other.example",
                                           "bob@home.example",
                                           false,
                                           TimePoint{}));
}

void wholeAnswer(benchmark::State& state) {
  const std::string text =
      "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
      "client_address=192.0.2.7\nclient_name=mx.other.example\n"
      "client_port=41234\nhelo_name=mx.other.example\n"
      "sender=newsletter@lists.other.example\nrecipient=bob@home.example\n"
      "recipient_count=0\nqueue_id=\ninstance=1a2b.66000000.1.0\nsize=2048\n"
      "sasl_method=\nsasl_username=\nsasl_sender=\nccert_subject=\n"
      "encryption_protocol=TLSv1.3\nencryption_keysize=256\n";
  const auto rules =
      policyd::makeRules(policyWith(static_cast<int>(state.range(0))),
                         {[](const std::string&) -> Result<store::Usage> {
                           return store::Usage{};
                         }});
  std::string out;
  for (auto _ : state) {
    out.clear();
    const auto request = policyd::parseRequest(text);
    policyd::writeAction(rules.judge(*request, TimePoint{}).answer, {}, out);
    benchmark::DoNotOptimize(out.data());
  }
}

void build(benchmark::State& state) {
  const auto policy = policyWith(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    const directory::AccessLists lists(policy);
    benchmark::DoNotOptimize(&lists);
  }
}

}  // namespace

BENCHMARK(lookUp)->Arg(10)->Arg(1000)->Arg(100'000);
BENCHMARK(normalise);
BENCHMARK(wholeAnswer)->Arg(10)->Arg(100'000);
BENCHMARK(build)->Arg(10)->Arg(100'000)->Unit(benchmark::kMillisecond);
