#include "milter/released.h"

#include <utility>

#include "core/store/quarantine_message.h"

namespace mailreeve::milter {

Verdict forRelease(const Released& released,
                   std::string_view step,
                   Verdict verdict) {
  using Kind = Verdict::Kind;
  if (verdict.kind == Kind::Pass || verdict.kind == Kind::Defer) return verdict;
  if (released.waives(step))
    return Verdict::pass("waived by the release: " + verdict.reason);
  const bool virus = store::kindOfStep(step) == store::HeldKind::Virus;
  if (verdict.kind == Kind::Mark && !virus) return verdict;
  if (verdict.kind == Kind::Reject) return verdict;
  return Verdict::reject({554, "5.7.1", "Not released: it is still held back"},
                         verdict.reason,
                         verdict.found);
}

}  // namespace mailreeve::milter
