#include "core/config/describe_content.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr std::int64_t kMebi = std::int64_t{1} << 20U;

void describeDirection(Fields& f, MailDirection& direction) {
  choiceOf(f,
           {"direction",
            "Whose mail: outbound is sent after a login or from a trusted "
            "network, inbound is all other.",
            "E9"},
           direction,
           {"both", "inbound", "outbound"});
}

void actionOf(Fields& f, const Field& field, ContentAction& action) {
  choiceOf(f, field, action, {"allow", "mark", "quarantine", "reject"});
}

void tagOf(Fields& f, const Field& field, TagAction& action) {
  choiceOf(f, field, action, {"allow", "disarm", "reject"});
}

void describeWhichFiles(Fields& f, AttachmentRule& r) {
  f.texts({"names",
           "File names, with * for anything. Compared without regard to case, "
           "invisible characters and dots at the end.",
           "E9"},
          r.names,
          TextKind::Free);
  f.texts({"types",
           "What the content is, whatever it is called: executable, script, "
           "shortcut, java, archive, disk_image, office, pdf, message, html, "
           "image, audio, video, text, unknown, macros, embedded_object, or a "
           "media type with *.",
           "E9"},
          r.types,
          TextKind::Free);
  f.boolean({"double_extension",
             "Names such as invoice.pdf.exe, where the last extension is one "
             "that runs and the one before it a harmless one.",
             "E9"},
            r.doubleExtension);
  f.boolean({"mismatch",
             "Content that is a program, script or archive although the name "
             "or the declared type promises something harmless.",
             "E9"},
            r.mismatch);
  f.size({"larger_than",
          "Only files larger than this, decoded and unpacked. 0: all.",
          "E9"},
         r.largerThan,
         {0, 4096 * kMebi});
  f.boolean(
      {"inside_archives", "Also files within archives, at any depth.", "E9"},
      r.insideArchives);
}

void describeAttachmentRule(Fields& f, AttachmentRule& r) {
  f.text({"name",
          "Shown in traces and, where mail is refused, to the sender.",
          "E9",
          true},
         r.name,
         TextKind::Name);
  f.boolean({"enabled", "Whether the rule is in force.", "E9"}, r.enabled);
  describeWhichFiles(f, r);
  describeDirection(f, r.direction);
  f.texts({"except_senders",
           "Whose mail the rule does not hold for. Who writes from outside "
           "with an address of ours, or fails SPF or DMARC, is nobody's "
           "exception.",
           "E9"},
          r.exceptSenders,
          TextKind::AddressPattern);
  f.texts({"except_recipients",
           "The rule does not hold when all recipients are among these.",
           "E9"},
          r.exceptRecipients,
          TextKind::AddressPattern);
  choiceOf(f,
           {"action",
            "allow ends the search for this file; mark delivers with a header "
            "field; strip puts a note in the file's place (signed mail goes "
            "to quarantine instead); quarantine and reject keep the message "
            "away.",
            "E9"},
           r.action,
           {"allow", "mark", "strip", "quarantine", "reject"});
}

void describeLimits(Fields& f, Attachments& a) {
  f.integer(
      {"max_depth", "Most archives and messages within one another.", "E9"},
      a.maxDepth,
      {1, 20});
  f.integer({"max_files", "Most files in all archives of a message.", "E9"},
            a.maxFiles,
            {10, 100000});
  f.size({"max_unpacked", "Most bytes unpacked for one message.", "E9"},
         a.maxUnpacked,
         {kMebi, 4096 * kMebi});
  f.integer({"max_ratio",
             "Most times its packed size that an archive may unpack to.",
             "E9"},
            a.maxRatio,
            {10, 100000});
  f.integer({"max_seconds", "Longest time to look into one message.", "E9"},
            a.maxSeconds,
            {1, 60});
}

void describeStructure(Fields& f, Structure& s) {
  actionOf(f,
           {"partial",
            "Messages split over several mails (message/partial), which no "
            "scanner sees whole.",
            "E10"},
           s.partial);
  actionOf(f,
           {"external_body",
            "Parts that only point to their content elsewhere "
            "(message/external-body).",
            "E10"},
           s.externalBody);
  actionOf(f,
           {"malformed",
            "MIME structure on whose parts mail programs disagree: repeated "
            "or missing boundaries, repeated Content fields, too many or too "
            "deep parts.",
            "E10"},
           s.malformed);
}

void describeTags(Fields& f, ContentScan& s) {
  tagOf(f, {"iframe", "Frames that show another page.", "E10"}, s.iframe);
  tagOf(f, {"form", "Forms, which ask for passwords.", "E10"}, s.form);
  tagOf(f,
        {"script",
         "Scripts, event handlers and links that run one (javascript:, "
         "vbscript:, data:).",
         "E10"},
        s.script);
  tagOf(f, {"object", "Objects, embedded files and applets.", "E10"}, s.object);
  tagOf(
      f,
      {"web_bug", "Invisible pictures that report who reads the mail.", "E10"},
      s.webBug);
  tagOf(f, {"svg", "SVG and MathML drawings.", "E10"}, s.svg);
  tagOf(f,
        {"base",
         "What changes where links lead or loads other pages: base, link, "
         "meta refresh.",
         "E10"},
        s.base);
  tagOf(f, {"style", "Style sheets that load others.", "E10"}, s.style);
}

