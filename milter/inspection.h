// One message under inspection: what has been found so far, how, and who has
// been asked. Begun at DATA, carried along while the message comes in, read at
// its end.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "milter/findings.h"
#include "milter/inquiry.h"
#include "milter/trace.h"

namespace mailreeve::milter {

struct Inspection {
  Findings findings;
  Trace trace;

  // By the position of their check in the chain; null where a check asks
  // nobody. Empty until the envelope has passed.
  std::vector<std::unique_ptr<Inquiry>> inquiries;

  // Hands on what has arrived. An inquiry that throws is dropped and its check
  // fails.
  void bytes(std::string_view arrived);
  void complete(const mail::Message& message);
};

}  // namespace mailreeve::milter
