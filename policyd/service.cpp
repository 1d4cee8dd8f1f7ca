#include "policyd/service.h"

#include <utility>

#include "core/base/log.h"
#include "core/base/trace_code.h"
#include "core/config/settings.h"
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

}  // namespace

Result<std::unique_ptr<Service>> Service::load(std::filesystem::path settings,
                                               UsageWatch& usage,
                                               store::EventLog& events,
                                               const Clock& clock) {
  auto first = loadVersion(settings, usage);
  if (!first) return std::move(first).error();
  return std::unique_ptr<Service>(new Service(
      std::move(settings), usage, events, clock, *std::move(first)));
}

Result<std::shared_ptr<const Service::Version>> Service::loadVersion(
    const std::filesystem::path& settings, UsageWatch& usage) {
  // First: if `current` is switched meanwhile, the older number is shown and
  // the reload that follows puts it right.
  std::string generation = generationOf(settings);
  auto policy = directory::loadPolicy(settings);
  if (!policy) return std::move(policy).error().within("load settings");
  usage.want(anyDailyLimit((*policy)->settings()));
  auto rules = makeRules(*policy, [&usage](const std::string& user) {
    return usage.usedToday(user);
  });
  return std::shared_ptr<const Version>(std::make_shared<Version>(
      Version{std::move(rules), std::move(generation)}));
}

Service::Service(std::filesystem::path settings,
                 UsageWatch& usage,
                 store::EventLog& events,
                 const Clock& clock,
                 std::shared_ptr<const Version> first)
    : settings_(std::move(settings)),
      usage_(usage),
      events_(events),
      clock_(clock),
      version_(std::move(first)) {}

void Service::answer(const Request& request, std::string& out) {
  const auto version = version_.get();
  const Outcome outcome = version->rules.judge(request);
  ++counts_.at(static_cast<std::size_t>(outcome.answer.kind));
  if (outcome.answer.kind == Answer::Kind::Pass) {
    writeAction(outcome.answer, {}, out);
    return;
  }
  const std::string code = traceCode();
  writeAction(outcome.answer, code, out);
  report(request, outcome, code);
}

void Service::report(const Request& request,
                     const Outcome& outcome,
                     const std::string& code) {
  log::info(logLine(request, outcome, code));
  if (outcome.answer.kind != Answer::Kind::Allow)
    events_.post(eventOf(request, outcome, code, clock_.now()));
}

Result<Done> Service::reload() {
  const std::lock_guard lock(reloading_);
  auto next = loadVersion(settings_, usage_);
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
