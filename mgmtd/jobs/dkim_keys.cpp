#include "mgmtd/jobs/dkim_keys.h"

#include <filesystem>

#include "mgmtd/keys/keeper.h"
#include "mgmtd/keys/resolver.h"

namespace mailreeve::jobs {

namespace {

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Result<std::string> moveKeysOn(const Paths& paths, const Clock& clock) {
  if (!std::filesystem::exists(paths.currentYaml()))
    return std::string("no settings are in force yet");
  auto policy = directory::loadPolicy(paths.currentYaml());
  if (!policy) return std::move(policy).error();
  const keys::Keeper keeper(paths, clock, *policy);
  auto all = keeper.list("");
  if (!all) return std::move(all).error();
  if (all->empty()) return std::string("there are no keys");
  auto resolver = keys::freshResolver(**policy);
  if (!resolver) return std::move(resolver).error();
  auto report = keeper.advance("", **resolver);
  if (!report) return std::move(report).error();
  keys::record(paths, clock.now(), report->notices);
  if (report->signingChanged) keys::tellMilterd(paths);
  std::string said = counted(report->notices.size(), "change");
  if (report->unanswered > 0)
    said += ", no answer about " + counted(report->unanswered, "record");
  return said;
}

}  // namespace

Job dkimKeysJob(const Paths& paths, const Clock& clock) {
  // Ours; a test parses the schedules of all jobs.
  const auto schedule = Schedule::parse("*/10 * * * *");
  return {
      .name = "dkim-keys",
      .what = "Look whether DKIM keys are published, and move them on",
      .schedule = schedule ? *schedule : Schedule{},
      .jitter = std::chrono::minutes(2),
      .work = [paths, &clock](Progress&) { return moveKeysOn(paths, clock); }};
}

}  // namespace mailreeve::jobs
