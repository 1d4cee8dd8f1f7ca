#include "core/config/describe_antivirus.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr std::int64_t kMebi = std::int64_t{1} << 20U;

void describeClamd(Fields& f, ClamdSettings& c) {
  f.text({"socket",
          "Where clamd listens: the path of its socket, or IP:port.",
          "E1"},
         c.socket,
         TextKind::Free);
  f.boolean({"manage",
             "Write clamd's own configuration from these settings; else it "
             "stays the host's.",
             "E1"},
            c.manage);
  f.boolean({"block_encrypted",
             "With manage: archives and documents that are encrypted count as "
             "infected.",
             "E1"},
            c.blockEncrypted);
  f.boolean({"block_macros",
             "With manage: office documents with macros count as infected.",
             "E1"},
            c.blockMacros);
  f.boolean({"block_over_limits",
             "With manage: what clamd's limits on size, files and depth keep "
             "it from seeing whole counts as infected.",
             "E1"},
            c.blockOverLimits);
  f.boolean({"detect_unwanted",
             "With manage: also find potentially unwanted applications.",
             "E1"},
            c.detectUnwanted);
  f.boolean({"phishing",
             "With manage: also find phishing by signatures and by links.",
             "E1"},
            c.phishing);
}

void describeIcap(Fields& f, IcapSettings& i) {
  f.text({"server",
          "Where the ICAP server listens: IP:port, or the path of a socket.",
          "E2"},
         i.server,
         TextKind::Free);
  f.text({"service", "Name of the scanning service: its URI's path.", "E2"},
         i.service,
         TextKind::Free);
  choiceOf(f,
           {"mode",
            "How a message is shown to it: as a response (RESPMOD) or as a "
            "request (REQMOD).",
            "E2"},
           i.mode,
           {"response", "request"});
  f.boolean(
      {"preview", "Send a preview first where the service offers that.", "E2"},
      i.preview);
  f.boolean({"self_test",
             "Believe that a message is clean only of a service that finds the "
             "EICAR test virus, which it is shown once an hour and whenever it "
             "has changed.",
             "E2"},
            i.selfTest);
  f.boolean({"fall_back_to_clamav",
             "While the ICAP server gives no answer, clamd scans.",
             "E2"},
            i.fallBack);
}

void describeUpdates(Fields& f, VirusUpdates& u) {
  f.boolean({"manage",
             "Write freshclam's own configuration from these settings; else it "
             "stays the host's.",
             "E1"},
            u.manage);
  f.integer({"checks_per_day",
             "How often freshclam looks for new signatures. 0: never by "
             "itself, only on `mgmtctl antivirus update`.",
             "E1"},
            u.checksPerDay,
            {0, 50});
  f.boolean({"official",
             "Fetch ClamAV's own signatures; without them only what "
             "`databases` names.",
             "E1"},
            u.official);
  f.texts({"mirrors",
           "Where the official signatures come from: host names, or http:// "
           "and https:// URLs.",
           "E1"},
          u.mirrors,
          TextKind::Free);
  f.texts({"private_mirrors",
           "Own mirrors, asked instead of `mirrors`, without asking DNS for "
           "the newest version.",
           "E1"},
          u.privateMirrors,
          TextKind::Free);
  f.texts({"databases",
           "URLs of further signature files, such as those of third parties.",
           "E1"},
          u.databases,
          TextKind::Free);
}

void describeLimits(Fields& f, Antivirus& a) {
  choiceOf(f,
           {"on_failure",
            "What happens while no engine answers: defer lets the sender try "
            "again, deliver and mark let mail through unscanned.",
            "E1"},
           a.onFailure,
           {"defer", "deliver", "mark"});
  f.integer({"time_limit_seconds",
             "Longest time one message may wait for its scan.",
             "E1"},
            a.timeLimitSeconds,
            {1, 240});
  f.size({"max_scan_size", "Larger messages are not scanned.", "E1"},
         a.maxScanSize,
         {64 << 10, 2047 * kMebi});
  choiceOf(f,
           {"too_large",
            "What becomes of a message that is too large to be scanned.",
            "E1"},
           a.tooLarge,
           {"mark", "deliver", "quarantine", "reject"});
  f.integer({"max_scans",
             "Most messages an engine is given at once; others wait their "
             "turn.",
             "E1"},
            a.maxScans,
            {1, 200});
}

}  // namespace

void describe(Fields& f, Antivirus& a) {
  choiceOf(f,
           {"engine",
            "What looks for viruses. None is the default, because mail on a "
            "host without clamd would wait for ever.",
            "E1"},
           a.engine,
           {"none", "clamav", "icap"});
  choiceOf(
      f,
      {"action", "What becomes of an infected message from outside.", "E3"},
      a.action,
      {"quarantine", "delete", "deliver"});
  f.text({"subject_prefix",
          "With deliver, and where a message is marked: put before its "
          "subject. May be empty.",
          "E3"},
         a.subjectPrefix,
         TextKind::Free);
  f.boolean({"notify_recipients",
             "Tell the recipients of an infected message that was quarantined "
             "or deleted. The words are in templates/notices/virus.txt.tpl.",
             "E3"},
            a.notifyRecipients);
  f.boolean({"scan_outbound", "Scan what our own users send, too.", "E1"},
            a.scanOutbound);
  choiceOf(f,
           {"outbound_action",
            "What becomes of an infected message of our own users: reject "
            "tells them at once.",
            "E3"},
           a.outboundAction,
           {"reject", "as_inbound"});
  describeLimits(f, a);
  f.texts({"warn_to",
           "Who is told by mail when the ICAP server is down and clamd scans "
           "in its place, and when it is back.",
           "E2"},
          a.warnTo,
          TextKind::Address);
  f.group({"clamd", "ClamAV's daemon.", "E1"},
          [&](Fields& g) { describeClamd(g, a.clamd); });
  f.group({"icap", "An engine that speaks ICAP (RFC 3507).", "E2"},
          [&](Fields& g) { describeIcap(g, a.icap); });
  f.group({"updates", "New signatures for ClamAV, by freshclam.", "E1"},
          [&](Fields& g) { describeUpdates(g, a.updates); });
}

}  // namespace mailreeve::config
