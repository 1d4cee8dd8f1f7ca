#include "core/config/describe_quarantine.h"

#include "core/base/text.h"
#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr std::int64_t kGibi = std::int64_t{1} << 30U;

void describeRule(Fields& f, DigestRule& rule) {
  f.texts({"users",
           "Mailboxes: addresses, *@domain for a whole domain, or *.",
           "H9",
           true},
          rule.users,
          TextKind::AddressPattern);
  f.boolean({"enabled", "False: these are not told.", "H9"}, rule.enabled);
  choiceOf(f,
           {"every",
            "How often a mail is sent, if there is anything new: hour, day or "
            "week (on Monday).",
            "H9"},
           rule.every,
           {"hour", "day", "week"});
  choiceOf(f,
           {"language", "The language of the mail.", "H9"},
           rule.language,
           {"en", "de"});
}

void describeRight(Fields& f, const Field& field, ReleaseRight& right) {
  choiceOf(f,
           field,
           right,
           {"nobody", "two_administrators", "administrator", "recipient"});
}

void describeRights(Fields& f, Quarantine& q) {
  describeRight(f,
                {"spam",
                 "Of spam: nobody, two_administrators (both must ask for it), "
                 "administrator, or recipient (by the links of the digest, "
                 "too).",
                 "E4"},
                q.spam);
  describeRight(f,
                {"content",
                 "Of what content rules, the attachment filter or the "
                 "structure check held.",
                 "E4"},
                q.content);
  describeRight(f,
                {"authentication", "Of what SPF, DKIM or DMARC held.", "E4"},
                q.authentication);
  describeRight(f,
                {"virus",
                 "Of viruses. Whoever it is, the message is scanned again "
                 "with the signatures of the day and refused if the virus is "
                 "still found.",
                 "E4"},
                q.virus);
}

}  // namespace

void describeQuarantine(Fields& f, Quarantine& q) {
  f.integer({"keep_days",
             "Messages held for longer are deleted, in whatever state.",
             "E4"},
            q.keepDays,
            {1, 3650});
  f.size({"max_size",
          "Most bytes of all messages together; while there are as many, what "
          "would be held is deferred instead. 0: no limit.",
          "E4"},
         q.maxSize,
         {0, 100 * 1024 * kGibi});
  f.group({"release_rights", "Who may release what.", "E4"},
          [&](Fields& g) { describeRights(g, q); });
  choiceOf(f,
           {"release_sender",
            "Envelope sender of released mail: null, or postmaster of the "
            "recipient's domain. The From field stays.",
            "E4"},
           q.releaseSender,
           {"null", "postmaster"});
  listOf(f,
         {"digests",
          "Who gets mail about what is new in the quarantine: the first entry "
          "that names a mailbox holds for it.",
          "H9"},
         q.digests,
         "digest",
         describeRule);
  f.integer({"digest_hour",
             "The hour at which daily and weekly digests are sent.",
             "H9"},
            q.digestHour,
            {0, 23});
  f.integer({"link_days", "For how long a digest's links work.", "H9"},
            q.linkDays,
            {1, 90});
  f.text(
      {"link_base",
       "Where the digest's links lead, without a slash at the end: "
       "https://mail.example.com. Mailreeve serves no page there yet: name a "
       "page of your own that has mgmtctl quarantine release --link do what "
       "a link says. Without it a digest has no links.",
       "H9"},
      q.linkBase,
      TextKind::Free);
}

void checkQuarantine(const Settings& settings, const Report& report) {
  const auto& q = settings.quarantine;
  const auto& base = q.linkBase;
  if (!base.empty() && (!base.starts_with("https://") || base.back() == '/' ||
                        base.find_first_of(" \"'<>?#\\") != std::string::npos))
    report("quarantine.link_base",
           "must be https://HOST, with a path or without, and no slash at the "
           "end");
  for (std::size_t i = 0; i < q.digests.size(); ++i)
    if (q.digests[i].users.empty())
      report("quarantine.digests[" + std::to_string(i) + "].users",
             "must name at least one user");
}

}  // namespace mailreeve::config
