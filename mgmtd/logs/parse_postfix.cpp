// Postfix's lines, by the words that postfix-3.7's sources print.
#include <algorithm>

#include "mgmtd/logs/parse.h"
#include "mgmtd/logs/scan.h"

namespace mailreeve::logs {

namespace {

using store::EntryKind;
using store::MailEntry;
using Text = std::string_view;

// "host.name[192.0.2.1]", "[192.0.2.1]:1234": the address.
Text addressOf(Text peer) {
  return between(peer, "[", "]");
}

// The program behind the last slash: "smtpd" of "postfix/submission/smtpd".
Text service(Text program) {
  const auto slash = program.rfind('/');
  return slash == Text::npos ? Text{} : program.substr(slash + 1);
}

// "to=<a>, orig_to=<b>, relay=r, delay=1, delays=1/0/0/0, dsn=2.0.0,
// status=sent (250 Ok)"
bool parseDelivery(Text text, MailEntry& entry) {
  entry.text = text;
  if (!takeAddress(text, "to", entry.recipient) || !take(text, ", "))
    return false;
  if (takeAddress(text, "orig_to", entry.originalRecipient)) take(text, ", ");
  Text relay;
  if (!take(text, "relay=") || !takeUntil(text, ", ", relay)) return false;
  entry.relay = relay;
  const auto at = text.find("status=");
  if (at == Text::npos) return false;
  text.remove_prefix(at + 7);
  entry.status = text.substr(0, text.find(' '));
  entry.kind = EntryKind::Delivery;
  // "sent (250 2.0.0 <alice@example.com> uN9dN0iNAmvaAAAAYIgGOA Saved)"
  if (Text said = text; said.ends_with(" Saved)")) {
    said.remove_suffix(7);
    entry.session = said.substr(said.rfind(' ') + 1);
  }
  // "sent (forwarded as 4XyZ)": local(8) made a new queue file.
  if (const Text id = between(text, "(forwarded as ", ")"); isQueueId(id))
    entry.linked = id;
  // Back in our own queue, behind a content filter.
  if (entry.relay.find("[127.0.0.1]") != Text::npos ||
      entry.relay.find("[::1]") != Text::npos) {
    const auto as = text.rfind("queued as ");
    if (as != Text::npos) {
      Text id = text.substr(as + 10);
      id = id.substr(0, std::min(id.find(')'), id.size()));
      if (isQueueId(id)) entry.linked = id;
    }
  }
  return true;
}

// "from=<a>, size=473, nrcpt=1 (queue active)", "from=<a>, status=expired, ..."
bool parseQueued(Text text, MailEntry& entry) {
  entry.text = text;
  if (!takeAddress(text, "from", entry.sender) || !take(text, ", "))
    return false;
  entry.hasSender = true;
  if (take(text, "status=")) {
    entry.kind = EntryKind::Expired;
    entry.status = "expired";
    return true;
  }
  if (!take(text, "size=")) return false;
  entry.size = leadingNumber(text);
  Text ignored;
  if (!takeUntil(text, ", nrcpt=", ignored)) return false;
  entry.recipients = leadingNumber(text);
  entry.kind = EntryKind::Queued;
  return true;
}

// "client=host[address], sasl_method=PLAIN, sasl_username=alice@example.com"
bool parseClient(Text text, MailEntry& entry) {
  entry.text = text;
  entry.kind = EntryKind::Accepted;
  entry.client = addressOf(text);
  const auto login = text.find(", sasl_username=");
  if (login != Text::npos) {
    entry.login = text.substr(login + 16);
    entry.login =
        entry.login.substr(0, std::min(entry.login.find(", "), text.size()));
  }
  return true;
}

// "uid=993 from=<a> orig_id=4XyZ"
bool parsePickup(Text text, MailEntry& entry) {
  entry.text = text;
  entry.kind = EntryKind::Accepted;
  const auto from = text.find(" from=<");
  if (from == Text::npos) return true;
  text.remove_prefix(from + 1);
  if (!takeAddress(text, "from", entry.sender)) return true;
  entry.hasSender = true;
  if (take(text, " orig_id=") && isQueueId(text)) entry.linked = text;
  return true;
}

// "; from=<a> to=<b> proto=ESMTP helo=<c>", postscreen with commas between.
void readEnvelope(Text text, MailEntry& entry) {
  const auto at = text.rfind("; from=<");
  if (at == Text::npos) return;
  text.remove_prefix(at + 2);
  if (!takeAddress(text, "from", entry.sender)) return;
  entry.hasSender = true;
  take(text, ",");
  take(text, " ");
  (void)takeAddress(text, "to", entry.recipient);
}

// Behind the address stands "]: 550 5.7.1 ..." or, of a milter, "]: 5.7.1 ...".
Text statusOf(Text text) {
  for (const Text mark : {Text("]: "), Text(": ")}) {
    for (auto at = text.find(mark); at != Text::npos;
         at = text.find(mark, at + 1)) {
      const char digit =
          at + mark.size() < text.size() ? text[at + mark.size()] : ' ';
      if (digit == '5') return "reject";
      if (digit == '4') return "defer";
    }
  }
  return "reject";
}

Text referenceOf(Text text) {
  const Text code = between(text, "(reference ", ")");
  return code.size() == 8 ? code : Text{};
}

// What is done to a message or recipient: "reject: RCPT from host[address]:
// ..."
bool parseAction(Text text, MailEntry& entry) {
  const auto colon = text.find(": ");
  if (colon == Text::npos || colon > 20) return false;
  Text action = text.substr(0, colon);
  entry.text = text;
  take(action, "milter-");
  if (action == "reject") {
    entry.kind = EntryKind::Rejected;
    entry.status = statusOf(text);
  } else if (action == "discard") {
    entry.kind = EntryKind::Discarded;
    entry.status = "discarded";
  } else if (action == "hold") {
    entry.kind = EntryKind::Held;
    entry.status = "held";
  } else {
    return false;
  }
  const auto from = text.find(" from ");
  if (from != Text::npos) entry.client = addressOf(text.substr(from));
  entry.traceCode = referenceOf(text);
  readEnvelope(text, entry);
  return true;
}

// "sender non-delivery notification: 4XyZ"
bool parseNotification(Text text, MailEntry& entry) {
  const auto at = text.find(" notification: ");
  if (at == Text::npos) return false;
  entry.linked = text.substr(at + 15);
  entry.text = text;
  entry.kind = EntryKind::Linked;
  return isQueueId(entry.linked);
}

bool parseQueueLine(Text text, MailEntry& entry) {
  if (text.starts_with("to=<")) return parseDelivery(text, entry);
  if (text.starts_with("from=<")) return parseQueued(text, entry);
  if (text.starts_with("client=")) return parseClient(text, entry);
  if (text.starts_with("uid=")) return parsePickup(text, entry);
  if (text == "removed") {
    entry.kind = EntryKind::Removed;
    entry.text = text;
    return true;
  }
  if (Text id = text; take(id, "message-id=")) {
    entry.text = text;
    if (take(id, "<") && id.ends_with('>')) id.remove_suffix(1);
    entry.messageId = id;
    entry.kind = EntryKind::MessageId;
    return true;
  }
  return parseAction(text, entry) || parseNotification(text, entry);
}

// A session that came to nothing, or postscreen's findings about a client.
bool parseConnection(Text text, MailEntry& entry) {
  entry.kind = EntryKind::Connection;
  entry.text = text;
  const auto from = [&](Text word) {
    const auto at = text.find(word);
    if (at != Text::npos) entry.client = addressOf(text.substr(at));
    return !entry.client.empty();
  };
  if (service(entry.program) == "postscreen") {
    for (const Text start : {"PREGREET ",
                             "HANGUP ",
                             "COMMAND ",
                             "BARE NEWLINE ",
                             "NON-SMTP COMMAND "})
      if (text.starts_with(start)) return from(" from [");
    for (const Text start : {"PASS NEW ",
                             "DENYLISTED ",
                             "BLACKLISTED ",
                             "ALLOWLISTED ",
                             "WHITELISTED "})
      if (text.starts_with(start)) return from(" [");
    return text.starts_with("DNSBL rank ") && from(" for [");
  }
  if (text.starts_with("lost connection after ") ||
      text.starts_with("timeout after ") ||
      text.starts_with("too many errors after ") ||
      text.starts_with("improper command pipelining after "))
    return from(" from ");
  if (Text rest = text; take(rest, "warning: ") &&
                        rest.find(" authentication failed: ") != Text::npos &&
                        rest.find("]: SASL ") != Text::npos) {
    entry.kind = EntryKind::LoginFailed;
    entry.client = addressOf(rest);
    const auto login = rest.rfind(", sasl_username=");
    if (login != Text::npos) entry.login = rest.substr(login + 16);
    return !entry.client.empty();
  }
  return false;
}

}  // namespace

bool isQueueId(Text text) {
  if (text.size() < 5 || text.size() > 20) return false;
  for (const char c : text)
    if (!isDigit(c) && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'))
      return false;
  return true;
}

bool parsePostfix(Text text, MailEntry& entry) {
  const auto colon = text.find(": ");
  if (colon != Text::npos) {
    const Text id = text.substr(0, colon);
    if (id == "NOQUEUE") return parseAction(text.substr(colon + 2), entry);
    // "warning" and the like look like long ids, but no queue line follows.
    if (isQueueId(id) && id != "warning" && id != "fatal" && id != "error" &&
        id != "panic") {
      entry.queueId = id;
      return parseQueueLine(text.substr(colon + 2), entry);
    }
  }
  return parseConnection(text, entry);
}

}  // namespace mailreeve::logs
