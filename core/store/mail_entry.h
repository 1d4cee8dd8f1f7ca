// What one line of a mail log says, whichever program wrote it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/base/clock.h"

namespace mailreeve::store {

enum class EntryKind {
  Accepted,      // A queue file begins: smtpd's client=, pickup's uid=.
  MessageId,     // cleanup has read the header.
  Queued,        // qmgr: sender, size, number of recipients.
  Delivery,      // One recipient, one attempt.
  Removed,       // The queue file is gone: all recipients are done.
  Expired,       // qmgr gives up; the sender is told.
  Linked,        // Another queue file came of this one: a bounce, a re-queue.
  Rejected,      // smtpd, cleanup or postscreen said no.
  Discarded,     // Taken and thrown away by an access table or a milter.
  Held,          // Put into the hold queue.
  Connection,    // postscreen's findings, a session that broke off.
  Stored,        // Dovecot: in a mailbox.
  SieveDiscard,  // Dovecot: a script threw it away.
  Forwarded,     // Dovecot: a script sent it on.
  SieveReject,   // Dovecot: a script sent it back.
  Failed,        // Dovecot could not deliver.
  Login,
  LoginFailed,
  Verdict,  // milterd's and policyd's own line.
};

[[nodiscard]] std::string_view name(EntryKind kind);

// Views into the line that was read; empty where the line does not say.
struct MailEntry {
  TimePoint time;
  bool exact = false;        // The time has parts of a second.
  std::string_view program;  // "postfix/smtpd", "dovecot/lmtp", "milterd"
  EntryKind kind = EntryKind::Connection;
  std::string_view queueId;
  std::string_view messageId;  // Without angle brackets.
  std::string_view traceCode;
  std::string_view client;  // Address.
  std::string_view login;
  std::string_view sender;
  bool hasSender = false;  // An empty one may be the null sender.
  std::string_view recipient;
  std::string_view originalRecipient;  // orig_to=, where it differs.
  std::string_view relay;
  std::string_view status;   // sent, deferred, bounced, expired ...
  std::string_view linked;   // The other queue id.
  std::string_view session;  // Of LMTP: the same in Postfix's and Dovecot's
                             // line about one delivery.
  std::string_view text;     // What it says, for people.
  std::int64_t size = 0;
  std::int64_t recipients = 0;
};

}  // namespace mailreeve::store
