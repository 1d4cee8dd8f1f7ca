#include "core/content/file_name.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/mail/mime_tree.h"

namespace mailreeve::content {

TEST_CASE("a name is compared as a receiving system takes it") {
  struct Row {
    std::string label;
    std::string name;
    std::string key;
  };

  const std::vector<Row> rows = {
      {"a plain name", "Report.PDF", "report.pdf"},
      {"blanks and dots at the end, which Windows drops",
       "run.exe . .",
       "run.exe"},
      {"the unnamed stream of NTFS", "run.exe::$DATA", "run.exe"},
      {"the stream, then dots", "run.exe.::$data", "run.exe"},
      {"text that runs backwards from the middle",
       "annual\u202Efdp.exe",
       "annualfdp.exe"},
      {"isolates and marks of direction", "a\u2066b\u2069\u200Ec.js", "abc.js"},
      {"characters without width", "run\u200B.e\u200Cx\uFEFFe", "run.exe"},
      {"a soft hyphen", "run.e\u00ADxe", "run.exe"},
      {"control characters", std::string("ru\x01n.e\0xe", 9), "run.exe"},
      {"full-width letters and stop", "ｒｕｎ．ＥＸＥ", "run.exe"},
      {"an accent composed and not", "re\u0301sume\u0301.doc", "résumé.doc"},
      {"a sharp s has the case of two", "STRASSE ß.doc", "strasse ss.doc"},
      {"directories, of both worlds", "C:\\temp\\..\\run.exe", "run.exe"},
      {"a path", "../../etc/run.sh", "run.sh"},
      {"a slash at the end", "run.exe/", "run.exe"},
      {"bytes that are no UTF-8", "r\xe9sum\xe9.EXE", "résumé.exe"},
      {"nothing but dots", " ... ", ""},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(nameKey(row.name) == row.key);
    CHECK_MESSAGE(nameKey(nameKey(row.name)) == row.key, "again, the same");
  }
}

TEST_CASE("a long name ends as it does") {
  CHECK(extensionOf(nameKey(std::string(5000, 'a') + ".js")) == "js");
}

TEST_CASE("a double extension is one that pretends") {
  struct Row {
    std::string label;
    std::string name;
    bool pretends;
  };

  const std::vector<Row> rows = {
      {"a program as a document", "invoice.pdf.exe", true},
      {"with blanks between", "invoice.pdf            .exe", true},
      {"a script as a picture", "photo.jpg.js", true},
      {"a link as a text", "readme.txt.lnk", true},
      {"an archive of a document", "report.pdf.zip", false},
      {"what only looks like one", "post.pdf_kopija.zip", false},
      {"a version number", "setup.2.exe", false},
      {"a word with a dot", "about.example.exe", false},
      {"a compressed archive", "source.tar.gz", false},
      {"a document of a program", "setup.exe.pdf", false},
      {"no extension", "readme", false},
      {"nothing", "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(hasDoubleExtension(nameKey(row.name)) == row.pretends);
  }
}

TEST_CASE("a name in an SMTP reply is short, plain and one line") {
  struct Row {
    std::string label;
    std::string name;
    std::string shown;
  };

  const std::vector<Row> rows = {
      {"as it is", "Setup 2.exe", "Setup 2.exe"},
      {"other scripts", "счёт.exe", "????.exe"},
      {"line breaks would begin another reply",
       "a\r\n250 OK.exe",
       "a250 OK.exe"},
      {"the end of a long one",
       std::string(100, 'a') + ".exe",
       "..." + std::string(53, 'a') + ".exe"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(nameForReply(row.name) == row.shown);
  }
}

TEST_CASE("names are read from every encoding a sender may choose") {
  struct Row {
    std::string label;
    std::string fields;
    std::vector<std::string> keys;
  };

  const std::vector<Row> rows = {
      {"both parameters, which differ",
       "Content-Type: text/plain; name=\"note.txt\"\r\n"
       "Content-Disposition: attachment; filename=\"run.exe\"\r\n",
       {"run.exe", "note.txt"}},
      {"continuations of RFC 2231",
       "Content-Type: application/pdf;\r\n name*0=\"in\";\r\n name*1=\"voice."
       "e\";\r\n name*2=\"xe\"\r\n",
       {"invoice.exe"}},
      {"a charset of RFC 2231",
       "Content-Disposition: attachment; "
       "filename*=UTF-8''r%C3%A9sum%C3%A9%2Eexe\r\n",
       {"résumé.exe"}},
      {"words of RFC 2047 in quotes",
       "Content-Type: application/pdf; "
       "name=\"=?utf-8?B?cnVuLmV4ZQ==?=\"\r\n",
       {"run.exe"}},
      {"words of RFC 2047 that hide the direction",
       "Content-Disposition: attachment; "
       "filename=\"=?utf-8?Q?cod=E2=80=AEfdp.exe?=\"\r\n",
       {"codfdp.exe"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto tree = mail::MimeTree::parse(row.fields + "\r\nx\r\n");
    std::vector<std::string> keys;
    for (const auto& name : tree.root().names) keys.push_back(nameKey(name));
    CHECK(keys == row.keys);
  }
}

}  // namespace mailreeve::content
