#include "core/content/file_walk.h"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/content/zip_names.h"
#include "core/mail/transfer_encoding.h"
#include "tests/unit/content/archives.h"
#include "tests/unit/content/cms.h"
#include "tests/unit/content/compound.h"

namespace mailreeve::content {

namespace {

const FileTypes& types() {
  static const FileTypes kTypes;
  return kTypes;
}

std::string part(const std::string& name,
                 const std::string& content,
                 const std::string& type = "application/octet-stream") {
  return "--b\r\nContent-Type: " + type +
         "\r\nContent-Disposition: attachment; filename=\"" + name +
         "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         mail::encodeBase64(content) + "\r\n";
}

std::string mixed(const std::string& parts) {
  return "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
         "Words.\r\n" +
         parts + "--b--\r\n";
}

FileWalk walk(const std::string& raw, const ArchiveLimits& limits = {}) {
  const auto message = mail::messageFromBytes(raw, {});
  REQUIRE(message);
  auto found = walkFiles(*message, types(), limits);
  REQUIRE(found);
  return *std::move(found);
}

// One line for each file: "path type [traits]".
std::vector<std::string> lines(const FileWalk& found) {
  std::vector<std::string> out;
  for (const auto& file : found.files) {
    std::string line = file.path + " " + file.type;
    if (file.encryptedArchive) line += " encrypted";
    if (file.encryptedDocument) line += " encrypted-document";
    if (file.macros) line += " macros";
    if (file.embedded) line += " embedded";
    if (!file.unscannable.empty()) line += " unscannable";
    out.push_back(line);
  }
  return out;
}

// What comes behind its descriptors says that there is a UDF, too.
std::string udfBeside(std::string image) {
  auto at = std::size_t{16} * 2048;
  while (image.compare(at + 1, 5, "CD001") == 0) at += 2048;
  for (const std::string name : {"BEA01", "NSR02", "TEA01"}) {
    image.replace(at + 1, 5, name);
    at += 2048;
  }
  return image;
}

// The name that programs for Windows read, in UTF-16; those for Unix have
// another.
std::string renamedForWindows(std::string image,
                              const std::string& from,
                              const std::string& to) {
  const auto wide = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += std::string(1, '\0') + c;
    return out;
  };
  image.replace(image.find(wide(from)), 2 * from.size(), wide(to));
  return image;
}

// As gzip(1) notes it: RFC 1952 section 2.3.1, FNAME.
std::string notedName(std::string packed, const std::string& name) {
  packed[3] = static_cast<char>(packed[3] | 8);
  return packed.insert(10, name + '\0');
}

std::string number(std::size_t value, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(value >> (8 * i) & 0xffU);
  return out;
}

std::string attribute(std::size_t id, const std::string& content) {
  return "\2" + number(id, 4) + number(content.size(), 4) + content +
         number(0, 2);
}

std::string padded(std::string text) {
  text.resize((text.size() + 3) / 4 * 4);
  return text;
}

std::string winmail(const std::string& name, const std::string& content) {
  const std::string longName = number(1, 4) + number(0x1e, 2) +
                               number(0x3707, 2) + number(1, 4) +
                               number(name.size() + 1, 4) + padded(name + '\0');
  return number(0x223e9f78, 4) + number(1, 2) +
         attribute(0x69002, std::string(14, '\0')) +
         attribute(0x18010, "SHORT~1.TXT" + std::string(1, '\0')) +
         attribute(0x6800f, content) + attribute(0x69005, longName);
}

}  // namespace