void describeScan(Fields& f, ContentScan& s) {
  f.boolean({"enabled", "Whether the HTML of mail is looked at.", "E10"},
            s.enabled);
  describeDirection(f, s.direction);
  f.boolean({"html_to_text",
             "Deliver text instead of HTML: the text that is there, or one "
             "made from the HTML.",
             "E10"},
            s.htmlToText);
  choiceOf(f,
           {"phishing",
            "Links whose text shows one site and which lead to another: mark "
            "writes a warning before the link.",
            "E10"},
           s.phishing,
           {"allow", "mark", "quarantine", "reject"});
  f.texts({"safe_hosts",
           "Domains, with all below them, to which links may lead under any "
           "text: link services of newsletters one trusts.",
           "E10"},
          s.safeHosts,
          TextKind::Domain);
  f.group({"tags",
           "For each kind: allow it, make it ineffective, or reject the mail.",
           "E10"},
          [&](Fields& g) { describeTags(g, s); });
  choiceOf(f,
           {"signed",
            "Signed or encrypted mail in which something was found: it is "
            "never changed.",
            "E10"},
           s.sealed,
           {"deliver", "mark", "quarantine", "reject"});
  choiceOf(f,
           {"calendar",
            "Invitations (text/calendar) in whose descriptions something was "
            "found: they are never changed.",
            "E10"},
           s.calendar,
           {"deliver", "mark", "quarantine", "reject"});
  actionOf(f,
           {"unscannable",
            "HTML that is too large or too tangled to be read, or cannot be "
            "changed without harm.",
            "E10"},
           s.unscannable);
}

void describeContentRule(Fields& f, ContentRule& r) {
  f.text({"name", "Shown in traces.", "E8", true}, r.name, TextKind::Name);
  f.boolean({"enabled", "Whether the rule is in force.", "E8"}, r.enabled);
  choiceOf(f,
           {"target",
            "What is looked at: the subject; the text with the subject; the "
            "sender (of the envelope and the From field); the recipients; or "
            "the header field named in header.",
            "E8"},
           r.target,
           {"subject", "content", "sender", "recipient", "header"});
  f.text({"header", "The field's name, for target header.", "E8"},
         r.header,
         TextKind::Free);
  choiceOf(f,
           {"relation",
            "contains: the pattern stands in it; equals: it is the pattern; "
            "regex: the pattern is a regular expression (RE2).",
            "E8"},
           r.relation,
           {"contains", "equals", "regex"});
  f.text({"pattern",
          "What to look for; a blank stands for any blanks.",
          "E8",
          true},
         r.pattern,
         TextKind::Free);
  f.boolean({"case_sensitive", "Whether case matters.", "E8"}, r.caseSensitive);
  f.decimal({"score", "What a message with it is given.", "E8"},
            r.score,
            {-Decimal::of(1000), Decimal::of(1000)});
}

}  // namespace

void describeAttachments(Fields& f, Attachments& a) {
  f.boolean({"enabled", "Whether files are looked at.", "E9"}, a.enabled);
  listOf(f,
         {"rules",
          "Rules about files, in order: the first that fits a file decides "
          "about it, and the strictest decision about the message. Only a rule "
          "that allows a file spares it what is said below.",
          "E9"},
         a.rules,
         "attachment rule",
         describeAttachmentRule);
  actionOf(f,
           {"encrypted_archives",
            "Archives that nobody can look into without a password. Names "
            "that can be read are still compared with the rules.",
            "E9"},
           a.encryptedArchives);
  actionOf(f,
           {"encrypted_documents",
            "Office, OpenDocument and PDF documents with a password.",
            "E9"},
           a.encryptedDocuments);
  actionOf(f,
           {"encrypted_mail",
            "Mail, or a file, encrypted with S/MIME or OpenPGP.",
            "E9"},
           a.encryptedMail);
  actionOf(f,
           {"unscannable",
            "Archives and disk images that are damaged, of a kind that is not "
            "looked into or over a limit, and mail in which files may be "
            "hidden.",
            "E9"},
           a.unscannable);
  f.text(
      {"note",
       "The note in place of a stripped file; {file}, {why}, {rule} and {id}, "
       "its number in quarantine, are filled in. Empty: the built-in one.",
       "E9"},
      a.note,
      TextKind::Block);
  describeLimits(f, a);
}

void describeContent(Fields& f, Structure& structure, ContentScan& scan) {
  f.group({"structure", "How mail may be built.", "E10"},
          [&](Fields& g) { describeStructure(g, structure); });
  f.group({"scan", "What HTML may do.", "E10"},
          [&](Fields& g) { describeScan(g, scan); });
}

void describeContentRules(Fields& f, ContentRules& c) {
  f.boolean({"enabled", "Whether the rules are in force.", "E8"}, c.enabled);
  listOf(f,
         {"rules", "The scores of all that match are added.", "E8"},
         c.rules,
         "content rule",
         describeContentRule);
  f.decimal({"threshold", "A sum over this starts the action.", "E8"},
            c.threshold,
            {Decimal(), Decimal::of(100000)});
  choiceOf(f,
           {"action",
            "What becomes of the message: deliver delivers it with a header "
            "field, delete accepts it and throws it away.",
            "E8"},
           c.action,
           {"quarantine", "deliver", "delete", "reject"});
  describeDirection(f, c.direction);
  actionOf(f,
           {"unscannable",
            "Text of which rules of target content have not seen all: more "
            "than 4 MiB, in more or deeper parts than are looked at, or in "
            "signed mail that is damaged.",
            "E8"},
           c.unscannable);
  f.boolean({"notify_sender",
             "Tell a sender of our own that the message was not delivered.",
             "E8"},
            c.notifySender);
  f.texts({"forward_to", "Who gets the original message in addition.", "E8"},
          c.forwardTo,
          TextKind::Address);
}

}  // namespace mailreeve::config
