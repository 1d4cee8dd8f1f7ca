// What milterd's control socket answers: reload, status, metrics,
// usage_reload. See milterd(8).
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/snapshot.h"
#include "core/store/event_log.h"
#include "core/store/usage.h"
#include "milter/engine.h"
#include "milter/tally.h"

namespace mailreeve::milter {

// Loads the settings in `directory` and makes an engine of them. The
// generation is the number in .../generations/N/yaml. `previous`, which may be
// null, leaves its backends to the new one.
[[nodiscard]] Result<std::shared_ptr<const Engine>> loadEngine(
    const std::filesystem::path& directory,
    const Clock& clock,
    const Paths& paths,
    const Engine* previous);

// Everything named here outlives it. Any thread.
class Control {
 public:
  Control(std::filesystem::path settings,
          Paths paths,
          Snapshot<Engine>& engine,
          store::UsageCounter& usage,
          const store::EventLog& events,
          const Tally& tally,
          const Clock& clock);

  // {"do": "status"} and so on; an unknown request is an Error.
  [[nodiscard]] Result<nlohmann::json> answer(const nlohmann::json& request);

  // Messages under way keep their engine. After an Error the present engine
  // stays. Also what SIGUSR1 asks for.
  [[nodiscard]] Result<Done> reload();

 private:
  [[nodiscard]] nlohmann::json status() const;
  [[nodiscard]] nlohmann::json metrics() const;

  std::filesystem::path settings_;
  Paths paths_;
  Snapshot<Engine>& engine_;
  store::UsageCounter& usage_;
  const store::EventLog& events_;
  const Tally& tally_;
  const Clock& clock_;
  TimePoint started_;
  std::mutex loading_;  // One load at a time, and the last one wins.
};

}  // namespace mailreeve::milter
