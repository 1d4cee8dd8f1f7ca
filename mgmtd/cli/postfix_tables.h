// Aliases and BCC rules in the form of Postfix's tables, for moving in and out.
//
// aliases(5) form:    name: target, "odd target", target
// virtual(5) form:    name@domain   target, target
// bcc maps:           address       target        (sender_bcc_maps(5))
//
// Comments, empty lines and continuation lines are as in postmap(1). Commands,
// files and :include: are refused by name: Mailreeve delivers to addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::cli {

struct TableLine {
  std::size_t line = 0;  // From 1, where it began.
  std::string key;       // Without the colon of aliases(5).
  std::vector<std::string> targets;
  std::string problem;  // Not empty: the line cannot be taken, and why.
};

// Every logical line, in order. Text over 16 MiB is an Error.
[[nodiscard]] Result<std::vector<TableLine>> parsePostfixTable(
    std::string_view text);

}  // namespace mailreeve::cli
