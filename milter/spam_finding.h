// What the check `spam` found about one message, for the edit that shows it to
// people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/decimal.h"
#include "core/config/spam.h"

namespace mailreeve::milter {

struct SpamFinding {
  bool asked = false;  // False: the message was not looked at.
  bool isSpam = false;
  std::optional<Decimal> score;  // None: a filter decided, or nobody could.
  std::vector<std::string> rules;
  std::string report;  // SpamAssassin's words for people; UTF-8.

  // How the message is delivered, if it is.
  config::SpamReport wrap = config::SpamReport::None;
};

}  // namespace mailreeve::milter
