#include "core/config/describe.h"

#include "core/config/describe_antivirus.h"
#include "core/config/describe_authentication_checks.h"
#include "core/config/describe_content.h"
#include "core/config/describe_dmarc_reports.h"
#include "core/config/describe_dns.h"
#include "core/config/describe_greylisting.h"
#include "core/config/describe_lists.h"
#include "core/config/describe_postscreen.h"
#include "core/config/describe_quarantine.h"
#include "core/config/describe_restrictions.h"
#include "core/config/describe_signing.h"
#include "core/config/describe_spam.h"
#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr std::int64_t kMebi = std::int64_t{1} << 20U;
constexpr Range kSizeRange{0, 4096 * kMebi};
constexpr Range kPort{1, 65535};
constexpr Range kDailyMessages{0, 1000000};
constexpr Range kDailyVolume{0, 1048576 * kMebi};

void describeTls(Fields& f, Tls& tls) {
  f.text({"certificate",
          "PEM file with the certificate and its chain. Without it a "
          "self-signed one is made.",
          "B1"},
         tls.certificate,
         TextKind::Path);
  f.text({"key", "PEM file with the private key of the certificate.", "B1"},
         tls.key,
         TextKind::Path);
  choiceOf(f,
           {"profile",
            "Which TLS versions and ciphers are offered: modern is TLS 1.3 "
            "only, intermediate 1.2 and 1.3, old also 1.0 and 1.1.",
            "B1"},
           tls.profile,
           {"modern", "intermediate", "old"});
}

void describeServer(Fields& f, Server& server) {
  f.text({"hostname",
          "The fully qualified name of this server: used in the greeting, as "
          "HELO name and in Received fields. Its address must resolve back "
          "to it.",
          "B8",
          true},
         server.hostname,
         TextKind::Hostname);
  f.text({"banner",
          "What follows the host name in the SMTP greeting. Empty: ESMTP.",
          "B8"},
         server.banner,
         TextKind::Free);
  f.texts(
      {"interfaces", "Addresses to listen on. Empty: all of this host.", "B3"},
      server.interfaces,
      TextKind::Ip);
  f.integer({"max_recipients",
             "Most recipients of one message; a message with more is refused.",
             "B8"},
            server.maxRecipients,
            {1, 50000});
  f.integer({"max_hops",
             "Most relays (Received fields) a message may have passed; one "
             "with more is refused as a loop.",
             "B8"},
            server.maxHops,
            {1, 200});
  f.size({"max_message_size",
          "Largest message in either direction, as it is transferred.",
          "B8"},
         server.maxMessageSize,
         {64 << 10, 2047 * kMebi});
  f.group({"tls",
           "Certificate and strength of TLS, for SMTP, IMAP and POP3.",
           "B1"},
          [&](Fields& g) { describeTls(g, server.tls); });
}

void describeListener(Fields& fields, const Field& field, Listener& listener) {
  fields.group(field, [&](Fields& f) {
    f.boolean({"enabled", "Whether the service is offered.", "B1"},
              listener.enabled);
    f.integer({"port", "TCP port to listen on.", "B1"}, listener.port, kPort);
  });
}

void describeProtocols(Fields& f, Protocols& p) {
  describeListener(
      f,
      {"smtp", "SMTP from other mail servers; STARTTLS is offered.", "B1"},
      p.smtp);
  describeListener(f,
                   {"submission",
                    "Submission by users; STARTTLS and authentication are "
                    "required.",
                    "B1"},
                   p.submission);
  describeListener(
      f, {"smtps", "Submission by users over implicit TLS.", "B1"}, p.smtps);
  describeListener(f, {"imap", "IMAP with STARTTLS.", "B2"}, p.imap);
  describeListener(f, {"imaps", "IMAP over implicit TLS.", "B2"}, p.imaps);
  describeListener(f, {"pop3", "POP3 with STLS.", "B2"}, p.pop3);
  describeListener(f, {"pop3s", "POP3 over implicit TLS.", "B2"}, p.pop3s);
  describeListener(
      f,
      {"managesieve", "ManageSieve, for users' own filter rules.", "B2"},
      p.managesieve);
  f.integer({"max_connections_per_user",
             "Most IMAP, and most POP3, connections of one user from one "
             "address.",
             "B2"},
            p.maxConnectionsPerUser,
            {1, 5000});
}

