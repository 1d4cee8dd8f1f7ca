// The jobs every host has.
#pragma once

#include <functional>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::jobs {

// Asks mgmt-helper.
using Helper = std::function<Result<nlohmann::json>(const nlohmann::json&)>;

// `clock` must outlive the jobs.
[[nodiscard]] std::vector<Job> standardJobs(const Paths& paths,
                                            const Clock& clock,
                                            Helper helper);

// Which of `existing` generations may go: neither 0, nor `current`, nor one of
// the newest `keep`.
[[nodiscard]] std::vector<std::uint64_t> superfluous(
    std::vector<std::uint64_t> existing,
    std::uint64_t current,
    std::size_t keep);

}  // namespace mailreeve::jobs
