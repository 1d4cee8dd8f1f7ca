// The jobs: what there is, when it runs, how it went.
#include "core/base/time_text.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

json toJson(const jobs::Run& run) {
  json out{{"id", run.id},
           {"job", run.job},
           {"started", utcText(run.started)},
           {"outcome", jobs::textOf(run.outcome)},
           {"message", run.message}};
  if (run.outcome != jobs::Outcome::Running &&
      run.outcome != jobs::Outcome::Interrupted) {
    out["finished"] = utcText(run.finished);
    out["seconds"] = std::chrono::duration_cast<std::chrono::seconds>(
                         run.finished - run.started)
                         .count();
  }
  return out;
}

json toJson(const jobs::JobState& state) {
  json out{{"name", state.name},
           {"what", state.what},
           {"schedule", state.schedule},
           {"waiting", state.waiting},
           {"running", state.running}};
  if (state.next) out["next"] = utcText(*state.next);
  if (state.running) out["progress"] = state.progress;
  if (state.last) out["last"] = toJson(*state.last);
  return out;
}

Result<json> list(const json& request, jobs::Scheduler& scheduler) {
  Fields fields(request);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto states = scheduler.list();
  if (!states) return std::move(states).error();
  json out = json::array();
  for (const auto& state : *states) out.push_back(toJson(state));
  return json{{"jobs", std::move(out)}};
}

Result<json> history(const json& request, jobs::Scheduler& scheduler) {
  Fields fields(request);
  const std::string job = fields.text("job", "");
  const std::int64_t limit = fields.number("limit", 20, 1, 200);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto runs = scheduler.history(job, limit);
  if (!runs) return std::move(runs).error();
  json out = json::array();
  for (const auto& run : *runs) out.push_back(toJson(run));
  return json{{"runs", std::move(out)}};
}

Result<json> run(const json& request, jobs::Scheduler& scheduler) {
  Fields fields(request);
  const std::string job = fields.text("job");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto before = scheduler.request(job);
  if (!before) return std::move(before).error();
  return json{{"after", *before}};
}

}  // namespace

void addJobs(Verbs& verbs, const Surroundings& around) {
  jobs::Scheduler& scheduler = around.scheduler;
  verbs["job_list"] = [&scheduler](const json& request, const std::string&) {
    return list(request, scheduler);
  };
  verbs["job_history"] = [&scheduler](const json& request, const std::string&) {
    return history(request, scheduler);
  };
  verbs["job_run"] = [&scheduler](const json& request, const std::string&) {
    return run(request, scheduler);
  };
}

}  // namespace mailreeve::api
