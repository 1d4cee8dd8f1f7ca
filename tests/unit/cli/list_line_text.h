// What was read of a list, as the tests of its forms expect it.
#pragma once

#include <string>
#include <vector>

#include "mgmtd/cli/list_entries.h"

namespace mailreeve::cli {

// "allow ip 192.0.2.7; 2: block: has no value".
inline std::string textOf(const std::vector<ListLine>& lines) {
  std::string out;
  for (const auto& line : lines) {
    if (!out.empty()) out += "; ";
    if (!line.problem.empty()) {
      out += std::to_string(line.line) + ": " + line.problem;
      continue;
    }
    out += std::string(name(line.list)) + " " + criterionKey(line.entry) + " " +
           criterionValue(line.entry);
    if (line.entry.action == config::ListAction::Discard) out += " discard";
  }
  return out;
}

}  // namespace mailreeve::cli
