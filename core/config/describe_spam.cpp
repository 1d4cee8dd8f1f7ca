#include "core/config/describe_spam.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr std::int64_t kMebi = std::int64_t{1} << 20U;
constexpr DecimalRange kThreshold{-Decimal::of(100), Decimal::of(1000)};
constexpr DecimalRange kScore{-Decimal::of(1000), Decimal::of(1000)};

void describeFilter(Fields& f, SpamFilter& s) {
  f.text({"name", "Shown in traces.", "D6", true}, s.name, TextKind::Name);
  f.boolean({"enabled", "Whether the filter is in force.", "D6"}, s.enabled);
  f.text({"sender", "Envelope sender, in which * stands for anything.", "D6"},
         s.sender,
         TextKind::AddressPattern);
  f.text({"recipient",
          "Envelope recipient, in which * stands for anything.",
          "D6"},
         s.recipient,
         TextKind::AddressPattern);
  choiceOf(f,
           {"verdict", "What such mail is, whatever its score.", "D6", true},
           s.verdict,
           {"spam", "not_spam"});
}

void describeKeyword(Fields& f, SpamKeyword& k) {
  choiceOf(f,
           {"target",
            "Where it is looked for: in the subject, or in the content, which "
            "is the subject and the text of the body.",
            "D6"},
           k.target,
           {"subject", "content"});
  f.text({"pattern",
          "Regular expression in RE2's syntax, found anywhere in the text.",
          "D6",
          true},
         k.pattern,
         TextKind::Pattern);
  f.boolean({"case_sensitive", "Whether case matters.", "D6"}, k.caseSensitive);
  f.decimal(
      {"score", "Added to the score when it is found.", "D6"}, k.score, kScore);
}

void describeGroup(Fields& f, KeywordGroup& g) {
  f.text({"name", "Shown in traces.", "D6", true}, g.name, TextKind::Name);
  f.boolean({"enabled", "Whether the group is in force.", "D6"}, g.enabled);
  listOf(f,
         {"keywords", "What is looked for; each counts once.", "D6", true},
         g.keywords,
         "keyword",
         describeKeyword);
}

void describeRules(Fields& f, SpamRules& r) {
  f.text({"name", "Letters, digits, - and _.", "D4", true},
         r.name,
         TextKind::Name);
  f.boolean({"enabled", "Whether the rules are in force.", "D4"}, r.enabled);
  f.text({"text",
          "Rules as in Mail::SpamAssassin::Conf(3); nothing that loads code or "
          "other files. `mgmtctl spam rules import` writes it.",
          "D4",
          true},
         r.text,
         TextKind::Block);
}

void describeCorrespondents(Fields& f, Correspondents& c) {
  f.boolean({"enabled",
             "Treat senders better to whom the recipient has written before.",
             "D5"},
            c.enabled);
  f.decimal({"bonus", "Points by which such mail may score higher.", "D5"},
            c.bonus,
            {Decimal(), Decimal::of(100)});
  f.integer({"keep_days", "Days after the last letter to them.", "D5"},
            c.keepDays,
            {1, 3650});
}

void describeAutoLearn(Fields& f, AutoLearn& a) {
  f.boolean({"enabled",
             "Whether SpamAssassin learns from what it is sure about.",
             "D7"},
            a.enabled);
  f.decimal({"spam_above", "Learned as spam from this score on.", "D7"},
            a.spamAbove,
            {Decimal::of(6), Decimal::of(1000)});
  f.decimal({"ham_below", "Learned as good mail up to this score.", "D7"},
            a.hamBelow,
            {-Decimal::of(1000), Decimal::of(6)});
}

void describeReporting(Fields& f, SpamReporting& r) {
  f.text({"spam_address",
          "Where users send spam that came through, as an attachment. The "
          "address is no account; it takes mail of our users only.",
          "D7"},
         r.spamAddress,
         TextKind::Address);
  f.text({"ham_address", "The same for good mail that was marked.", "D7"},
         r.hamAddress,
         TextKind::Address);
  f.boolean({"junk_moves",
             "Whether moving mail into and out of Junk reports it, too.",
             "D7"},
            r.junkMoves);
  f.boolean({"learn_daily", "Whether what is reported is learned daily.", "D7"},
            r.learnDaily);
  f.text({"learn_at", "When, HH:MM in local time.", "D7"},
         r.learnAt,
         TextKind::TimeOfDay);
}

void describeChannel(Fields& f, SpamChannel& c) {
  f.text(
      {"name", "As its owner names it, such as rules.example.org.", "D3", true},
      c.name,
      TextKind::Hostname);
  f.text({"key",
          "Fingerprint, or id of 8 or 16 digits, of the OpenPGP key that signs "
          "it. The key itself is made known by `sa-update --import`.",
          "D3",
          true},
         c.key,
         TextKind::Name);
}

