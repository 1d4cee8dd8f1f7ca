#include "milter/control.h"

#include <utility>

#include "core/base/log.h"
#include "core/config/settings.h"

namespace mailreeve::milter {

namespace {

using nlohmann::json;

constexpr Verdict::Kind kKinds[] = {Verdict::Kind::Pass,
                                    Verdict::Kind::Mark,
                                    Verdict::Kind::Quarantine,
                                    Verdict::Kind::Defer,
                                    Verdict::Kind::Reject,
                                    Verdict::Kind::Discard};

json byVerdict(const Tally& tally) {
  json counts = json::object();
  for (const auto kind : kKinds)
    counts[std::string(name(kind))] =
        tally.verdicts.at(static_cast<std::size_t>(kind)).load();
  return counts;
}

std::string generationOf(const std::filesystem::path& directory) {
  std::error_code ignored;
  const auto real = std::filesystem::canonical(directory, ignored);
  return ignored ? std::string() : real.parent_path().filename().string();
}

}  // namespace

Result<std::shared_ptr<const Engine>> loadEngine(
    const std::filesystem::path& directory,
    const Clock& clock,
    const Paths& paths,
    const Engine* previous) {
  // First, so that a switch under our feet names the older one.
  std::string generation = generationOf(directory);
  auto policy = directory::loadPolicy(directory);
  if (!policy) return std::move(policy).error().within("load settings");
  auto backends =
      makeBackends((*policy)->settings(),
                   clock,
                   paths,
                   previous == nullptr ? nullptr : &previous->backends());
  if (!backends) return std::move(backends).error().within("load settings");
  auto engine = Engine::make(
      *std::move(policy), std::move(generation), *std::move(backends));
  if (!engine) return std::move(engine).error().within("load settings");
  return engine;
}

Control::Control(std::filesystem::path settings,
                 Paths paths,
                 Snapshot<Engine>& engine,
                 store::UsageCounter& usage,
                 const store::EventLog& events,
                 const Tally& tally,
                 const Clock& clock)
    : settings_(std::move(settings)),
      paths_(std::move(paths)),
      engine_(engine),
      usage_(usage),
      events_(events),
      tally_(tally),
      clock_(clock),
      started_(clock.now()) {}

Result<json> Control::answer(const json& request) {
  const std::string what = request.value("do", "");
  if (what == "status") return status();
  if (what == "metrics") return metrics();
  if (what == "reload") {
    if (auto done = reload(); !done) return std::move(done).error();
    return json{{"generation", engine_.get()->generation()}};
  }
  if (what == "usage_reload") {
    if (auto done = usage_.reload(); !done) return std::move(done).error();
    return json::object();
  }
  return Error{ErrorCode::Invalid, "unknown request \"" + what + "\""};
}

Result<Done> Control::reload() {
  const std::lock_guard lock(loading_);
  auto engine = loadEngine(settings_, clock_, paths_, engine_.get().get());
  if (!engine) {
    log::error("the settings stay as they are: " + engine.error().what);
    return std::move(engine).error();
  }
  log::info("generation " + (*engine)->generation() + " is in force");
  engine_.publish(*std::move(engine));
  return Done{};
}

json Control::status() const {
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - started_);
  return {{"version", MAILREEVE_VERSION},
          {"generation", engine_.get()->generation()},
          {"uptime", uptime.count()},
          {"sessions", tally_.sessions.load()},
          {"messages", byVerdict(tally_)}};
}

json Control::metrics() const {
  const auto events = events_.counts();
  return {{"sessions_open", tally_.sessions.load()},
          {"sessions_total", tally_.sessionsTotal.load()},
          {"messages", byVerdict(tally_)},
          {"bytes_total", tally_.bytes.load()},
          {"aborted_total", tally_.aborted.load()},
          {"quota_given_back_total", tally_.givenBack.load()},
          {"events_stored_total", events.stored},
          {"events_lost_total", events.lost}};
}

}  // namespace mailreeve::milter
