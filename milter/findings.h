// What the checks have found out about one message, for later checks and for
// the edits: a check that looks leaves its result here, and who comes after it
// need not look again. Made at MAIL FROM, gone with the answer; one thread at a
// time.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

#include "core/mail/message.h"
#include "milter/content_orders.h"
#include "milter/spam_finding.h"

namespace mailreeve::milter {

// What an allow rule can spare a message (FEATURES B14). Anything else is never
// skipped.
enum class Skip { Dnsbl, Spf, Antivirus, Dkim, Dmarc, Restrictions };

// Holds for the message as a whole: what is spared one recipient only, is
// spared none.
class Exemptions {
 public:
  void add(Skip what) { what_.set(static_cast<std::size_t>(what)); }

  [[nodiscard]] bool has(Skip what) const {
    return what_.test(static_cast<std::size_t>(what));
  }

 private:
  std::bitset<6> what_;
};

// How a message that is delivered in spite of something is told apart.
struct Marks {
  std::vector<std::string> subjectPrefixes;  // "[SPAM]", UTF-8.
  std::vector<mail::Header> fields;          // Added; one line each.
};

struct Findings {
  Exemptions exempt;
  SpamFinding spam;

  // Whom one of our users writes to with this message, by his own hand.
  std::vector<std::string> writesTo;

  Marks marks;
  std::vector<StripOrder> strip;
  HtmlOrders html;
  ContentRulesOutcome contentRules;
};

}  // namespace mailreeve::milter