void describeUpdates(Fields& f, SpamUpdates& u) {
  f.boolean({"enabled", "Whether new rules are fetched daily.", "D3"},
            u.enabled);
  f.text({"at", "When, HH:MM in local time.", "D3"}, u.at, TextKind::TimeOfDay);
  f.boolean(
      {"standard",
       "Whether SpamAssassin's own rules are fetched. They take the place of "
       "the installed ones with the first update; so do channels without "
       "them.",
       "D3"},
      u.standard);
  listOf(f,
         {"channels", "Further channels of rules for sa-update.", "D3"},
         u.channels,
         "channel",
         describeChannel);
}

void describeServer(Fields& f, Spam& s) {
  f.boolean({"enabled", "Whether mail is looked at for spam.", "D1"},
            s.enabled);
  f.text({"server",
          "Where spamd listens: the path of a socket, or IP:port. Empty: the "
          "spamd of this host, whose settings are then made here.",
          "D1"},
         s.server,
         TextKind::Free);
  f.text(
      {"user", "The system user whose rules and knowledge spamd uses.", "D1"},
      s.user,
      TextKind::Free);
  f.integer({"time_limit",
             "Seconds that spamd may work on one message. Others that wait for "
             "it give up when it has answered nobody for so long.",
             "D1"},
            s.timeLimit,
            {1, 600});
  f.integer({"max_requests",
             "Messages that spamd is given at once; more wait for their turn, "
             "first come first served.",
             "D1"},
            s.maxRequests,
            {1, 200});
  f.size({"max_size",
          "Larger messages are not given to spamd; filters and keywords hold "
          "for them, too.",
          "D1"},
         s.maxSize,
         {1 << 10, 64 * kMebi});
  f.boolean({"scan_outbound", "Whether mail of our users is looked at.", "D1"},
            s.scanOutbound);
  choiceOf(f,
           {"on_failure",
            "What happens when spamd gives no answer: deliver, defer (the "
            "sender tries again), or mark as not scanned.",
            "D1"},
           s.onFailure,
           {"deliver", "defer", "mark"});
}

void describeActions(Fields& f, Spam& s) {
  f.decimal({"threshold",
             "Score from which mail is spam; domains and user policies may "
             "set their own.",
             "D1"},
            s.threshold,
            kThreshold);
  choiceOf(f,
           {"action",
            "What happens to spam: mark and deliver, quarantine, reject or "
            "discard.",
            "D1"},
           s.action,
           {"mark", "quarantine", "reject", "discard"});
  f.decimal({"reject_above",
             "Score from which mail is rejected, whatever the action is for "
             "other spam; 0 is never.",
             "D1"},
            s.rejectAbove,
            {Decimal(), Decimal::of(1000)});
  f.text({"subject_tag",
          "Put before the subject of spam, such as [SPAM]; empty: nothing.",
          "D1"},
         s.subjectTag,
         TextKind::Free);
  f.boolean({"headers",
             "Whether score and rules are written into X-Spam fields. "
             "X-Spam-Flag is written for spam in any case.",
             "D1"},
            s.headers);
  choiceOf(f,
           {"report",
            "What users get instead of spam: none is the message itself; "
            "attachment is a report with the message attached, text the same "
            "with the message as plain text, which no reader displays.",
            "D1"},
           s.report,
           {"none", "attachment", "text"});
  f.boolean({"junk_folder",
             "Whether marked mail is delivered to Junk, before users' own "
             "Sieve rules.",
             "D1"},
            s.junkFolder);
}

}  // namespace

void describe(Fields& f, Spam& s) {
  describeServer(f, s);
  describeActions(f, s);
  listOf(f,
         {"filters",
          "Addresses whose mail is spam, or is not, whatever its score; of "
          "two that match one recipient, the first decides.",
          "D6"},
         s.filters,
         "filter",
         describeFilter);
  listOf(f,
         {"keyword_groups", "Words that add to the score.", "D6"},
         s.keywordGroups,
         "keyword group",
         describeGroup);
  f.group({"correspondents", "Those our users write to.", "D5"},
          [&](Fields& g) { describeCorrespondents(g, s.correspondents); });
  f.boolean({"network_tests",
             "Whether SpamAssassin may ask DNS lists and other servers.",
             "D1"},
            s.networkTests);
  listOf(f,
         {"rules",
          "Own rules for SpamAssassin, beside the distributed ones.",
          "D4"},
         s.rules,
         "rule file",
         describeRules);
  f.group({"auto_learn",
           "Learning from mail that is clearly one or the other.",
           "D7"},
          [&](Fields& g) { describeAutoLearn(g, s.autoLearn); });
  f.group({"reporting", "Learning from what users report.", "D7"},
          [&](Fields& g) { describeReporting(g, s.reporting); });
  f.group({"updates", "New rules from SpamAssassin's servers.", "D3"},
          [&](Fields& g) { describeUpdates(g, s.updates); });
  f.integer({"delete_after_days",
             "Days after which mail in Junk is deleted, also while spam is "
             "not looked for; 0 is never.",
             "D2"},
            s.deleteAfterDays,
            {0, 3650});
}

void describeSpamThreshold(Fields& fields,
                           const Field& field,
                           std::optional<Decimal>& threshold) {
  fields.optionalDecimal(field, threshold, kThreshold);
}

}  // namespace mailreeve::config
