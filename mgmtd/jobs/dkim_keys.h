// The job that moves DKIM keys on by what the DNS is seen to answer.
#pragma once

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::jobs {

// `clock` must outlive the job.
[[nodiscard]] Job dkimKeysJob(const Paths& paths, const Clock& clock);

}  // namespace mailreeve::jobs