void describeAuthentication(Fields& f, Authentication& a) {
  f.boolean({"required_for_relay",
             "Users who log in may send to outside addresses. When false "
             "nobody can log in to send, and only trusted networks relay.",
             "B10"},
            a.requiredForRelay);
  f.boolean({"skip_for_local_networks",
             "Clients in networks.local may send to outside addresses without "
             "logging in.",
             "B10"},
            a.skipForLocalNetworks);
  f.boolean({"sender_must_match_login",
             "The MAIL FROM address must belong to the account that logged "
             "in.",
             "B10"},
            a.senderMustMatchLogin);
  f.boolean({"skip_sender_check_for_trusted",
             "No such check for mail from networks.trusted.",
             "B10"},
            a.skipSenderCheckForTrusted);
  f.boolean({"plaintext_needs_tls",
             "Plaintext passwords are taken over TLS only (loopback "
             "excepted).",
             "B10"},
            a.plaintextNeedsTls);
  f.boolean({"scram",
             "Store a SCRAM-SHA-256 secret beside the argon2id hash at each "
             "password change and offer SCRAM-SHA-256. The secret is weaker "
             "than argon2id if the database is stolen.",
             "B10"},
            a.scram);
}

void describeNetworks(Fields& f, Networks& n) {
  f.texts({"local",
           "The LAN: where settings that say LAN only allow logins from.",
           "A6"},
          n.local,
          TextKind::Network);
  f.texts({"trusted",
           "Networks whose mail is relayed without authentication.",
           "B13"},
          n.trusted,
          TextKind::Network);
}

void describeMailboxes(Fields& f, Mailboxes& m) {
  f.text({"volume", "Directory under which all mailboxes are kept.", "A1"},
         m.volume,
         TextKind::Path);
  f.size({"quota", "Storage of each account; 0 is no limit.", "A1"},
         m.quota,
         kDailyVolume);
}

void describeLogging(Fields& f, Logging& l) {
  f.texts({"files",
           "The files Postfix and Dovecot log to, which mgmtd follows into the "
           "log database. Nothing is followed when the list is empty.",
           "F6"},
          l.files,
          TextKind::Path);
  f.integer(
      {"keep_events_days",
       "Days that events, the mail log and the security log stay in the log "
       "database.",
       "F10"},
      l.keepEventsDays,
      {1, 3650});
}

void describeTests(Fields& f, PolicyTests& t) {
  f.boolean({"before_apply",
             "Run the expectations of tests/*.yaml before each apply, and "
             "refuse it while one does not hold.",
             "H3"},
            t.beforeApply);
}

void describeLimits(Fields& f, Limits& l) {
  f.size({"message_size",
          "Largest message that users of the domain may send; 0 is no limit "
          "but the server's.",
          "C8"},
         l.messageSize,
         kSizeRange);
  f.size({"attachment_size",
          "Largest single attachment that users may send, decoded; 0 is no "
          "limit.",
          "C8"},
         l.attachmentSize,
         kSizeRange);
  f.integer({"daily_messages",
             "Messages a user may send a day; 0 is no limit.",
             "C9"},
            l.dailyMessages,
            kDailyMessages);
  f.size({"daily_volume", "Volume a user may send a day; 0 is no limit.", "C9"},
         l.dailyVolume,
         kDailyVolume);
}

void describeAlias(Fields& f, Alias& a) {
  f.text({"name", "The part before the @.", "C6", true},
         a.name,
         TextKind::LocalPart);
  f.texts({"to",
           "Accounts or aliases of the domain (part before the @), or whole "
           "addresses, of this system or outside.",
           "C6",
           true},
          a.to,
          TextKind::Target);
}

