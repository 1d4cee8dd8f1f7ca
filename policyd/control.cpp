#include "policyd/control.h"

#include <chrono>
#include <string>
#include <utility>

namespace mailreeve::policyd {

namespace {

using nlohmann::json;

constexpr Answer::Kind kKinds[] = {Answer::Kind::Pass,
                                   Answer::Kind::Allow,
                                   Answer::Kind::Discard,
                                   Answer::Kind::Defer,
                                   Answer::Kind::Reject};

}  // namespace

Result<json> Control::answer(const json& request) {
  const std::string what = request.value("do", "");
  if (what == "status") return status();
  if (what == "metrics") return metrics();
  if (what == "flush") {
    if (auto done = memory_.flush(); !done) return std::move(done).error();
    return json::object();
  }
  if (what != "reload")
    return Error{ErrorCode::Invalid, "unknown request \"" + what + "\""};
  if (auto done = service_.reload(); !done) return std::move(done).error();
  return json{{"generation", service_.generation()}};
}

json Control::byAnswer() const {
  json counts = json::object();
  for (const auto kind : kKinds)
    counts[std::string(name(kind))] = service_.count(kind);
  return counts;
}

json Control::status() const {
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - started_);
  return {{"version", MAILREEVE_VERSION},
          {"generation", service_.generation()},
          {"uptime", uptime.count()},
          {"connections", server_.counts().open.load()},
          {"answers", byAnswer()}};
}

json Control::metrics() const {
  const auto& counts = server_.counts();
  const auto events = events_.counts();
  return {{"connections_open", counts.open.load()},
          {"connections_total", counts.accepted.load()},
          {"requests_total", counts.requests.load()},
          {"malformed_total", counts.malformed.load()},
          {"timed_out_total", counts.timedOut.load()},
          {"answers", byAnswer()},
          {"greylist_records", memory_.greylist().size()},
          {"counters_written", memory_.healthy()},
          {"events_stored_total", events.stored},
          {"events_lost_total", events.lost}};
}

}  // namespace mailreeve::policyd
