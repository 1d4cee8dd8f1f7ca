// What has to be done about spam now and then: learn what users reported,
// fetch new rules, delete what has lain in Junk for long. FEATURES D2, D3, D7.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/paths.h"
#include "core/config/spam.h"
#include "core/spam/spamc.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::jobs {

// `clock` must outlive the jobs. `helper` asks mgmt-helper.
[[nodiscard]] std::vector<Job> spamJobs(
    const Paths& paths,
    const Clock& clock,
    const std::function<Result<nlohmann::json>(const nlohmann::json&)>& helper);

// Teaches spamd that a message is spam, or that it is none.
[[nodiscard]] Result<Done> teach(const config::Spam& settings,
                                 spam::Lesson lesson,
                                 std::string_view message);

// Teaches spamd one report, and removes it when that is done.
[[nodiscard]] Result<Done> learnReport(const Paths& paths,
                                       const config::Spam& settings,
                                       const std::string& id);

}  // namespace mailreeve::jobs
