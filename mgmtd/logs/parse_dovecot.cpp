// Dovecot's lines about deliveries, Sieve scripts and logins.
#include <array>
#include <utility>

#include "mgmtd/logs/parse.h"
#include "mgmtd/logs/scan.h"

namespace mailreeve::logs {

namespace {

using store::EntryKind;
using store::MailEntry;
using Text = std::string_view;

// What an entry calls each service; others say nothing about mail.
constexpr std::array<std::pair<Text, Text>, 6> kServices{
    {{"lmtp", "dovecot/lmtp"},
     {"lda", "dovecot/lda"},
     {"imap-login", "dovecot/imap-login"},
     {"pop3-login", "dovecot/pop3-login"},
     {"managesieve-login", "dovecot/managesieve-login"},
     {"submission-login", "dovecot/submission-login"}}};

void takeLevel(Text& text) {
  for (const Text level : {"Info: ", "Warning: ", "Error: ", "Debug: "})
    if (take(text, level)) return;
}

// "(alice@example.com)<218><session>: " or "(alice@example.com): "
bool takeUser(Text& text, MailEntry& entry) {
  Text process;
  if (!take(text, "(")) return false;
  Text rest = text;
  if (takeUntil(rest, ")<", entry.recipient) &&
      takeUntil(rest, "><", process) && takeUntil(rest, ">: ", entry.session)) {
    text = rest;
    return true;
  }
  entry.session = {};
  return takeUntil(text, "): ", entry.recipient);
}

// "msgid=<a@b>: "; the id may itself hold ": ".
bool takeMessageId(Text& text, Text& id) {
  if (!take(text, "msgid=")) return false;
  if (take(text, "<")) return takeUntil(text, ">: ", id);
  return takeUntil(text, ": ", id);  // "unspecified"
}

bool parseSieve(Text text, MailEntry& entry) {
  entry.text = text;
  const auto says = [text](Text words) {
    return text.find(words) != Text::npos;
  };
  if (says("stored mail into mailbox ") || says("left message in mailbox ")) {
    entry.kind = EntryKind::Stored;
    entry.status = "stored";
  } else if (says("forwarded to <")) {
    entry.kind = EntryKind::Forwarded;
    entry.status = "forwarded";
  } else if (says("discard action: ") || says("to be discarded")) {
    entry.kind = EntryKind::SieveDiscard;
    entry.status = "discarded";
  } else if (says("rejected message from <")) {
    entry.kind = EntryKind::SieveReject;
    entry.status = "sent back";
  } else {
    entry.kind = EntryKind::Failed;
    entry.status = says("failed") ? "failed" : "noted";
  }
  return true;
}

bool parseDeliveryLine(Text text, MailEntry& entry) {
  if (!takeUser(text, entry)) return false;
  takeLevel(text);
  const bool sieve = take(text, "sieve: ");
  if (!takeMessageId(text, entry.messageId)) return false;
  if (entry.messageId == "unspecified") entry.messageId = {};
  if (sieve) return parseSieve(text, entry);
  entry.text = text;
  if (text.starts_with("saved mail to ")) {
    entry.kind = EntryKind::Stored;
    entry.status = "stored";
    return true;
  }
  entry.kind = EntryKind::Failed;
  entry.status = "failed";
  return text.starts_with("save failed to ");
}

bool parseLogin(Text text, MailEntry& entry) {
  entry.text = text;
  entry.kind = EntryKind::Login;
  if (!text.starts_with("Login: ")) {
    entry.kind = EntryKind::LoginFailed;
    if (text.find("(auth failed, ") == Text::npos) return false;
  }
  entry.login = between(text, "user=<", ">");
  entry.client = between(text, ", rip=", ",");
  return !entry.login.empty();
}

}  // namespace

bool parseDovecot(Text text, MailEntry& entry) {
  for (const auto& [service, name] : kServices) {
    Text rest = text;
    if (!take(rest, service)) continue;
    if (rest.starts_with('(')) {
      if (service.ends_with("-login")) return false;
      entry.program = name;
      return parseDeliveryLine(rest, entry);
    }
    if (!service.ends_with("-login") || !take(rest, ": ")) continue;
    takeLevel(rest);
    entry.program = name;
    return parseLogin(rest, entry);
  }
  return false;
}

}  // namespace mailreeve::logs
