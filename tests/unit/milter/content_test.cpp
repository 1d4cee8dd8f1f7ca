// Attachment filter, structure, content scan and content rules, each asked
// through the engine, as milterd does.
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/mail/transfer_encoding.h"
#include "core/store/quarantine_message.h"
#include "milter/checks/content_rules.h"
#include "tests/unit/content/archives.h"
#include "tests/unit/content/cms.h"
#include "tests/unit/content/compound.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

using content::program;
using content::zip;

const std::string kHead =
    "From: Mallory <m@outside.example>\r\nTo: a@example.com\r\n"
    "Subject: x\r\nMIME-Version: 1.0\r\n";

std::string part(const std::string& name,
                 const std::string& bytes,
                 const std::string& type = "application/octet-stream") {
  return "--b\r\nContent-Type: " + type +
         "\r\nContent-Disposition: attachment; filename=\"" + name +
         "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         mail::encodeBase64(bytes) + "\r\n";
}

std::string mixed(const std::string& parts,
                  const std::string& type = "multipart/mixed") {
  return kHead + "Content-Type: " + type +
         "; boundary=b\r\n\r\n--b\r\n\r\nWords.\r\n" + parts + "--b--\r\n";
}

std::string html(const std::string& body) {
  return kHead + "Content-Type: text/html; charset=utf-8\r\n\r\n" + body +
         "\r\n";
}

// The entity, signed in one piece.
std::string signedAs(const std::string& type, const std::string& entity) {
  return kHead + "Content-Type: " + type +
         "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         mail::encodeBase64(content::signedMail(entity)) + "\r\n";
}

struct Judged {
  Verdict verdict;
  std::string marks;
  std::string after;  // The message as it leaves.
  std::optional<Draft::Keep> kept;
};

Judged judge(const std::string& settings,
             const std::string& raw,
             const std::string& login = "",
             const std::string& from = "m@outside.example",
             std::vector<std::string> to = {"a@example.com"}) {
  const auto engine = engineOf("", settings);
  const auto message = messageOf(raw, envelopeOf(from, std::move(to), login));
  FakeUsage usage;
  auto outcome = engine->judge(message, kNow, usage);
  Judged out{outcome.verdict, {}, {}, {}};
  for (const auto& field : outcome.inspection.findings.marks.fields)
    out.marks += field.name + ":" + field.value + "\n";
  auto after = outcome.draft.message();
  REQUIRE(after);
  out.kept = outcome.draft.keptOriginal();
  out.after = std::string((*after)->bytes());
  return out;
}

// What the content rules alone say, and why.
std::pair<std::string, std::string> byRules(const std::string& settings,
                                            const std::string& raw,
                                            const mail::Envelope& envelope,
                                            Findings& findings) {
  const auto policy = policyOf("", settings);
  const auto check = ContentRules::make(policy->settings().contentRules);
  REQUIRE(check);
  const auto message = messageOf(raw, envelope);
  const Transaction transaction(*policy, message.envelope(), kNow);
  const auto verdict = (*check)->onMessage(transaction, message, findings);
  REQUIRE(verdict);
  return {std::string(name(verdict->kind)), verdict->reason};
}

std::pair<std::string, std::string> byRules(const std::string& settings,
                                            const std::string& raw,
                                            const mail::Envelope& envelope) {
  Findings findings;
  return byRules(settings, raw, envelope, findings);
}

// As often as fits into `bytes`.
std::string repeated(const std::string& line, std::size_t bytes) {
  std::string out;
  while (out.size() + line.size() <= bytes) out += line;
  return out;
}

std::string files(const std::string& rule, const std::string& rest = "") {
  return "attachments: {enabled: true, rules: [{name: r, " + rule + "}]" +
         rest + "}\n";
}

}  // namespace

