// How long the settings of a large host take: 1,000 domains with 50 aliases
// each, from text to a Policy that can be asked.
#include <string>

#include <benchmark/benchmark.h>

#include "core/config/load.h"
#include "core/directory/policy.h"

namespace {

std::string largeYaml(int domains, int aliases) {
  std::string yaml = "server: {hostname: mail.example.com}\ndomains:\n";
  for (int d = 0; d < domains; ++d) {
    yaml += "  - name: d" + std::to_string(d) +
            ".example\n"
            "    limits: {daily_messages: 500}\n"
            "    aliases:\n";
    for (int a = 0; a < aliases; ++a)
      yaml += "      - {name: alias" + std::to_string(a) + ", to: [alias" +
              std::to_string(a + 1) + ", user@elsewhere.example]}\n";
  }
  return yaml;
}

void loadSettings(benchmark::State& state) {
  const std::string yaml = largeYaml(static_cast<int>(state.range(0)), 50);
  for (auto _ : state) {
    auto loaded = mailreeve::config::parse({{"large.yaml", yaml, false}});
    if (!loaded.ok()) state.SkipWithError("invalid");
    const mailreeve::directory::Policy policy(std::move(loaded.settings));
    benchmark::DoNotOptimize(&policy);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace

BENCHMARK(loadSettings)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);
