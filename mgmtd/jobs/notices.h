// Gives the notices of the outbox to Postfix, by sendmail(1) with the null
// sender: what comes that way milterd signs and does not judge, so that no
// notice is counted or held by the rules it tells of. The null sender keeps it
// from ever bouncing, too (RFC 3834).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/store/outbox.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::jobs {

// Hands one message over; unavailable means: try again later.
using Mailer = std::function<Result<Done>(
    const std::vector<std::string>& recipients, const std::string& message)>;

// sendmail(1) of this host.
[[nodiscard]] Mailer localMailer();

// A notice made from its template: the text of the template begins with comment
// lines ("# ..."), then "Subject: ...", an empty line, and the words.
[[nodiscard]] Result<std::string> noticeMessage(
    const store::WaitingNotice& waiting,
    const std::string& templateText,
    const std::string& host,
    TimePoint now);

// Every minute: all that is due. `clock` must outlive the job.
[[nodiscard]] Job noticesJob(const Paths& paths,
                             const Clock& clock,
                             Mailer mailer);

}  // namespace mailreeve::jobs