void describeAutoBcc(Fields& f, AutoBcc& b) {
  f.text({"name", "Shown in traces.", "C7", true}, b.name, TextKind::Name);
  f.boolean({"enabled", "Whether the rule is in force.", "C7"}, b.enabled);
  choiceOf(f,
           {"when",
            "What the rule looks at: every message of the domain's users, the "
            "envelope sender, or the envelope recipients.",
            "C7"},
           b.when,
           {"all", "sender", "recipient"});
  f.text({"contains",
          "What the address must contain, in any case; for sender and "
          "recipient.",
          "C7"},
         b.contains,
         TextKind::Free);
  f.texts({"to",
           "Who gets the copy: addresses, or accounts or aliases of the "
           "domain.",
           "C7",
           true},
          b.to,
          TextKind::Target);
}

void describePartyRule(Fields& f, PartyRule& r) {
  choiceOf(f,
           {"field", "Which envelope address is looked at.", "C10", true},
           r.field,
           {"sender", "recipient"});
  f.text(
      {"matches", "The address, in which * stands for anything.", "C10", true},
      r.matches,
      TextKind::AddressPattern);
}

void describeDisclaimer(Fields& f, Disclaimer& d) {
  f.text({"name", "Shown in traces and in the plan.", "C10", true},
         d.name,
         TextKind::Name);
  f.boolean({"enabled", "Whether the disclaimer is in force.", "C10"},
            d.enabled);
  f.boolean({"skip_internal",
             "Not when all recipients are in the domain or its additional "
             "domains.",
             "C10"},
            d.skipInternal);
  choiceOf(f,
           {"match", "Whether all rules must match or any one.", "C10"},
           d.match,
           {"all", "any"});
  listOf(f,
         {"rules", "When the disclaimer applies; none: always.", "C10"},
         d.rules,
         "rule",
         describePartyRule);
  listOf(
      f,
      {"exceptions", "When it does not apply, whatever the rules say.", "C10"},
      d.exceptions,
      "exception",
      describePartyRule);
  f.text({"html",
          "Content for HTML parts. {sender}, {sender_domain} and {date} are "
          "filled in.",
          "C10"},
         d.html,
         TextKind::Block);
  f.text({"plain", "Content for text parts; made from html when empty.", "C10"},
         d.plain,
         TextKind::Block);
  choiceOf(f,
           {"position", "Where in the text it goes.", "C10"},
           d.position,
           {"bottom", "top", "above_quote"});
  choiceOf(f,
           {"repeat",
            "Whether a reply that quotes the disclaimer gets it again: "
            "once_per_message adds it unless the new text has it, "
            "once_per_thread also not when the quoted text has it.",
            "C10"},
           d.repeat,
           {"once_per_message", "once_per_thread", "always"});
  choiceOf(f,
           {"fallback",
            "What happens to mail that cannot be edited without breaking it "
            "(signed, encrypted): ignore sends it as it is, wrap attaches it "
            "to a new message, reject refuses it.",
            "C10"},
           d.fallback,
           {"ignore", "wrap", "reject"});
}

