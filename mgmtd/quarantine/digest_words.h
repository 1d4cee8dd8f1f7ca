// What a digest says, in the languages it can be had in.
#pragma once

#include "core/config/quarantine.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::quarantine {

struct DigestWords {
  const char* sender;           // The name before postmaster's address.
  const char* subjectOne;       // One message is new.
  const char* subjectMany;      // "%1" is how many.
  const char* subjectSentOne;   // The same of what the reader sent.
  const char* subjectSentMany;  // "%1" is how many, here and below.
  const char* subjectBoth;      // To him and from him.
  const char* intro;
  const char* introSent;
  const char* from;
  const char* to;
  const char* subject;
  const char* received;
  const char* sent;  // When it was.
  const char* reason;
  const char* number;
  const char* noSender;
  const char* noSubject;
  const char* look;      // In front of a link that shows and asks.
  const char* release;   // On a button.
  const char* remove;    // On a button.
  const char* request;   // On a button, and in front of its link.
  const char* ask;       // Where there is no link.
  const char* more;      // "%1" more are not listed.
  const char* linkLife;  // "%1" days.
  const char* spam;
  const char* content;
  const char* authentication;
  const char* virus;

  [[nodiscard]] const char* of(store::HeldKind kind) const;
};

[[nodiscard]] const DigestWords& digestWords(config::DigestLanguage language);

}  // namespace mailreeve::quarantine
