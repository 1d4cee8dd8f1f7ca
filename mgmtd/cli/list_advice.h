// What is doubtful about the allow and block lists: entries that anybody can
// meet, that others make pointless, or that nobody meets any more.
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/directory/policy.h"
#include "core/store/list_hits.h"

namespace mailreeve::cli {

struct Advice {
  std::string kind;   // "forgeable", "shadowed", "dead", "expired", "own".
  std::string where;  // "allow \"our bank\"".
  std::string what;   // And what can be done about it.
};

// `hits` may be empty. An entry without a hit for `idle` is dead.
[[nodiscard]] std::vector<Advice> adviseOnLists(
    const directory::PolicyPtr& policy,
    const std::vector<store::ListHit>& hits,
    std::chrono::hours idle,
    TimePoint now);

}  // namespace mailreeve::cli