void describeUserSettings(Fields& f, UserSettings& s) {
  f.optionalBoolean({"auto_forwarding",
                     "Whether Sieve scripts may forward mail; unset: as the "
                     "domain says.",
                     "A6"},
                    s.autoForwarding);
  f.optionalInteger({"daily_messages",
                     "Messages a day; 0 is no limit; unset: as the domain "
                     "says.",
                     "A6"},
                    s.dailyMessages,
                    kDailyMessages);
  f.optionalSize({"daily_volume",
                  "Volume a day; 0 is no limit; unset: as the domain says.",
                  "A6"},
                 s.dailyVolume,
                 kDailyVolume);
  f.optionalSize({"attachment_size",
                  "Largest single attachment, decoded; 0 is no limit; unset: "
                  "as the domain says.",
                  "A6"},
                 s.attachmentSize,
                 kSizeRange);
  f.optionalBoolean({"internal_only",
                     "Whether mail may go to recipients of this system only. "
                     "Automatic forwarding is then off, too.",
                     "A6"},
                    s.internalOnly);
  f.optionalBoolean({"imap", "Whether IMAP may be used.", "A6"}, s.imap);
  f.optionalBoolean({"imap_lan_only", "IMAP from networks.local only.", "A6"},
                    s.imapLanOnly);
  f.optionalBoolean({"pop3", "Whether POP3 may be used.", "A6"}, s.pop3);
  f.optionalBoolean({"pop3_lan_only", "POP3 from networks.local only.", "A6"},
                    s.pop3LanOnly);
  f.optionalBoolean({"managesieve", "Whether ManageSieve may be used.", "A6"},
                    s.managesieve);
  f.optionalBoolean(
      {"managesieve_lan_only", "ManageSieve from networks.local only.", "A6"},
      s.managesieveLanOnly);
  f.optionalBoolean({"smtp", "Whether mail may be sent after login.", "A6"},
                    s.smtp);
  f.optionalBoolean(
      {"smtp_lan_only", "SMTP login from networks.local only.", "A6"},
      s.smtpLanOnly);
  describeSpamThreshold(
      f,
      {"spam_threshold",
       "Score from which mail for the user is spam; unset: as the domain "
       "says.",
       "D1"},
      s.spamThreshold);
}

void describeUserPolicy(Fields& f, UserPolicy& p) {
  f.text({"name", "Shown in traces and in `mgmtctl effective`.", "A6", true},
         p.name,
         TextKind::Name);
  f.text(
      {"color", "For the console: #rrggbb.", "A6"}, p.color, TextKind::Color);
  f.texts({"users",
           "Whom the policy is for: addresses, *@domain, or * for everybody.",
           "A6",
           true},
          p.users,
          TextKind::AddressPattern);
  describeUserSettings(f, p.settings);
}

}  // namespace

void describe(Fields& f, Domain& d) {
  f.text({"name", "The domain, as users write it; IDN allowed.", "C1", true},
         d.name,
         TextKind::Domain);
  f.text({"description", "For people.", "C1"}, d.description, TextKind::Free);
  f.texts({"additional",
           "Further domains with the same users, aliases and settings.",
           "C1"},
          d.additional,
          TextKind::Domain);
  f.boolean({"auto_forwarding",
             "Whether users' Sieve scripts may forward mail automatically.",
             "B11"},
            d.autoForwarding);
  f.group({"limits", "What users of the domain may send.", "C8"},
          [&](Fields& g) { describeLimits(g, d.limits); });
  listOf(f,
         {"aliases", "Addresses that stand for others.", "C6"},
         d.aliases,
         "alias",
         describeAlias);
  listOf(f,
         {"auto_bcc", "Blind copies.", "C7"},
         d.autoBcc,
         "auto BCC rule",
         describeAutoBcc);
  listOf(f,
         {"disclaimers",
          "Notices added to outgoing mail: the first that matches, and no "
          "other.",
          "C10"},
         d.disclaimers,
         "disclaimer",
         describeDisclaimer);
  describeSpamThreshold(f,
                        {"spam_threshold",
                         "Score from which mail for users of the domain is "
                         "spam; unset: spam.threshold.",
                         "D1"},
                        d.spamThreshold);
  f.group({"dkim", "How the domain's outgoing mail is signed.", "C4"},
          [&](Fields& g) { describeDomainSigning(g, d.dkim); });
}