TEST_CASE("all files are found, wherever they are") {
  struct Row {
    std::string label;
    std::string parts;
    std::vector<std::string> want;
  };

  const Members inside = {{"docs/", ""},
                          {"docs/read me.txt", "words\n"},
                          {"holiday.exe", program()}};
  const std::string eml =
      "Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
      "--i\r\nContent-Type: application/pdf; name=a.exe\r\n\r\n%PDF-1.4\r\n"
      "--i--\r\n";
  const std::string attachment = "__attach_version1.0_#0000000";
  const auto encoded = mail::encodeBase64(program());
  const std::string invitation =
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;VALUE=BINARY;\r\n "
      "ENCODING=BASE64;X-FILENAME=\"run me.exe\":" +
      replaceAll(encoded, "\r\n", "\r\n ") +
      "\r\nATTACH:data:text/plain;base64,eAo=\r\n"
      "ATTACH:https://far.example/a.exe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  const std::vector<Row> rows = {
      {"a program that says it is a picture",
       part("cat.jpg", program(), "image/jpeg"),
       {"cat.jpg application/x-dosexec"}},
      {"a zip, a folder in it",
       part("a.zip", zip(inside)),
       {"a.zip application/zip",
        "a.zip > docs/read me.txt text/plain",
        "a.zip > holiday.exe application/x-dosexec"}},
      {"a zip under another name and type",
       part("a.dat", zip({{"b.exe", program()}}), "text/plain"),
       {"a.dat application/zip", "a.dat > b.exe application/x-dosexec"}},
      {"a zip in a zip",
       part("a.zip", zip({{"b.zip", zip({{"c.exe", program()}})}})),
       {"a.zip application/zip",
        "a.zip > b.zip application/zip",
        "a.zip > b.zip > c.exe application/x-dosexec"}},
      {"7z",
       part("a.7z", sevenZip({{"b.exe", program()}})),
       {"a.7z application/x-7z-compressed",
        "a.7z > b.exe application/x-dosexec"}},
      {"tar and gzip",
       part("a.tgz", tarGz({{"b.exe", program()}})),
       {"a.tgz application/gzip", "a.tgz > b.exe application/x-dosexec"}},
      {"one compressed file has the archive's name",
       part("setup.exe.gz", gz(program())),
       {"setup.exe.gz application/gzip",
        "setup.exe.gz > setup.exe application/x-dosexec"}},
      {"an encrypted zip still shows its names",
       part("a.zip", lockedZip({{"b.exe", program()}})),
       {"a.zip application/zip encrypted", "a.zip > b.exe "}},
      {"a message that is attached",
       "--b\r\nContent-Type: message/rfc822\r\n\r\n" + eml,
       {"unnamed part message/rfc822", "a.exe application/pdf"}},
      {"a message in base64, by its name",
       part("inner.eml", eml),
       {"inner.eml application/pdf", "inner.eml > a.exe application/pdf"}},
      {"TNEF, with a long name",
       part("winmail.dat", winmail("run me.exe", program())),
       {"winmail.dat application/ms-tnef",
        "winmail.dat > SHORT~1.TXT application/x-dosexec"}},
      {"a zip in TNEF",
       part("winmail.dat", winmail("a.zip", zip({{"b.exe", program()}}))),
       {"winmail.dat application/ms-tnef",
        "winmail.dat > SHORT~1.TXT application/zip",
        "winmail.dat > SHORT~1.TXT > b.exe application/x-dosexec"}},
      {"an Office document is no archive",
       part("a.docx",
            zip({{"[Content_Types].xml", "<Types/>"},
                 {"word/document.xml", "<w:document/>"}})),
       {"a.docx application/zip"}},
      {"macros in it",
       part("a.docm",
            zip({{"[Content_Types].xml", "<Types/>"},
                 {"word/vbaProject.bin", "\xd0\xcf\x11\xe0"}})),
       {"a.docm application/zip macros"}},
      {"a program in it",
       part("a.docx",
            zip({{"[Content_Types].xml", "<Types/>"},
                 {"word/embeddings/x.bin", program()}})),
       {"a.docx application/zip",
        "a.docx > word/embeddings/x.bin application/x-dosexec"}},
      {"a document that is called .zip is an archive",
       part("a.zip",
            zip({{"[Content_Types].xml", "<Types/>"}, {"b.txt", "x\n"}})),
       {"a.zip application/zip",
        "a.zip > [Content_Types].xml text/plain",
        "a.zip > b.txt text/plain"}},
      {"an encrypted PDF",
       part("a.pdf", "%PDF-1.5\n1 0 obj\ntrailer <</Encrypt 2 0 R>>\n"),
       {"a.pdf application/pdf encrypted-document"}},
      {"an encrypted zip that begins like a PDF, too",
       part("a.zip", lockedZip({{"%PDF-1.txt", "/Encrypt"}})),
       {"a.zip application/zip encrypted", "a.zip > %PDF-1.txt "}},
      {"an encrypted PDF that is a zip, too",
       part("a.zip", zip({{"%PDF-1/Encrypt", "x\n"}})),
       {"a.zip application/zip encrypted-document",
        "a.zip > %PDF-1/Encrypt text/plain"}},
      {"an encrypted zip that is called a program in Java",
       part("a.jar", lockedZip({{"b.exe", program()}})),
       {"a.jar application/zip encrypted"}},
      {"which is not looked into otherwise",
       part("a.jar", zip({{"b.exe", program()}})),
       {"a.jar application/zip"}},
      {"an encrypted zip that is called a document",
       part("a.docx", lockedZip({{"b.exe", program()}})),
       {"a.docx application/zip encrypted", "a.docx > b.exe "}},
      {"an encrypted OpenDocument",
       part("a.odt",
            zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
                 {"content.xml", "\x8f\x03"},
                 {"META-INF/manifest.xml",
                  std::string(70000, ' ') + "<manifest:encryption-data/>"}})),
       {"a.odt application/zip encrypted-document"}},
      {"one that is called an archive",
       part("a.zip",
            zip({{"META-INF/manifest.xml", "<manifest:encryption-data/>"}})),
       {"a.zip application/zip encrypted-document",
        "a.zip > META-INF/manifest.xml text/plain"}},
      {"an OpenDocument",
       part("a.odt",
            zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
                 {"META-INF/manifest.xml", "<manifest:file-entry/>"}})),
       {"a.odt application/zip"}},
      {"a message that Outlook has saved",
       part("a.msg",
            compound(
                {{"__properties_version1.0", "x"},
                 {attachment + "0/__substg1.0_37010102", program()},
                 {attachment + "0/__substg1.0_3704001F", utf16("RUN~1.EXE")},
                 {attachment + "0/__substg1.0_3707001E", "run me.exe"},
                 {attachment + "1/__substg1.0_37010102",
                  zip({{"b.exe", program() + std::string(9000, 'x')}})},
                 {attachment + "2/__substg1.0_3701000D/"
                               "__properties_version1.0",
                  "x"},
                 {attachment + "2/__substg1.0_3701000D/" + attachment +
                      "0/__substg1.0_37010102",
                  "words\n"}})),
       {"a.msg application/vnd.ms-outlook",
        "a.msg > RUN~1.EXE application/x-dosexec",
        "a.msg > unnamed part application/zip",
        "a.msg > unnamed part > b.exe application/x-dosexec",
        "a.msg > unnamed part application/vnd.ms-outlook",
        "a.msg > unnamed part text/plain"}},
      {"one in a zip, that ends too soon",
       part("a.zip",
            zip({{"b.msg",
                  compound({{"__properties_version1.0", "x"}})
                      .substr(0, 600)}})),
       {"a.zip application/zip",
        "a.zip > b.msg application/x-ole-storage "
        "unscannable"}},
      {"mail that is signed in one piece",
       "--b\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n"
       "Content-Transfer-Encoding: base64\r\n\r\n" +
           mail::encodeBase64(signedMail(eml)) + "\r\n",
       {"smime.p7m application/octet-stream",
        "smime.p7m > a.exe application/pdf"}},
      {"the same as a file, in a zip",
       part("a.zip", zip({{"a.p7m", signedMail(eml)}})),
       {"a.zip application/zip",
        "a.zip > a.p7m application/octet-stream",
        "a.zip > a.p7m > a.exe application/pdf"}},
      {"mail that says so, and cannot be read",
       "--b\r\nContent-Type: application/pkcs7-mime; name=smime.p7m; "
       "smime-type=signed-data\r\n\r\nx\r\n",
       {"smime.p7m application/octet-stream unscannable"}},
      {"an image that Windows opens as a drive",
       part("a.vhd",
            std::string(5000, 'x') + "conectix" + std::string(504, 'x')),
       {"a.vhd application/x-vhd unscannable"}},
      {"one that only its name tells in time",
       part("a.zip",
            zip({{"b.vhd",
                  std::string(900000, 'x') + "conectix" +
                      std::string(504, 'x')}})),
       {"a.zip application/zip", "a.zip > b.vhd text/plain unscannable"}},
      {"an ISO image with files only in UDF",
       part("a.iso", udfBeside(iso({{"b.txt", "x\n"}}))),
       {"a.iso application/x-udf-image unscannable",
        "a.iso > b.txt text/plain"}},
      {"an ISO image",
       part("a.iso", iso({{"b.txt", "x\n"}})),
       {"a.iso application/x-iso9660-image", "a.iso > b.txt text/plain"}},
      {"one that has another name for Windows",
       part("a.iso",
            renamedForWindows(iso({{"b.txt", "x\n"}}), "b.txt", "b.scr")),
       {"a.iso application/x-iso9660-image",
        "a.iso > b.txt text/plain",
        "a.iso > b.scr text/plain"}},
      {"arj, which libmagic knows",
       part("a.bin",
            std::string("\x60\xea\x2a\0\x22\x0b\1\2\x10\0\2", 11) +
                std::string(600, '\0')),
       {"a.bin application/x-arj unscannable"}},
      {"what is called an image and is none",
       part("a.img", "words\n"),
       {"a.img text/plain unscannable"}},
      {"an archive of a kind nobody opens, in another",
       part("a.zip", zip({{"b.bin", "!BDN" + std::string(600, 'x')}})),
       {"a.zip application/zip",
        "a.zip > b.bin application/vnd.ms-outlook unscannable"}},
      {"an archive that ends too soon",
       part("a.zip", zip(inside).substr(0, 60)),
       {"a.zip application/zip unscannable"}},
      {"a program that is a zip from its end",
       part("tool.exe", program() + zip({{"c.js", "x\n"}})),
       {"tool.exe application/x-dosexec", "tool.exe > c.js text/plain"}},
      {"a zip behind words, whatever it is called",
       part("a.dat", "words\n" + zip({{"b.exe", program()}})),
       {"a.dat application/octet-stream",
        "a.dat > b.exe application/x-dosexec"}},
      {"a zip in that zip, with something before it, too",
       part("a.zip", "x" + zip({{"b.bin", "yy" + zip({{"c.js", "x\n"}})}})),
       {"a.zip application/octet-stream",
        "a.zip > b.bin application/octet-stream",
        "a.zip > b.bin > c.js text/plain"}},
      {"a message that is a zip from its end, too",
       part("inner.eml", eml + zip({{"c.js", "x\n"}})),
       {"inner.eml application/octet-stream",
        "inner.eml > a.exe application/pdf",
        "inner.eml > c.js text/plain"}},
      {"words about the end of a zip are no zip",
       part("a.txt", "See PK\5\6 and so on, for more than twenty octets\n"),
       {"a.txt application/octet-stream"}},
      {"what is called an archive and is none",
       part("a.rar", "just words\n"),
       {"a.rar text/plain unscannable"}},
      {"a file of no bytes", part("a.bin", ""), {"a.bin application/x-empty"}},
      {"uuencode in the text",
       "--b\r\n\r\nSee:\r\nbegin 644 run.exe\r\n#0V%T\r\n`\r\nend\r\n",
       {"run.exe text/plain"}},
      {"yEnc in the text",
       "--b\r\n\r\n=ybegin line=128 size=3 name=run.exe\r\n\x97\x98\x99\r\n"
       "=yend size=3\r\n",
       {"run.exe text/plain"}},
      {"a calendar part without a name is read at once",
       "--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:"
       "VCALENDAR\r\n",
       {}},
      {"files in an invitation",
       "--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" +
           invitation,
       {"run me.exe application/x-dosexec", "unnamed part text/plain"}},
      {"in one that is attached, and called so",
       part("b.ics", invitation, "text/calendar"),
       {"run me.exe application/x-dosexec",
        "unnamed part text/plain",
        "b.ics text/calendar"}},
      {"in one in a zip",
       part("a.zip", zip({{"b.ics", invitation}})),
       {"a.zip application/zip",
        "a.zip > b.ics text/calendar",
        "a.zip > b.ics > run me.exe application/x-dosexec",
        "a.zip > b.ics > unnamed part text/plain"}},
      {"a file in the middle of text",
       "--b\r\nContent-Type: text/plain; name=run.bat\r\n\r\necho\r\n",
       {"run.bat text/plain"}},
      {"a name that only a description tells",
       "--b\r\nContent-Type: application/octet-stream\r\n"
       "Content-Description: run.bat\r\n\r\necho\r\n",
       {"run.bat text/plain"}},
      {"a text with a description is read at once",
       "--b\r\nContent-Description: run.bat\r\n\r\necho\r\n",
       {}},
      {"the part never ends",
       part("a.exe", program()) + "--",
       {"a.exe application/x-dosexec"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto got = lines(walk(mixed(row.parts)));
    // libmagic knows the newest Office types by more than these stubs have.
    for (auto& line : got)
      if (const auto at =
              line.find("application/vnd.openxmlformats-officedocument."
                        "wordprocessingml.document");
          at != std::string::npos)
        line.replace(at, 71, "application/zip");
    CHECK(join(got, "\n") == join(row.want, "\n"));
  }
}

