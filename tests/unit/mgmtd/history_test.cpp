#include "mgmtd/jobs/history.h"

#include <doctest/doctest.h>

#include "core/base/unix_time.h"
#include "tests/unit/database_states.h"

namespace mailreeve::jobs {

namespace {

const StoredFamily kJobs{
    "job",
    "state.db",
    [](const std::filesystem::path& path) -> Result<Done> {
      auto opened = History::open(path, true);
      if (!opened) return std::move(opened).error();
      return Done{};
    },
    [](const std::filesystem::path& path) {
      auto opened = History::open(path, false);
      if (!opened) return opened.error().what;
      const auto base = opened->base("tidy", fromSeconds(1'700'600'000));
      return told(opened->runs("tidy", 10), [&](const auto& runs) {
        return runs.at(0).job + " " + textOf(runs.at(0).outcome) + ": " +
               runs.at(0).message +
               (base && *base == fromSeconds(1'700'568'000) ? "" : "?");
      });
    },
    "tidy done: all is good"};

}  // namespace

TEST_CASE("what jobs did stays known over versions of the database") {
  checkOlderStates(kJobs);
  checkNewerState(kJobs);
}

}  // namespace mailreeve::jobs