TEST_CASE("the attachment filter decides by what a file is") {
  struct Row {
    std::string label;
    std::string settings;
    std::string raw;
    std::string verdict;
    std::string says;  // In the reply, or the reason.
  };

  const std::string exe = "names: [\"*.exe\"]";
  const std::string executable = "types: [executable]";
  const std::vector<Row> rows = {
      {"off",
       "attachments: {rules: [{name: r, names: [\"*\"]}]}\n",
       mixed(part("a.exe", program())),
       "pass",
       ""},
      {"a name",
       files(exe),
       mixed(part("a.exe", "x")),
       "reject",
       "Attachment \"a.exe\" refused: files of this name are not accepted"},
      {"a name in disguise",
       files(exe),
       mixed(part("a.EXE. .", "x")),
       "reject",
       "a.EXE"},
      {"another name", files(exe), mixed(part("a.txt", "x")), "pass", "1 file"},
      {"a program with another name",
       files(executable),
       mixed(part("a.jpg", program(), "image/jpeg")),
       "reject",
       "files of this type (executable) are not accepted"},
      {"in a zip in a zip",
       files(exe),
       mixed(part("a.zip", zip({{"b.zip", zip({{"c.exe", "x"}})}}))),
       "reject",
       "a.zip > b.zip > c.exe"},
      {"in a zip that cannot be unpacked that far",
       files(exe),
       mixed(part("a.zip",
                  zip({{"c.exe", std::string(std::size_t{3} << 19U, ' ')}}))),
       "reject",
       "a.zip > c.exe"},
      {"where only some mail programs would find it",
       files(exe),
       mixed("--b so\r\nContent-Disposition: attachment; "
             "filename=a.exe\r\n\r\nx\r\n"),
       "quarantine",
       "files may be hidden: a line may be a boundary, or not"},
      {"in a zip, where the rule does not look",
       files(exe + ", inside_archives: false"),
       mixed(part("a.zip", zip({{"c.exe", "x"}}))),
       "pass",
       ""},
      {"a double extension",
       files("double_extension: true"),
       mixed(part("a.pdf.exe", "x")),
       "reject",
       "its name hides what it is"},
      {"content that is not what the name says",
       files("mismatch: true"),
       mixed(part("a.pdf", program())),
       "reject",
       "its content is not what its name says"},
      {"a program that a PDF reader opens, too",
       files("mismatch: true"),
       mixed(part("a.pdf", program() + "%PDF-1.4")),
       "reject",
       "its content is not what its name says"},
      {"content that is",
       files("mismatch: true"),
       mixed(part("a.exe", program())),
       "pass",
       ""},
      {"a document is an archive, and no mismatch",
       files("mismatch: true"),
       mixed(part("a.docx", zip({{"[Content_Types].xml", "x"}}))),
       "pass",
       ""},
      {"macros",
       files("types: [macros]"),
       mixed(part("a.docm", zip({{"word/vbaProject.bin", "x"}}))),
       "reject",
       "documents with macros"},
      {"a large one",
       files("larger_than: 1K"),
       mixed(part("a.txt", std::string(2000, 'x'))),
       "reject",
       "too large"},
      {"a small one",
       files("larger_than: 1K"),
       mixed(part("a.txt", "x")),
       "pass",
       ""},
      {"quarantine",
       files(exe + ", action: quarantine"),
       mixed(part("a.exe", "x")),
       "quarantine",
       "rule r"},
      {"only marked",
       files(exe + ", action: mark"),
       mixed(part("a.exe", "x")),
       "mark",
       "rule r"},
      {"allowed before it is refused",
       "attachments: {enabled: true, rules: [{name: ours, names: [setup.exe], "
       "action: allow}, {name: r, names: [\"*.exe\"]}]}\n",
       mixed(part("setup.exe", "x")),
       "pass",
       "allowed"},
      {"the strictest of two",
       "attachments: {enabled: true, rules: [{name: q, names: [\"*.js\"], "
       "action: quarantine}, {name: r, names: [\"*.exe\"]}]}\n",
       mixed(part("a.js", "x") + part("b.exe", "x")),
       "reject",
       "b.exe"},
      {"a direction that is not this one",
       files(exe + ", direction: outbound"),
       mixed(part("a.exe", "x")),
       "pass",
       ""},
      {"a sender who may",
       files(exe + ", except_senders: [\"*@outside.example\"]"),
       mixed(part("a.exe", "x")),
       "pass",
       ""},
      {"recipients who may",
       files(exe + ", except_recipients: [a@example.com]"),
       mixed(part("a.exe", "x")),
       "pass",
       ""},
      {"an encrypted archive is marked",
       files(exe),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "mark",
       "is encrypted"},
      {"or refused",
       files(exe, ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"whatever else it looks like",
       files(exe, ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"%PDF-1.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"and whatever it is called",
       files(exe, ", encrypted_archives: reject"),
       mixed(part("a.docx", content::lockedZip({{"b.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"though a rule marks archives",
       files("types: [archive], action: mark", ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"though a rule takes them out",
       files("types: [archive], action: strip", ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"though a rule would keep it",
       files("types: [archive], action: quarantine",
             ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "reject",
       "encrypted archives are not accepted"},
      {"not where a rule allows it",
       files("types: [archive], action: allow", ", encrypted_archives: reject"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "pass",
       "allowed"},
      {"a rule is stricter than that",
       files("types: [archive], action: quarantine"),
       mixed(part("a.zip", content::lockedZip({{"b.txt", "x"}}))),
       "quarantine",
       "rule r"},
      {"what cannot be unpacked is kept, though a rule marks it",
       files("names: [\"*.zip\"], action: mark"),
       mixed(part("a.zip", zip({{"b.txt", "xxxxxxxx"}}).substr(0, 40))),
       "quarantine",
       "a.zip"},
      {"and its names are seen",
       files(exe),
       mixed(part("a.zip", content::lockedZip({{"b.exe", "x"}}))),
       "reject",
       "b.exe"},
      {"what cannot be unpacked is kept",
       files(exe),
       mixed(part("a.zip", zip({{"b.txt", "xxxxxxxx"}}).substr(0, 40))),
       "quarantine",
       "a.zip"},
      {"an image that Windows opens as a drive is kept",
       files(exe),
       mixed(part("a.bin", "vhdxfile" + std::string(600, '\0'))),
       "quarantine",
       "a VHDX image is not looked into"},
      {"and is known by its type",
       files("types: [disk_image]"),
       mixed(part("a.bin", "conectix" + std::string(600, '\0'))),
       "reject",
       "files of this type (disk_image) are not accepted"},
      {"a message of Outlook's is looked into",
       files(exe),
       mixed(part("a.msg",
                  content::compound(
                      {{"__properties_version1.0", "x"},
                       {"__attach_version1.0_#00000000/__substg1.0_3707001F",
                        content::utf16("b.exe")}}))),
       "reject",
       "a.msg > b.exe"},
      {"an old document with a password",
       files(exe, ", encrypted_documents: reject"),
       mixed(part(
           "a.xls",
           content::compound({{"Workbook", std::string("\x2f\0\2\0xx", 6)}}))),
       "reject",
       "encrypted documents are not accepted"},
      {"an OpenDocument with a password",
       files(exe, ", encrypted_documents: reject"),
       mixed(part(
           "a.odt",
           zip({{"META-INF/manifest.xml", "<manifest:encryption-data/>"}}))),
       "reject",
       "encrypted documents are not accepted"},
      {"encrypted mail",
       files(exe, ", encrypted_mail: reject"),
       kHead + "Content-Type: application/pkcs7-mime; "
               "smime-type=enveloped-data\r\n\r\nx\r\n",
       "reject",
       "Encrypted mail is not accepted"},
      {"a signature is nothing unknown",
       files("types: [unknown]"),
       mixed("--b\r\nContent-Type: application/pgp-signature; "
             "name=s.asc\r\n\r\n\x01\x02\r\n",
             "multipart/mixed"),
       "pass",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = judge(row.settings, row.raw);
    CAPTURE(got.verdict.reason);
    CHECK(name(got.verdict.kind) == row.verdict);
    const auto all = got.verdict.reply.text + "\n" + got.verdict.reason;
    if (row.verdict != "pass") CHECK(all.find(row.says) != std::string::npos);
  }
}

TEST_CASE("what is excepted for a sender of ours is not for who claims it") {
  const std::string rule =
      files("names: [\"*.exe\"], except_senders: [\"*@example.com\"]");
  const auto raw = mixed(part("a.exe", "x"));
  const std::string boss = "boss@example.com";
  CHECK(name(judge(rule, raw, boss, boss).verdict.kind) == "pass");
  CHECK(name(judge(rule, raw, "", boss).verdict.kind) == "reject");
  const std::string notForBoss =
      "attachments: {enabled: true, rules: [{name: ours, names: [a.exe], "
      "action: allow, except_senders: [\"*@example.com\"]}, "
      "{name: r, names: [\"*.exe\"]}]}\n";
  CHECK(name(judge(notForBoss, raw).verdict.kind) == "pass");
  CHECK_MESSAGE(name(judge(notForBoss, raw, "", boss).verdict.kind) == "reject",
                "an exception from what is allowed is strict");
}

TEST_CASE("no exception for one recipient is milder for another") {
  const std::string alice = "a@example.com";
  const std::string bob = "b@example.com";

  // Of the two rules, in this order, the first that fits decides for each.
  const auto rules = [](const std::string& first, const std::string& second) {
    return "attachments: {enabled: true, encrypted_archives: reject, rules: ["
           "{name: first, names: [\"*.exe\", \"*.zip\"], " +
           first + "}, {name: second, names: [\"*.exe\"], " + second + "}]}\n";
  };
  const std::string exceptBob = ", except_recipients: [b@example.com]";

  struct Row {
    std::string label;
    std::string settings;
    std::vector<std::string> to;
    std::string file;
    std::string verdict;
  };

  const std::string sealed = content::lockedZip({{"b.txt", "x"}});
  const auto exe = mixed(part("a.exe", "x"));
  const auto zip = mixed(part("a.zip", sealed));
  const auto allows = rules("action: allow" + exceptBob, "action: reject");
  const auto refuses = rules("action: reject" + exceptBob, "action: mark");
  const auto marks = rules("action: mark" + exceptBob, "action: strip");
  const auto marked = rules("action: mark" + exceptBob, "action: mark");
  const Row rows[] = {
      {"who is allowed", allows, {alice}, exe, "pass"},
      {"who is excepted from that", allows, {bob}, exe, "reject"},
      {"both", allows, {alice, bob}, exe, "reject"},
      {"both, in whatever order", allows, {bob, alice}, exe, "reject"},
      {"who is refused", refuses, {alice}, exe, "reject"},
      {"who is excepted", refuses, {bob}, exe, "mark"},
      {"both, too", refuses, {bob, alice}, exe, "reject"},
      {"marked, and encrypted", marked, {alice}, zip, "reject"},
      {"marked for one, and encrypted", marked, {alice, bob}, zip, "reject"},
      {"allowed, though encrypted", allows, {alice}, zip, "pass"},
      {"which nobody allowed the other", allows, {alice, bob}, zip, "reject"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = judge(row.settings, row.file, "", "m@o.example", row.to);
    CHECK(name(got.verdict.kind) == row.verdict);
  }
  const auto stripped = judge(marks, exe, "", "m@o.example", {alice, bob});
  CHECK(stripped.verdict.reason.find("taken out") != std::string::npos);
}

TEST_CASE("a file is taken out, and a note stands in its place") {
  const auto rule = files("types: [executable], action: strip");
  auto got = judge(rule,
                   mixed(part("a.zip", zip({{"b.exe", program()}})) +
                         part("c.txt", "keep")));
  CHECK(name(got.verdict.kind) == "mark");
  CHECK(got.after.find("The file a.zip > b.exe was removed") !=
        std::string::npos);
  CHECK(got.after.find("files of this type (executable) are not accepted.") !=
        std::string::npos);
  REQUIRE(got.kept);
  CHECK(store::isHeldId(got.kept->id));
  CHECK(got.after.find("number " + got.kept->id + ".") != std::string::npos);
  CHECK(got.kept->step == "attachment_filter");
  CHECK(got.kept->reason == "delivered without a.zip > b.exe");
  CHECK(got.after.find("filename=\"a.zip\"") == std::string::npos);
  CHECK(got.after.find(mail::encodeBase64("keep")) != std::string::npos);

  got =
      judge(rule,
            mixed(part("a.exe", program()),
                  "multipart/signed; protocol=\"application/pgp-signature\""));
  CHECK(name(got.verdict.kind) == "quarantine");
  const auto raw = mixed(part("a.exe", program()));
  got = judge(rule, raw.substr(0, raw.size() - 7));
  CHECK_MESSAGE(name(got.verdict.kind) == "quarantine",
                "a broken message is kept");
  got = judge(files("types: [executable], action: strip",
                    ", note: \"{file} / {rule}\""),
              kHead +
                  "Content-Type: application/x-a; name=a.exe\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n" +
                  mail::encodeBase64(program()) + "\r\n");
  CHECK(got.after.find("Content-Type: text/plain; charset=utf-8\r\n") !=
        std::string::npos);
  CHECK(got.after.find("\r\n\r\na.exe / r\r\n") != std::string::npos);
}

TEST_CASE("mail that is built so that nobody can judge it is refused") {
  const std::string partial =
      kHead +
      "Content-Type: message/partial; id=a; number=1; total=2\r\n\r\nx\r\n";
  const std::string external = mixed(
      "--b\r\nContent-Type: message/external-body; "
      "access-type=URL\r\n\r\n\r\n");
  const std::string twice =
      kHead +
      "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx\r\n";
  CHECK(name(judge("", partial).verdict.kind) == "reject");
  CHECK(name(judge("", external).verdict.kind) == "reject");
  CHECK(name(judge("", twice).verdict.kind) == "pass");
  CHECK(name(judge("", mixed("")).verdict.kind) == "pass");
  const std::string other =
      "content: {structure: {partial: quarantine, external_body: allow, "
      "malformed: mark}}\n";
  CHECK(name(judge(other, partial).verdict.kind) == "quarantine");
  CHECK(name(judge(other, external).verdict.kind) == "pass");
  CHECK(name(judge(other, twice).verdict.kind) == "mark");
  CHECK(judge(other, twice).marks == "X-Mailreeve-Content: malformed MIME\n");
}

TEST_CASE("HTML is disarmed, marked, made text, or refused") {
  const std::string on = "content: {scan: {enabled: true}}\n";
  auto got = judge(on, html("<p>a<script>x()</script>b"));
  CHECK(name(got.verdict.kind) == "pass");
  CHECK(got.after.find("<p>ab\r\n") != std::string::npos);
  CHECK_MESSAGE(judge(on, html("<p>ab")).after == html("<p>ab"), "left alone");
  CHECK_MESSAGE(
      judge("", html("<script>x</script>")).after == html("<script>x</script>"),
      "off");
  got = judge(on, html("<a href=http://evil.test.de/>www.bank.de</a>"));
  CHECK(got.after.find("[Warning: this link shows another site") !=
        std::string::npos);
  got = judge("content: {scan: {enabled: true, tags: {form: reject}}}\n",
              html("<form>"));
  CHECK(got.verdict.reply.text == "HTML with active content is refused: form");
  got = judge("content: {scan: {enabled: true, phishing: quarantine}}\n",
              html("<a href=http://evil.test.de/>www.bank.de</a>"));
  CHECK(name(got.verdict.kind) == "quarantine");
  got = judge("content: {scan: {enabled: true, direction: outbound}}\n",
              html("<script>x</script>"));
  CHECK_MESSAGE(got.after == html("<script>x</script>"), "not this direction");

  const std::string text =
      "content: {scan: {enabled: true, html_to_text: true}}\n";
  got = judge(text,
              html("<p>Gr&uuml;&szlig;e<p style='display:none'>hidden</p>"));
  CHECK(got.after.find("Content-Type: text/plain; charset=utf-8") !=
        std::string::npos);
  CHECK(got.after.find("Gr=C3=BC=C3=9Fe") != std::string::npos);
  CHECK(got.after.find("hidden") == std::string::npos);
  got = judge(text,
              html("<p>Read <a href=https://x.example/a>this</a>, "
                   "<a href=http://evil.test/>https://bank.example/</a>"));
  CHECK(got.after.find("Read this [1], https://bank.example/ [2]\r\n\r\n"
                       "[1] https://x.example/a\r\n"
                       "[2] http://evil.test/\r\n") != std::string::npos);
  got = judge(text,
              kHead +
                  "Content-Type: text/html\r\n\r\n<meta charset=koi8-r>"
                  "<p>\xd4\xc1\xca\xce\xc1\r\n");
  CHECK_MESSAGE(got.after.find("=D1=82=D0=B0=D0=B9") != std::string::npos,
                "in the charset that only the HTML names");
  got = judge(text, html("\xef\xbb\xbf<p>Words"));
  CHECK_MESSAGE(got.after.find("\r\n\r\nWords") != std::string::npos,
                "without its byte order mark");
  got = judge(text,
              kHead +
                  "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
                  "--b\r\n\r\nWords.\r\n--b\r\nContent-Type: "
                  "multipart/related; boundary=r\r\n\r\n"
                  "--r\r\nContent-Type: text/html\r\n\r\n<p>Words.\r\n"
                  "--r\r\nContent-Type: image/png\r\nContent-ID: "
                  "<a>\r\n\r\nPNG\r\n--r--\r\n--b--\r\n");
  CHECK(got.after.find("Words.") != std::string::npos);
  CHECK(got.after.find("text/html") == std::string::npos);
  CHECK(got.after.find("image/png") == std::string::npos);
}

TEST_CASE("HTML that two programs would read in two ways is held") {
  struct Row {
    std::string label;
    std::string charset;  // Of the header.
    std::string html;
    std::string verdict;
  };

  const std::string script = "<script>x()</script>";
  const std::string little = "\xff\xfe" + content::utf16(script);
  const Row rows[] = {
      {"UTF-8 with its mark", "utf-8", "\xef\xbb\xbf" + script, "pass"},
      {"another charset with that mark",
       "windows-1252",
       "\xef\xbb\xbf" + script,
       "pass"},
      {"UTF-16, as the header says", "utf-16", little, "pass"},
      {"UTF-16, in the order that it says", "utf-16le", little, "pass"},
      {"in the other order", "utf-16be", little, "quarantine"},
      {"UTF-16, as only the mark says", "utf-8", little, "quarantine"},
      {"the mark of UTF-16 before ASCII",
       "",
       "\xff\xfe" + script,
       "quarantine"},
      {"the mark of UTF-8 before UTF-16",
       "utf-16le",
       "\xef\xbb\xbfx" + content::utf16(script),
       "quarantine"},
      {"a <meta>", "", "<meta charset=koi8-r>" + script, "pass"},
      {"one that not all obey",
       "",
       "<meta charset=utf-7>+ADw-script>",
       "quarantine"},
      {"escape sequences of a <meta>",
       "",
       "<meta charset=iso-2022-jp>\x1b$B$\"\x1b(B",
       "quarantine"},
      {"a <meta> for them, and none",
       "",
       "<meta charset=iso-2022-jp>" + script,
       "pass"},
      {"escape sequences of the header",
       "iso-2022-jp",
       "\x1b$B$\"\x1b(B" + script,
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto raw = kHead + "Content-Type: text/html" +
                     (row.charset.empty() ? "" : "; charset=" + row.charset) +
                     "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                     mail::encodeBase64(row.html) + "\r\n";
    const auto got = judge("content: {scan: {enabled: true}}\n", raw);
    CAPTURE(got.verdict.reason);
    CHECK(name(got.verdict.kind) == row.verdict);
    CHECK_MESSAGE((row.verdict != "pass") == (got.after == raw), "disarmed");
  }
}

TEST_CASE("signed mail is never changed") {
  const std::string raw =
      kHead +
      "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n"
      "Content-Type: text/html\r\n\r\n<script>x</script>\r\n--b\r\n"
      "Content-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n";
  auto got = judge("content: {scan: {enabled: true}}\n", raw);
  CHECK(name(got.verdict.kind) == "mark");
  CHECK(got.marks == "X-Mailreeve-Content: HTML in signed or encrypted mail\n");
  CHECK(got.after.find("<script>x</script>") != std::string::npos);
  got = judge("content: {scan: {enabled: true, signed: reject}}\n", raw);
  CHECK(name(got.verdict.kind) == "reject");
  got = judge(
      "content: {scan: {enabled: true, html_to_text: true, signed: deliver}}\n",
      raw);
  CHECK(name(got.verdict.kind) == "pass");
  CHECK(got.after.find("<script>x</script>") != std::string::npos);

  const auto opaque = [](const std::string& html) {
    return signedAs("application/pkcs7-mime; smime-type=signed-data",
                    "Content-Type: text/html\r\n\r\n" + html);
  };
  const auto script = opaque("<script>x</script>");
  const std::string scan = "content: {scan: {enabled: true";
  CHECK_MESSAGE(judge(scan + "}}\n", script).marks ==
                    "X-Mailreeve-Content: HTML in signed or encrypted mail\n",
                "in one piece, too");
  CHECK(name(judge(scan + ", signed: reject}}\n", script).verdict.kind) ==
        "reject");
  CHECK(name(judge(scan + "}}\n", opaque("<p>Words")).verdict.kind) == "pass");
  CHECK(name(judge(scan + ", tags: {form: reject}}}\n", opaque("<form>"))
                 .verdict.kind) == "reject");
  CHECK_MESSAGE(name(judge(scan + "}}\n",
                           kHead +
                               "Content-Type: application/pkcs7-mime\r\n"
                               "Content-Transfer-Encoding: base64\r\n\r\n" +
                               mail::encodeBase64(
                                   content::signedMail("x").substr(0, 30)) +
                               "\r\n")
                         .verdict.kind) == "quarantine",
                "damaged");
}

TEST_CASE("invitations are judged, and never changed") {
  const auto invitation = [](const std::string& lines,
                             const std::string& type = "text/calendar") {
    return kHead + "Content-Type: " + type +
           "; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" +
           lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  };
  const std::string lies =
      "X-ALT-DESC;FMTTYPE=text/html:<a href=\"http://evil.test.de/\">www.ba\r\n"
      " nk.de</a>";

  struct Row {
    std::string label;
    std::string scan;
    std::string raw;
    std::string verdict;
    std::string reason;
  };

  const Row rows[] = {
      {"nothing in it", "", invitation("DESCRIPTION:Lunch?"), "pass", ""},
      {"a link that lies, in HTML",
       "",
       invitation(lies),
       "mark",
       "an invitation, not changed: link that shows another site than it leads "
       "to: www.bank.de -> evil.test.de"},
      {"in plain text",
       "",
       invitation("DESCRIPTION:Log in at www.bank.de<http://evil.test.de/>"),
       "mark",
       "an invitation, not changed: link that shows another site than it leads "
       "to: www.bank.de -> evil.test.de"},
      {"as a file", "", invitation(lies, "application/ics"), "mark", ""},
      {"and nobody minds", ", calendar: deliver", invitation(lies), "pass", ""},
      {"held", ", calendar: quarantine", invitation(lies), "quarantine", ""},
      {"refused", ", calendar: reject", invitation(lies), "reject", ""},
      {"held as any such link",
       ", phishing: quarantine",
       invitation(lies),
       "quarantine",
       ""},
      {"what runs is something, too",
       "",
       invitation("DESCRIPTION:<script>x()</script>"),
       "mark",
       "an invitation, not changed: script"},
      {"a tag that is refused anywhere",
       ", tags: {form: reject}",
       invitation("DESCRIPTION:<form action=x>"),
       "reject",
       ""},
      {"text instead of HTML leaves it as it is",
       ", html_to_text: true",
       invitation(lies),
       "mark",
       ""},
      {"a charset nobody knows",
       "",
       invitation(lies, "text/calendar; charset=x"),
       "quarantine",
       "an unknown charset"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got =
        judge("content: {scan: {enabled: true" + row.scan + "}}\n", row.raw);
    CAPTURE(got.verdict.reason);
    CHECK(name(got.verdict.kind) == row.verdict);
    if (!row.reason.empty()) CHECK(got.verdict.reason == row.reason);
    const auto body = [](const std::string& raw) {
      return raw.substr(raw.find("\r\n\r\n"));
    };
    CHECK(body(got.after) == body(row.raw));
    CHECK((got.marks.find("misleading invitation") != std::string::npos) ==
          (row.verdict == "mark"));
  }
}

TEST_CASE("content rules add up") {
  struct Row {
    std::string label;
    std::string settings;
    std::string raw;
    std::string verdict;
  };

  const auto rules = [](const std::string& list, const std::string& rest = "") {
    return "content_rules: {enabled: true, threshold: 5, rules: [" + list +
           "]" + rest + "}\n";
  };
  const auto text = [](const std::string& body) {
    return kHead +
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           mail::encodeBase64(body) + "\r\n";
  };
  const auto calendar = [](const std::string& type) {
    return kHead + "Content-Type: " + type +
           "\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
           "DESCRIPTION:Top se\r\n cret\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  };
  const std::string secret = "{name: a, pattern: top secret, score: 6}";
  const std::vector<Row> rows = {
      {"decoded text", rules(secret), text("It is TOP\nSecret."), "quarantine"},
      {"letters held apart by what nobody sees",
       rules(secret),
       text("top sec\u200bret"),
       "quarantine"},
      {"letters held apart by a control character",
       rules(secret),
       text(std::string("top se\0c\x7fret", 12)),
       "quarantine"},
      {"HTML as it is read",
       rules(secret),
       html("<b>top</b>&#32;s&#101;cret"),
       "quarantine"},
      {"HTML in a charset that only it names",
       rules("{name: a, pattern: тайна, score: 6}"),
       kHead + "Content-Type: text/html\r\n\r\n<meta http-equiv=content-type "
               "content='text/html; charset=windows-1251'>"
               "<p>\xf2\xe0\xe9\xed\xe0\r\n",
       "quarantine"},
      {"text behind a byte order mark that the header denies",
       rules(secret),
       text("\xff\xfetop secret"),
       "quarantine"},
      {"text that only a byte order mark makes readable",
       rules(secret),
       text("\xff\xfe" + content::utf16("top secret")),
       "quarantine"},
      {"in an invitation, folded within a word",
       rules(secret),
       calendar("text/calendar"),
       "quarantine"},
      {"a word in an invitation that is a file",
       rules(secret),
       calendar("application/ics"),
       "quarantine"},
      {"in one that only its name tells",
       rules(secret),
       calendar("application/octet-stream; name=\"Invite.ICS\""),
       "quarantine"},
      {"what is neither text nor an invitation",
       rules(secret),
       calendar("application/octet-stream"),
       "pass"},
      {"XHTML is read as HTML",
       rules(secret),
       kHead +
           "Content-Type: application/xhtml+xml\r\n\r\n<b>top</b> secret\r\n",
       "quarantine"},
      {"letters held apart by hidden ones",
       rules(secret),
       html("top sec<i style='display:none'>x</i>ret"),
       "quarantine"},
      {"what is hidden itself",
       rules(secret),
       html("a<i style='display:none'>top secret</i>b"),
       "quarantine"},
      {"in mail that is signed in one piece, twice",
       rules(secret),
       signedAs("application/pkcs7-mime",
                signedAs("application/octet-stream; name=\"smime.p7m\"",
                         "Content-Type: text/html\r\n\r\n<b>top</b> secret")),
       "quarantine"},
      {"nothing of it", rules(secret), text("nothing"), "pass"},
      {"not over the threshold",
       rules("{name: a, pattern: x1, score: 5}"),
       text("x1"),
       "pass"},
      {"over it together",
       rules("{name: a, pattern: x1, score: 3}, {name: b, relation: regex, "
             "pattern: \"y[0-9]\", score: 2.5}"),
       text("x1 y2"),
       "quarantine"},
      {"once for each rule",
       rules("{name: a, pattern: x1, score: 3}"),
       text("x1 x1 x1"),
       "pass"},
      {"a score below zero",
       rules("{name: a, pattern: x1, score: 6}, {name: b, pattern: y2, score: "
             "-3}"),
       text("x1 y2"),
       "pass"},
      {"off for one",
       rules("{name: a, pattern: x1, score: 6, enabled: false}"),
       text("x1"),
       "pass"},
      {"the subject, in words of RFC 2047",
       rules("{name: a, target: subject, pattern: grüße, score: 6}"),
       "Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n\r\nx\r\n",
       "quarantine"},
      {"the subject is content, too",
       rules(secret),
       "Subject: top secret\r\n\r\nx\r\n",
       "quarantine"},
      {"but not the reverse",
       rules("{name: a, target: subject, pattern: x1, score: 6}"),
       text("x1"),
       "pass"},
      {"the sender's address",
       rules("{name: a, target: sender, relation: equals, pattern: "
             "M@outside.example, score: 6}"),
       text("x"),
       "quarantine"},
      {"the From field",
       rules("{name: a, target: sender, pattern: mallory, score: 6}"),
       text("x"),
       "quarantine"},
      {"the recipient",
       rules("{name: a, target: recipient, relation: equals, pattern: "
             "a@example.com, score: 6}"),
       text("x"),
       "quarantine"},
      {"a header",
       rules("{name: a, target: header, header: x-mailer, pattern: bulk, "
             "score: 6}"),
       "X-Mailer: Bulk 1\r\n\r\nx\r\n",
       "quarantine"},
      {"case respected",
       rules("{name: a, pattern: Secret, score: 6, case_sensitive: true}"),
       text("secret"),
       "pass"},
      {"delete",
       rules(secret, ", action: delete"),
       text("top secret"),
       "discard"},
      {"reject",
       rules(secret, ", action: reject"),
       text("top secret"),
       "reject"},
      {"deliver, marked",
       rules(secret, ", action: deliver"),
       text("top secret"),
       "mark"},
      {"not this direction",
       rules(secret, ", direction: outbound"),
       text("top secret"),
       "pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = judge(row.settings, row.raw);
    CAPTURE(got.verdict.reason);
    CHECK(name(got.verdict.kind) == row.verdict);
  }
  const auto out = judge(rules(secret, ", direction: outbound"),
                         text("top secret"),
                         "a@example.com",
                         "a@example.com",
                         {"x@outside.example"});
  CHECK_MESSAGE(name(out.verdict.kind) == "quarantine", "outbound");
  CHECK(out.verdict.reason == "6 of 5: a (6)");
}

TEST_CASE("what speaks for one recipient speaks for him alone") {
  struct Row {
    std::string label;
    std::vector<std::string> to;
    std::string body;
    std::string verdict;
    std::string saw;
  };

  const Row rows[] = {
      {"for him",
       {"a@example.com"},
       "x1",
       "pass",
       "3 of 5: word (6), press (-3)"},
      {"not for another",
       {"b@example.com"},
       "x1",
       "quarantine",
       "6 of 5: word (6)"},
      {"nor for both of them, and the trace says so",
       {"a@example.com", "b@example.com"},
       "x1",
       "quarantine",
       "6 of 5: word (6); rule \"press\" is not for all recipients"},
      {"what speaks against one speaks against both",
       {"a@example.com", "c@example.com"},
       "x1",
       "quarantine",
       "9 of 5: word (6), board (3); rule \"press\" is not for all recipients"},
      {"nothing else was found",
       {"a@example.com", "b@example.com"},
       "x2",
       "pass",
       "rule \"press\" is not for all recipients"},
      {"nothing at all", {"b@example.com"}, "x2", "pass", ""},
  };
  const std::string settings =
      "content_rules: {enabled: true, threshold: 5, rules: ["
      "{name: word, pattern: x1, score: 6}, "
      "{name: press, target: recipient, pattern: a@example.com, score: -3}, "
      "{name: board, target: recipient, pattern: c@example.com, score: 3}]}\n";
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto [verdict, saw] =
        byRules(settings, html(row.body), envelopeOf("m@o.example", row.to));
    CHECK(verdict == row.verdict);
    CHECK(saw == row.saw);
  }
}

TEST_CASE("text that the rules have not seen whole is what the setting says") {
  const auto rules = [](const std::string& rest) {
    return "content_rules: {enabled: true, threshold: 5, rules: ["
           "{name: a, pattern: top secret, score: 6}]" +
           rest + "}\n";
  };
  const auto behind = [](std::size_t bytes, const std::string& words) {
    return kHead + "\r\n" +
           repeated("nothing to see here..........\r\n", bytes) + words +
           "\r\n";
  };
  constexpr std::size_t kMost = std::size_t{4} << 20U;
  const auto long_ = behind(kMost, "top secret");
  const auto damaged =
      kHead +
      "Content-Type: application/pkcs7-mime\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      mail::encodeBase64(content::signedMail("x").substr(0, 30)) + "\r\n";
  const std::string cut = "only the first 4M of text were read";
  const std::string sealed = "signed mail that cannot be read";

  struct Row {
    std::string label;
    std::string settings;
    std::string raw;
    std::string verdict;
    std::string saw;
    std::string rules = {};  // Of which people are told.
  };

  const Row rows[] = {
      {"it fits",
       rules(""),
       behind(kMost - 1000, "top secret"),
       "quarantine",
       "6 of 5: a (6)",
       "a"},
      {"too long, by default",
       rules(""),
       long_,
       "quarantine",
       cut,
       "unscannable text"},
      {"allowed, and the trace says so",
       rules(", unscannable: allow"),
       long_,
       "pass",
       cut},
      {"marked",
       rules(", unscannable: mark"),
       long_,
       "mark",
       cut,
       "unscannable text"},
      {"refused",
       rules(", unscannable: reject"),
       long_,
       "reject",
       cut,
       "unscannable text"},
      {"and in front of it what is over the threshold: the stricter holds",
       rules(", unscannable: reject, action: deliver"),
       kHead + "\r\ntop secret\r\n" + repeated("nothing.\r\n", kMost),
       "reject",
       "6 of 5: a (6); " + cut,
       "a, unscannable text"},
      {"the rules are stricter",
       rules(", unscannable: mark"),
       kHead + "\r\ntop secret\r\n" + repeated("nothing.\r\n", kMost),
       "quarantine",
       "6 of 5: a (6); " + cut,
       "a, unscannable text"},
      {"signed mail that is damaged",
       rules(""),
       damaged,
       "quarantine",
       sealed,
       "unscannable text"},
      {"no rule asks for the text",
       "content_rules: {enabled: true, rules: [{name: a, target: subject, "
       "pattern: z, score: 6}]}\n",
       long_,
       "pass",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Findings findings;
    const auto [verdict, saw] =
        byRules(row.settings,
                row.raw,
                envelopeOf("m@o.example", {"a@example.com"}),
                findings);
    CHECK(verdict == row.verdict);
    CHECK(saw == row.saw);
    CHECK(findings.contentRules.acted == !row.rules.empty());
    CHECK(findings.contentRules.rules == row.rules);
    CHECK((findings.marks.fields.size() == 1) == (row.verdict == "mark"));
  }
}

}  // namespace mailreeve::milter