void describe(Fields& f, Settings& s) {
  f.group({"server", "This server and what it accepts at most.", "B8", true},
          [&](Fields& g) { describeServer(g, s.server); });
  f.group({"protocols", "Which services are offered on which ports.", "B1"},
          [&](Fields& g) { describeProtocols(g, s.protocols); });
  f.group({"authentication", "Who may send to outside addresses.", "B10"},
          [&](Fields& g) { describeAuthentication(g, s.authentication); });
  f.group({"authentication_checks",
           "How mail from outside proves who it is from.",
           "E7"},
          [&](Fields& g) {
            describeAuthenticationChecks(g, s.authenticationChecks);
          });
  f.group({"networks", "Whose clients are near or trusted.", "B13"},
          [&](Fields& g) { describeNetworks(g, s.networks); });
  f.group({"dns", "How the checks look up names.", "E5"},
          [&](Fields& g) { describeDns(g, s.dns); });
  f.group({"mailboxes", "Where and how mail is kept.", "A1"},
          [&](Fields& g) { describeMailboxes(g, s.mailboxes); });
  f.group({"logging", "What is recorded and for how long.", "F10"},
          [&](Fields& g) { describeLogging(g, s.logging); });
  f.group({"tests", "Expectations kept beside the settings.", "H3"},
          [&](Fields& g) { describeTests(g, s.tests); });
  f.group({"dkim", "Signing, of all domains.", "C4"},
          [&](Fields& g) { describeSigning(g, s.dkim); });
  listOf(f,
         {"domains",
          "The mail domains; also one file each in domains/.",
          "C1",
          true},
         s.domains,
         "domain",
         describe);
  f.group({"lists", "Allow and block lists.", "B14"},
          [&](Fields& g) { describe(g, s.lists); });
  f.group({"antivirus", "How viruses are looked for and dealt with.", "E1"},
          [&](Fields& g) { describe(g, s.antivirus); });
  f.group({"spam", "What is spam, and what becomes of it.", "D1"},
          [&](Fields& g) { describe(g, s.spam); });
  f.group({"quarantine", "Where suspicious mail is held.", "E4"},
          [&](Fields& g) { describeQuarantine(g, s.quarantine); });
  f.group({"attachments", "Which files may come and go.", "E9"},
          [&](Fields& g) { describeAttachments(g, s.attachments); });
  f.group({"content", "How mail may be built, and what HTML may do.", "E10"},
          [&](Fields& g) { describeContent(g, s.structure, s.contentScan); });
  f.group({"content_rules",
           "Content protection: words and patterns that mail is kept back "
           "for.",
           "E8"},
          [&](Fields& g) { describeContentRules(g, s.contentRules); });
  f.group({"restrictions",
           "What clients must be and may do before their mail is looked at.",
           "B15"},
          [&](Fields& g) { describe(g, s.restrictions); });
  f.group({"greylisting", "Asking unknown senders to come again.", "D9"},
          [&](Fields& g) { describe(g, s.greylisting); });
  f.group(
      {"postscreen", "Tests before a client reaches the mail server.", "D8"},
      [&](Fields& g) { describe(g, s.postscreen); });
  f.group({"dmarc_reports",
           "What other domains are told about mail in their name.",
           "H8"},
          [&](Fields& g) { describe(g, s.dmarcReports); });
  listOf(f,
         {"policies",
          "User policies, in order: the first that names a user applies.",
          "A6"},
         s.policies,
         "policy",
         describeUserPolicy);
  f.group({"default_policy",
           "What holds for users whom no policy names, and for what a policy "
           "leaves open.",
           "A6"},
          [&](Fields& g) { describeUserSettings(g, s.defaultPolicy); });
  f.group({"postfix", "What of Postfix goes beyond these settings.", "H1"},
          [&](Fields& g) {
            g.extra({"extra",
                     "Own main.cf parameters. Those that Mailreeve sets are "
                     "refused.",
                     "H1"},
                    s.postfix);
          });
  f.group({"dovecot", "What of Dovecot goes beyond these settings.", "H1"},
          [&](Fields& g) {
            g.extra({"extra",
                     "Own Dovecot settings; a key such as \"service "
                     "imap-login/process_min_avail\" reaches into sections.",
                     "H1"},
                    s.dovecot);
          });
}

}  // namespace mailreeve::config
