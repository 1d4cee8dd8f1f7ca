#include "milter/trace.h"

namespace mailreeve::milter {

std::string text(const TraceLine& line) {
  std::string out = line.step;
  out += ": ";
  out += name(line.says);
  if (!line.saw.empty()) {
    out += ", ";
    out += line.saw;
  }
  out += " (" + std::to_string(line.took.count()) + " us)";
  return out;
}

}  // namespace mailreeve::milter
