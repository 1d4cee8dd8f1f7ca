#include "milter/checks/hop_count.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"

namespace mailreeve::milter {

Result<Verdict> HopCount::onMessage(const Transaction&,
                                    const mail::Message& message,
                                    Findings&) const {
  const auto hops = std::count_if(
      message.headers().begin(), message.headers().end(), [](const auto& h) {
        return equalsIgnoringCase(h.name, "Received");
      });
  std::string saw = std::to_string(hops) + " Received fields";
  if (limit_ == 0 || hops <= limit_) return Verdict::pass(std::move(saw));

  // RFC 3463 section 3.5: X.4.6 is "routing loop detected".
  return Verdict::reject(
      {554, "5.4.6", "Too many hops"},
      std::move(saw) + ", most are " + std::to_string(limit_));
}

}  // namespace mailreeve::milter
