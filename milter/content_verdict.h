// The decisions that settings about content have in common, as verdicts.
#pragma once

#include <string>

#include "core/config/content.h"
#include "milter/findings.h"
#include "milter/transaction.h"
#include "milter/verdict.h"

namespace mailreeve::milter {

// What was found, for each of those who are told.
struct ContentFinding {
  std::string reason;  // For the log.
  std::string found;   // For events: a rule's name, "encrypted archive".
  std::string reply;   // For the client; one plain line.
};

// The field that marks a message which is delivered in spite of its content.
inline constexpr const char* kContentField = "X-Mailreeve-Content";

[[nodiscard]] Verdict verdictFor(config::ContentAction action,
                                 const ContentFinding& finding);

// Adds the field to what the message is marked with, once for each text.
void markContent(Findings& findings, const std::string& found);

[[nodiscard]] bool holdsFor(config::MailDirection direction,
                            const Transaction& transaction);

// `worse` becomes the verdict if it is; the reasons of both are kept.
void takeWorse(Verdict& verdict, Verdict worse);

}  // namespace mailreeve::milter
