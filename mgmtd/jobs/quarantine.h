// What happens to held mail by itself: releases that had to wait, digests, and
// the end of what is too old.
#pragma once

#include <vector>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::jobs {

// `clock` must outlive the jobs.
[[nodiscard]] std::vector<Job> quarantineJobs(const Paths& paths,
                                              const Clock& clock);

}  // namespace mailreeve::jobs
