#include "policyd/service.h"

#include <utility>

#include "core/base/log.h"
#include "core/base/trace_code.h"
#include "core/config/settings.h"
#include "core/dns/caching_resolver.h"
#include "core/dns/unbound_resolver.h"
#include "policyd/report.h"
#include "policyd/rules.h"

namespace mailreeve::policyd {

namespace {

// The N of .../generations/N/yaml.
std::string generationOf(const std::filesystem::path& directory) {
  std::error_code failed;
  const auto real = std::filesystem::canonical(directory, failed);
  return failed ? std::string() : real.parent_path().filename().string();
}

Result<std::shared_ptr<dns::Resolver>> makeResolver(
    const config::Dns& settings) {
  dns::UnboundOptions options;
  options.forwarders = settings.forwarders;
  options.recursive = settings.recursive;
  auto made = dns::UnboundResolver::create(options);
  if (!made) return std::move(made).error().within("dns");
  return std::shared_ptr<dns::Resolver>(
      std::make_shared<dns::CachingResolver>(*std::move(made)));
}

}  // namespace

Result<std::unique_ptr<Service>> Service::load(std::filesystem::path settings,
                                               Memory& memory,
                                               store::EventLog& events,
                                               const Clock& clock) {
  auto first = loadVersion(settings, memory, clock, nullptr);
  if (!first) return std::move(first).error();
  return std::unique_ptr<Service>(new Service(
      std::move(settings), memory, events, clock, *std::move(first)));
}

Result<std::shared_ptr<const Service::Version>> Service::loadVersion(
    const std::filesystem::path& settings,
    Memory& memory,
    const Clock& clock,
    const Version* before) {
  // First: if `current` is switched meanwhile, the older number is shown and
  // the reload that follows puts it right.
  std::string generation = generationOf(settings);
  auto policy = directory::loadPolicy(settings);
  if (!policy) return std::move(policy).error().within("load settings");
  const config::Settings& loaded = (*policy)->settings();

  std::shared_ptr<dns::Resolver> resolver;
  std::shared_ptr<const ClientFacts> facts;
  if (asksDns(loaded)) {
    if (before != nullptr && before->resolver && before->dns == loaded.dns) {
      resolver = before->resolver;
    } else {
      auto made = makeResolver(loaded.dns);
      if (!made) return std::move(made).error();
      resolver = *std::move(made);
    }
    facts = std::make_shared<const ClientFacts>(
        resolver, clock, loaded.server.hostname, loaded.greylisting.dnswl);
  }
  memory.follow(**policy);
  auto rules = makeRules(*policy, memory.asks(**policy, std::move(facts)));
  return std::shared_ptr<const Version>(
      std::make_shared<Version>(Version{std::move(rules),
                                        std::move(generation),
                                        std::move(resolver),
                                        loaded.dns}));
}

Service::Service(std::filesystem::path settings,
                 Memory& memory,
                 store::EventLog& events,
                 const Clock& clock,
                 std::shared_ptr<const Version> first)
    : settings_(std::move(settings)),
      memory_(memory),
      events_(events),
      clock_(clock),
      version_(std::move(first)) {}

void Service::answer(const Request& request, std::string& out) {
  const auto version = version_.get();
  const TimePoint now = clock_.now();
  const Outcome outcome = version->rules.judge(request, now);
  ++counts_.at(static_cast<std::size_t>(outcome.answer.kind));
  if (outcome.answer.kind == Answer::Kind::Pass) {
    writeAction(outcome.answer, {}, out);
    return;
  }
  const std::string code = traceCode();
  writeAction(outcome.answer, code, out);
  report(request, outcome, code, now);
}

void Service::report(const Request& request,
                     const Outcome& outcome,
                     const std::string& code,
                     TimePoint now) {
  log::info(logLine(request, outcome, code));
  if (outcome.entry != nullptr)
    memory_.hits().count(
        outcome.answer.kind == Answer::Kind::Allow ? "allow" : "block",
        outcome.entry->name,
        now);
  if (outcome.answer.kind != Answer::Kind::Allow)
    events_.post(eventOf(request, outcome, code, now));
}

Result<Done> Service::reload() {
  const std::lock_guard lock(reloading_);
  const auto before = version_.get();
  auto next = loadVersion(settings_, memory_, clock_, before.get());
  if (!next) {
    log::error("the rules stay as they are: " + next.error().what);
    return std::move(next).error();
  }
  log::info("generation " + (*next)->generation + " is in force");
  version_.publish(*std::move(next));
  return Done{};
}

std::string Service::generation() const {
  return version_.get()->generation;
}

}  // namespace mailreeve::policyd
