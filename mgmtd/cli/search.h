// What the commands that search have in common: the time they ask about, and a
// list that comes in pages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "mgmtd/cli/ask.h"

namespace mailreeve::cli {

// The most of a list that is asked for at once.
inline constexpr std::int64_t kPage = 500;

// Adds "since" and "until", which were typed as parseMoment() takes them;
// nothing for an empty one.
[[nodiscard]] Result<Done> addPeriod(nlohmann::json& request,
                                     const std::string& since,
                                     const std::string& until);

// The first `limit` of what `request` lists under `key`, in as many answers as
// that takes. Each page begins before the "id" that the last one ended with.
[[nodiscard]] Result<std::vector<nlohmann::json>> askPages(
    Management& management,
    nlohmann::json request,
    const char* key,
    std::int64_t limit);

// Which logs cannot be read, so that something may be missing from what is
// found: texts that stand behind "not known:".
[[nodiscard]] Result<std::vector<std::string>> askUnknown(
    Management& management);

// Those texts on standard error, a line each.
void tellUnknown(const std::vector<std::string>& unknown);

}  // namespace mailreeve::cli