TEST_CASE("both names of a TNEF file are known") {
  const auto found =
      walk(mixed(part("winmail.dat", winmail("Run Me.exe", program()))));
  REQUIRE(found.files.size() == 2);
  CHECK(found.files[1].keys ==
        std::vector<std::string>{"short~1.txt", "run me.exe"});
}

TEST_CASE("one compressed file goes by all names that programs give it") {
  const auto found =
      walk(mixed("--b\r\nContent-Type: application/gzip; name=b.hta.gz\r\n"
                 "Content-Disposition: attachment; filename=a.txt.gz\r\n"
                 "Content-Transfer-Encoding: base64\r\n\r\n" +
                 mail::encodeBase64(notedName(gz("x\n"), "run.js")) + "\r\n"));
  REQUIRE(found.files.size() == 2);
  CHECK(found.files[1].keys ==
        std::vector<std::string>{"a.txt", "b.hta", "run.js"});
}

TEST_CASE("what takes much memory waits for its turn, and asks to come again") {
  constexpr std::uint64_t kMuch = std::uint64_t{20} << 20U;
  const ArchiveLimits limits{.time = std::chrono::milliseconds(1)};
  std::vector<std::unique_ptr<Budget>> others;
  while (others.empty() || others.back()->holds(kMuch)) {
    REQUIRE(others.size() < 100);
    others.push_back(std::make_unique<Budget>(limits));
  }
  CHECK(others.back()->crowded());

  const auto ask = [&limits](std::size_t size) {
    const auto message = mail::messageFromBytes(
        mixed(part("a.bin", std::string(size, 'x'))), {});
    REQUIRE(message);
    return walkFiles(*message, types(), limits);
  };
  CHECK_MESSAGE(ask(100).ok(), "a small one does not wait");
  const auto waited = ask(kMuch);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == ErrorCode::Unavailable);
  others.clear();
  CHECK(ask(kMuch).ok());
}

