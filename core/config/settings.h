// What an administrator may decide: the YAML of /etc/mailreeve as plain values.
//
// Every field is described once, in describe.cpp: key, help, limits, row of the
// feature list. The defaults stand here and are safe: nothing is relayed for
// strangers, nothing is let through because it was left out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/decimal.h"
#include "core/config/antivirus.h"
#include "core/config/authentication_checks.h"
#include "core/config/content.h"
#include "core/config/dmarc_reports.h"
#include "core/config/dns.h"
#include "core/config/greylisting.h"
#include "core/config/lists.h"
#include "core/config/postscreen.h"
#include "core/config/quarantine.h"
#include "core/config/restrictions.h"
#include "core/config/signing.h"
#include "core/config/spam.h"

namespace mailreeve::config {

// A listening port of one protocol.
struct Listener {
  bool enabled = true;
  std::int64_t port = 0;
};

enum class TlsProfile { Modern, Intermediate, Old };

struct Tls {
  std::string certificate;  // Path of a PEM chain; empty: a self-signed one is
  std::string key;          // made by `mgmtctl init`.
  TlsProfile profile = TlsProfile::Intermediate;
};

struct Server {
  std::string hostname;  // FQDN; also the HELO name.
  std::string banner;    // After "220 hostname "; empty: "ESMTP".
  std::vector<std::string> interfaces;  // Addresses to listen on; empty: all.
  std::int64_t maxRecipients = 1000;    // For each message.
  std::int64_t maxHops = 50;            // Received fields.
  std::int64_t maxMessageSize = std::int64_t{25} << 20U;  // Bytes.
  Tls tls;
};

struct Protocols {
  Listener smtp{true, 25};
  Listener submission{true, 587};
  Listener smtps{true, 465};
  Listener imap{true, 143};
  Listener imaps{true, 993};
  Listener pop3{false, 110};
  Listener pop3s{false, 995};
  Listener managesieve{true, 4190};
  std::int64_t maxConnectionsPerUser = 20;  // For each user and address.
};

// FEATURES B10.
struct Authentication {
  bool requiredForRelay = true;       // False: mail for outside addresses is
                                      // refused for everybody not trusted.
  bool skipForLocalNetworks = false;  // networks.local may relay without.
  bool senderMustMatchLogin = true;
  bool skipSenderCheckForTrusted = false;
  bool plaintextNeedsTls = true;
  bool scram = false;  // Store SCRAM-SHA-256 secrets beside argon2id.
};

struct Networks {
  std::vector<std::string> local = {"127.0.0.0/8",
                                    "::1/128",
                                    "10.0.0.0/8",
                                    "172.16.0.0/12",
                                    "192.168.0.0/16",
                                    "fc00::/7",
                                    "fe80::/10"};  // "LAN" in LAN-only rules.
  std::vector<std::string> trusted;  // May relay without authentication.
};

struct Mailboxes {
  std::string volume = "/var/vmail";  // The directory all mail is kept under.
  std::int64_t quota = 0;             // Bytes for each account; 0: none.
};

// Limits of a domain's senders; 0 is "no limit" everywhere.
struct Limits {
  std::int64_t messageSize = 0;     // Bytes.
  std::int64_t attachmentSize = 0;  // Bytes of one attachment, decoded.
  std::int64_t dailyMessages = 0;   // For each user.
  std::int64_t dailyVolume = 0;     // Bytes for each user.
};

struct Alias {
  std::string name;             // Local part.
  std::vector<std::string> to;  // Local parts of the domain, or addresses.
};

enum class BccWhen { All, Sender, Recipient };

struct AutoBcc {
  std::string name;  // For the trace; may be empty.
  bool enabled = true;
  BccWhen when = BccWhen::All;
  std::string contains;  // In MAIL FROM or RCPT TO; unused for All.
  std::vector<std::string> to;
};

enum class PartyField { Sender, Recipient };

struct PartyRule {
  PartyField field = PartyField::Sender;
  std::string matches;  // With `*`.
};

enum class MatchMode { All, Any };
enum class NoticePosition { Bottom, Top, AboveQuote };
enum class NoticeRepeat { OncePerMessage, OncePerThread, Always };
enum class NoticeFallback { Ignore, Wrap, Reject };

struct Disclaimer {
  std::string name;
  bool enabled = true;
  bool skipInternal = true;  // Not when all recipients are of the domain.
  MatchMode match = MatchMode::All;
  std::vector<PartyRule> rules;       // None: every message.
  std::vector<PartyRule> exceptions;  // Any of them: not this one.
  std::string html;
  std::string plain;  // Empty: made from html, and the reverse.
  NoticePosition position = NoticePosition::Bottom;
  NoticeRepeat repeat = NoticeRepeat::OncePerThread;
  NoticeFallback fallback = NoticeFallback::Ignore;
};

struct Domain {
  std::string name;
  std::string description;
  std::vector<std::string> additional;
  bool autoForwarding = true;
  Limits limits;
  std::vector<Alias> aliases;
  std::vector<AutoBcc> autoBcc;
  std::vector<Disclaimer> disclaimers;  // First match wins.
  std::optional<Decimal> spamThreshold;
  DomainSigning dkim;
};

// What a user policy may decide; unset falls through to the domain, then to the
// default policy, then to the built-in default.
struct UserSettings {
  std::optional<bool> autoForwarding;
  std::optional<std::int64_t> dailyMessages;
  std::optional<std::int64_t> dailyVolume;
  std::optional<std::int64_t> attachmentSize;
  std::optional<bool> internalOnly;  // May send to internal recipients only.
  std::optional<bool> imap;
  std::optional<bool> imapLanOnly;
  std::optional<bool> pop3;
  std::optional<bool> pop3LanOnly;
  std::optional<bool> managesieve;
  std::optional<bool> managesieveLanOnly;
  std::optional<bool> smtp;
  std::optional<bool> smtpLanOnly;
  std::optional<Decimal> spamThreshold;
};

// FEATURES A6: ordered, the first whose users contain the account applies.
struct UserPolicy {
  std::string name;
  std::string color;
  std::vector<std::string> users;  // Addresses, `*@domain` or `*`.
  UserSettings settings;
};

// FEATURES H3: what must hold, checked by `mgmtctl test`.
struct PolicyTests {
  bool beforeApply = false;  // `apply` refuses while an expectation fails.
};

struct Logging {
  std::vector<std::string> files = {"/var/log/mail.log"};
  std::int64_t keepEventsDays = 90;
};

// Where a secret comes from: {file: PATH} or {env: NAME}. Exactly one is set.
struct SecretSource {
  std::string file;
  std::string environment;
};

// Settings passed on as they are. A value may be a secret, and is then
// resolved into `settings` when the YAML is read for apply.
struct Extra {
  std::map<std::string, std::string> settings;
  std::map<std::string, SecretSource> secrets;
};

struct Settings {
  Server server;
  Protocols protocols;
  Authentication authentication;
  AuthenticationChecks authenticationChecks;
  Networks networks;
  Dns dns;
  Mailboxes mailboxes;
  Logging logging;
  PolicyTests tests;
  Signing dkim;
  std::vector<Domain> domains;
  Lists lists;
  Antivirus antivirus;
  Spam spam;
  Quarantine quarantine;
  Attachments attachments;
  Structure structure;      // content.structure
  ContentScan contentScan;  // content.scan
  ContentRules contentRules;
  Restrictions restrictions;
  Greylisting greylisting;
  Postscreen postscreen;
  DmarcReports dmarcReports;
  std::vector<UserPolicy> policies;
  UserSettings defaultPolicy;
  Extra postfix;  // postfix.extra: main.cf parameters.
  Extra dovecot;  // dovecot.extra: settings, sections by `/`.
};

}  // namespace mailreeve::config
