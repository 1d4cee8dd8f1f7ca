// What the rules ask of the world outside of a request. In the daemon it is
// memory, behind which threads of their own read and write; in a dry run it
// answers the same and notes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/greylist.h"
#include "core/store/usage.h"
#include "policyd/client_facts.h"

namespace mailreeve::policyd {

// What the user of that address key has sent today. An Error: it cannot be
// known now.
using UsedToday = std::function<Result<store::Usage>(const std::string& user)>;

// Whether that mailbox key, in a domain of ours, exists. Nothing: it cannot be
// known now.
using Exists = std::function<std::optional<bool>(const std::string& mailbox)>;

// How many addresses that do not exist the client named on the day of `at`,
// with this one if `another`.
using CountUnknown = std::function<std::int64_t(
    const std::string& client, TimePoint at, bool another)>;

// An Error: the list is not to be trusted now.
using AskGreylist = std::function<Result<store::GreylistAnswer>(
    const store::GreylistSender& sender,
    const store::GreylistTerms& terms,
    TimePoint at)>;

// Whether the user of that mailbox key has written to that address lately.
using HasWrittenTo =
    std::function<bool(const std::string& user, const std::string& address)>;

// None of it waits for anything, but `facts` for the DNS and `hasWrittenTo`,
// for a moment and where the answer may be yes, for a database. What is empty
// is not asked.
struct Asks {
  UsedToday usedToday;
  Exists exists = {};
  CountUnknown countUnknown = {};
  AskGreylist greylist = {};
  HasWrittenTo hasWrittenTo = {};
  std::shared_ptr<const ClientFacts> facts = {};
};

}  // namespace mailreeve::policyd
