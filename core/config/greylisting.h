// Greylisting (FEATURES D9): who is not known is asked to come again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

enum class GreylistAction { Allow, Greylist, Block };

// Exactly one of the criteria is set.
struct GreylistRule {
  std::string name;
  bool enabled = true;
  std::string ip;
  std::string network;
  std::string
      host;  // The client's name in the DNS; `*.domain` for those below.
  GreylistAction action = GreylistAction::Greylist;
};

struct Greylisting {
  bool enabled = false;
  GreylistAction defaultAction = GreylistAction::Greylist;
  std::int64_t delaySeconds = 120;
  std::int64_t retryHours = 48;    // After which a first attempt is forgotten.
  std::int64_t keepDays = 36;      // Since its last use.
  std::int64_t autoPassAfter = 5;  // Senders that passed; 0: never.
  std::int64_t mostRecords = 200'000;
  std::vector<std::string> dnswl;  // Zones; who is listed need not wait.
  std::vector<GreylistRule> rules;
};

}  // namespace mailreeve::config