TEST_CASE("what is more than the limits is unscannable, and says so") {
  struct Row {
    std::string label;
    std::string content;
    ArchiveLimits limits;
    std::string why;
  };

  std::string nested = zip({{"x.txt", "x"}});
  for (int i = 0; i < 5; ++i) nested = zip({{"n.zip", nested}});
  Members many;
  for (int i = 0; i < 20; ++i) many.emplace_back(std::to_string(i), "x");
  const std::string blanks(std::size_t{4} << 20U, ' ');
  const std::vector<Row> rows = {
      {"too deep", nested, {.depth = 3}, "nested deeper than 3"},
      {"too many files", zip(many), {.entries = 10}, "more than 10 files"},
      {"too much when unpacked",
       tarGz({{"a", blanks}}),
       {.bytes = 1U << 20U, .ratio = 100000},
       "more than 1M unpacked"},
      {"packed too well",
       tarGz({{"a", blanks}}),
       {.ratio = 50},
       "packed more than 50 to one"},
      {"packed too well, by its own word",
       zip({{"a", blanks}}),
       {.ratio = 50},
       "packed more than 50 to one"},
      {"no time left",
       zip(many),
       {.time = std::chrono::milliseconds(0)},
       "took longer than 0 ms"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto found = walk(mixed(part("a.zip", row.content)), row.limits);
    std::string why;
    for (const auto& file : found.files)
      if (!file.unscannable.empty()) why = file.unscannable;
    CHECK(why == row.why);
  }
}

TEST_CASE("every name in a zip is known, whatever can be read of it") {
  struct Row {
    std::string label;
    std::string zip;
    std::vector<std::string> names;
  };

  const std::string plain = zip({{"aaaaaaa", "1"}});
  std::string central = plain;
  central.replace(central.rfind("aaaaaaa"), 7, "evil.js");
  std::string local = plain;
  local.replace(local.find("aaaaaaa"), 7, "evil.js");
  // Deflate64, which Windows unpacks and libarchive does not.
  std::string method = zip({{"evil.js", "1"}, {"b.txt", "2"}});
  method[8] = 9;
  method[method.find("PK\1\2") + 10] = 9;
  const Row rows[] = {
      {"a name only in its directory", central, {"aaaaaaa", "evil.js"}},
      {"a name only before its bytes", local, {"evil.js", "aaaaaaa"}},
      {"one zip behind another",
       zip({{"evil.js", "1"}}) + zip({{"b.txt", "2"}}),
       {"b.txt", "evil.js"}},
      {"a method that cannot be read", method, {"evil.js", "b.txt"}},
      {"more than the ratio allows",
       zip({{"evil.js", std::string(4U << 20U, ' ')}, {"b.txt", "2"}}),
       {"evil.js", "b.txt"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto found = walk(mixed(part("a.zip", row.zip)));
    std::vector<std::string> names;
    for (const auto& file : found.files)
      if (file.inArchive) names.push_back(file.keys.front());
    CHECK(names == row.names);
  }
}

TEST_CASE("of a long name in a zip, its end counts") {
  const std::string name = std::string(60000, 'a') + ".js";
  const std::string header =
      "PK\3\4" + std::string(22, '\0') + number(name.size(), 2) + number(0, 2);
  const auto names = zipNames(header + name, 10);
  REQUIRE(names.size() == 1);
  CHECK(names.front().size() == 1024);
  CHECK(names.front().ends_with("a.js"));
}

TEST_CASE("what may be hidden by its form is told") {
  struct Row {
    std::string label;
    std::string message;
    std::string why;
  };

  std::string parts;
  for (int i = 0; i < 2100; ++i) parts += "--b\r\n\r\nx\r\n";
  std::string text;
  for (int i = 0; i < 101; ++i)
    text += "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n";
  const Row rows[] = {
      {"nothing", mixed(part("a.txt", "x")), ""},
      {"behind many parts",
       mixed(parts + part("evil.js", "x")),
       "there are too many parts"},
      {"by a line that others take for a boundary",
       mixed("--b so\r\n\r\nx\r\n"),
       "a line may be a boundary, or not"},
      {"by a boundary as long as a line may be",
       "Content-Type: multipart/mixed; boundary=\"" + std::string(900, 'b') +
           "\"\r\n\r\n--" + std::string(900, 'b') +
           "\r\nContent-Type: text/plain\r\n\r\nx\r\n--" +
           std::string(900, 'b') + "--\r\n",
       ""},
      {"by a boundary longer than any line",
       "Content-Type: multipart/mixed; boundary=\"" + std::string(1200, 'b') +
           "\"\r\n\r\n--" + std::string(1200, 'b') +
           "\r\nContent-Type: text/plain\r\n\r\nx\r\n",
       "a multipart whose parts cannot be told apart"},
      {"by a boundary of nothing",
       "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n"
       "Content-Type: text/plain\r\n\r\nx\r\n----\r\n",
       "a multipart whose parts cannot be told apart"},
      {"by a boundary that never comes",
       "Content-Type: multipart/mixed; boundary=b\r\n\r\n--c\r\n"
       "Content-Type: text/plain\r\n\r\nx\r\n--c--\r\n",
       "a multipart whose parts cannot be told apart"},
      {"a multipart of words alone",
       "Content-Type: multipart/mixed\r\n\r\nWords.\r\n-- \r\nA.\r\n",
       ""},
      {"in a multipart that some decode",
       "Content-Type: multipart/mixed; boundary=b\r\n"
       "Content-Transfer-Encoding: base64\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
       "a multipart or message is encoded"},
      {"by a bare CR in a header",
       mixed("--b\r\nContent-Type: text/plain\rContent-Disposition: "
             "attachment; filename=run.js\r\n\r\nx\r\n"),
       "a line of the header holds a bare CR"},
      {"by a bare CR before a boundary",
       mixed("x\r--b\rContent-Type: text/plain; name=run.js\r\rx\r\n"),
       "a line may be a boundary, or not"},
      {"bare CRs in a text", mixed("--b\r\n\r\none\rtwo\r-- \rA.\r\n"), ""},
      {"by two encodings",
       mixed("--b\r\nContent-Transfer-Encoding: 7bit\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\nx\r\n"),
       "a Content-* field stands there twice"},
      {"in an attached message",
       mixed("--b\r\nContent-Type: message/rfc822\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\n" +
             mail::encodeBase64(mixed(parts)) + "\r\n"),
       "there are too many parts"},
      {"behind many files in a text",
       "From: a@b.example\r\n\r\n" + text,
       "too many files in a text"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(walk(row.message).unscannable == row.why);
  }
}

TEST_CASE("attached messages spend from the budget, too") {
  std::string messages;
  for (int i = 0; i < 10; ++i)
    messages +=
        "--b\r\nContent-Type: message/rfc822\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" +
        mail::encodeBase64(mixed(part("a.txt", "x"))) + "\r\n";
  CHECK(walk(mixed(messages), {.entries = 30}).unscannable.empty());
  CHECK(walk(mixed(messages), {.entries = 20}).unscannable ==
        "more than 20 files");
}

TEST_CASE("mail that is encrypted as a whole is told apart") {
  CHECK(walk("Content-Type: application/pkcs7-mime; smime-type=enveloped-data;"
             " name=smime.p7m\r\n\r\nx\r\n")
            .sealed);
  CHECK_FALSE(
      walk("Content-Type: application/pkcs7-mime; smime-type=signed-data;"
           " name=smime.p7m\r\n\r\nx\r\n")
          .sealed);
  const auto opaque = [](const std::string& cms) {
    return "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           mail::encodeBase64(cms) + "\r\n";
  };
  CHECK_FALSE(walk(opaque(signedMail("\r\nWords.\r\n"))).sealed);
  CHECK(walk(opaque(cmsOf(3, "x"))).sealed);
  CHECK_MESSAGE(walk(mixed(part("a.bin", cmsOf(3, "x")))).sealed,
                "whatever it is called");
  const std::string armour =
      "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP "
      "MESSAGE-----\r\n";
  const std::string text = "Content-Type: text/plain\r\n\r\n";
  CHECK_MESSAGE(walk(text + "Dear A,\r\n" + armour).sealed, "in the text");
  CHECK_FALSE(walk(text + "> " + armour).sealed);
  CHECK_MESSAGE(walk(mixed(part("a.txt.asc", armour))).sealed, "in a file");
  CHECK_FALSE(
      walk(mixed(part("a.txt", "-----BEGIN PGP SIGNATURE-----"))).sealed);
  CHECK(walk("Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n"
             "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
             "--b--\r\n")
            .sealed);
}

}  // namespace mailreeve::content
