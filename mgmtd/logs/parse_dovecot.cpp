// Dovecot's lines about deliveries, Sieve scripts and logins.
#include <algorithm>
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

// What Dovecot and its Sieve say behind the id.
constexpr std::array<Text, 8> kSaid{": saved mail to ",
                                    ": save failed to ",
                                    ": stored mail into mailbox ",
                                    ": left message in mailbox ",
                                    ": fileinto action: ",
                                    ": redirect action: ",
                                    ": reject action: ",
                                    ": discard action: "};

// "msgid=<a@b>: ", "msgid=unspecified: ". The sender chooses the id, brackets
// or not: it goes on as far as it can, so that none can hold words that would
// pass for Dovecot's.
bool takeMessageId(Text& text, Text& id) {
  if (!take(text, "msgid=")) return false;
  if (text.starts_with("unspecified: ")) return takeUntil(text, ": ", id);
  auto end = text.rfind(">: ");
  const bool brackets = text.starts_with('<') && end != Text::npos;
  if (brackets)
    ++end;
  else
    end = Text::npos;
  for (const Text said : kSaid)
    if (const auto at = text.rfind(said); !brackets && at != Text::npos)
      end = end == Text::npos ? at : std::max(end, at);
  if (end == Text::npos) return takeUntil(text, ": ", id);
  id = brackets ? text.substr(1, end - 2) : text.substr(0, end);
  text.remove_prefix(end + 2);
  return true;
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
