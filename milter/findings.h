// What the checks have found out about one message, for later checks and for
// the edits: a check that looks leaves its result here, and who comes after it
// need not look again. Made at MAIL FROM, gone with the answer; one thread at a
// time.
#pragma once

#include <string>
#include <vector>

#include "core/directory/skip_table.h"
#include "core/mail/message.h"
#include "core/store/outbox.h"
#include "milter/authentication.h"
#include "milter/content_orders.h"
#include "milter/spam_finding.h"

namespace mailreeve::milter {

// What an allow rule can spare a message (FEATURES B14). Anything else is never
// skipped.
using directory::Skip;

// Holds for the message as a whole: what is spared one recipient only, is
// spared none.
class Exemptions {
 public:
  void add(Skip what) { what_.add(what); }

  void add(directory::SkipSet what) { what_ = what_ | what; }

  [[nodiscard]] bool has(Skip what) const { return what_.has(what); }

 private:
  directory::SkipSet what_;
};

// An allow rule that spares the message more once its proof is had.
struct Promise {
  const config::ListEntry* entry = nullptr;  // Null: there is none.
  directory::SkipSet skips;
};

// How a message that is delivered in spite of something is told apart.
struct Marks {
  std::vector<std::string> subjectPrefixes;  // "[SPAM]", UTF-8.
  std::vector<mail::Header> fields;          // Added; one line each.
};

// In a message that is delivered in spite of a virus, or unscanned.
inline constexpr const char* kVirusField = "X-Virus-Status";

struct Findings {
  Exemptions exempt;
  Promise promise;
  // What a promise would spare if a key could be fetched.
  directory::SkipSet openProof;
  const config::ListEntry* proven = nullptr;  // By the message: to be counted.
  Authentication authentication;
  SpamFinding spam;

  // Whom one of our users writes to with this message, by his own hand.
  std::vector<std::string> writesTo;

  Marks marks;
  std::vector<StripOrder> strip;
  HtmlOrders html;
  ContentRulesOutcome contentRules;

  // To be sent once the message is accepted, in whatever way; not when it is
  // refused, for then the sender is told.
  std::vector<store::Notice> notices;
  std::vector<store::Notice> warnings;  // To be sent in any case.
};

}  // namespace mailreeve::milter
