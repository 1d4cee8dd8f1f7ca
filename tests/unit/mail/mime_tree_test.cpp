#include "core/mail/mime_tree.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

std::string crlf(std::string text) {
  return replaceAll(std::move(text), "\n", "\r\n");
}

// "multipart/mixed(text/plain text/html)": the shape at a glance.
std::string shape(const MimeTree& tree, std::size_t node = 0) {
  std::string out = tree.nodes()[node].type;
  if (tree.nodes()[node].children.empty()) return out;
  std::vector<std::string> inner;
  for (const auto child : tree.nodes()[node].children)
    inner.push_back(shape(tree, child));
  return out + "(" + join(inner, " ") + ")";
}

std::string findings(const MimeTree& tree) {
  std::vector<std::string> out;
  for (const auto& finding : tree.findings())
    out.emplace_back(describe(finding.defect));
  return join(out, "; ");
}

}  // namespace

TEST_CASE("the shape of a message is found") {
  struct Row {
    std::string label;
    std::string message;
    std::string shape;
    std::string findings;
  };

  const std::string mixed = "Content-Type: multipart/mixed; boundary=\"b\"\n\n";
  const Row rows[] = {
      {"no header at all", "\nhello\n", "text/plain", ""},
      {"a single part", "Content-Type: TEXT/Html\n\n<p>\n", "text/html", ""},
      {"a mixed with two parts",
       mixed + "--b\n\none\n--b\nContent-Type: image/png\n\nx\n--b--\n",
       "multipart/mixed(text/plain image/png)",
       ""},
      {"preamble and epilogue are no parts",
       mixed + "preamble\n--b\n\none\n--b--\nepilogue\n",
       "multipart/mixed(text/plain)",
       ""},
      {"a boundary behind the last",
       mixed + "--b\n\none\n--b--\nepilogue\n--b\n\ntwo\n",
       "multipart/mixed(text/plain)",
       "a line may be a boundary, or not"},
      {"a line that begins as a boundary does",
       mixed + "--b\n\none\n--b two\n\nthree\n--b--\n",
       "multipart/mixed(text/plain)",
       "a line may be a boundary, or not"},
      {"two boundaries are named",
       "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\none\n"
       "--a--\n",
       "multipart/mixed(text/plain)",
       "a line may be a boundary, or not"},
      {"a boundary that some would decode",
       "Content-Type: multipart/mixed; boundary=\"=?utf-8?q?b?=\"\n\n--b\n\n"
       "one\n--b--\n",
       "multipart/mixed(text/plain)",
       "a line may be a boundary, or not"},
      {"a boundary that ends in a blank",
       "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\none\n--b--\n",
       "multipart/mixed(text/plain)",
       ""},
      {"a boundary that is longer than it may be",
       "Content-Type: multipart/mixed; boundary=" + std::string(300, 'b') +
           "\n\n--" + std::string(300, 'b') + "\n\none\n--" +
           std::string(300, 'b') + "--\n",
       "multipart/mixed(text/plain)",
       ""},
      {"a bare CR in a header",
       "Content-Type: text/html\nX: y\rz\n\none\n",
       "text/html",
       "a line of the header holds a bare CR"},
      {"a bare CR before a boundary",
       mixed + "--b\n\none\r--b\n\ntwo\n--b--\n",
       "multipart/mixed(text/plain)",
       "a line may be a boundary, or not"},
      {"a bare CR before other dashes",
       mixed + "--b\n\none\r--c\n\ntwo\n--b--\n",
       "multipart/mixed(text/plain)",
       ""},
      {"a boundary in a type that is none",
       "Content-Type: multipart; boundary=b\n\n--b\n\none\n--b--\n",
       "multipart/mixed(text/plain)",
       "the Content-Type cannot be read"},
      {"a part that begins with what is no field",
       mixed + "--b\nfree\nContent-Type: text/html\n\none\n--b--\n",
       "multipart/mixed(text/html)",
       "a header begins with text"},
      {"the same field twice",
       "Content-Type: text/html\nContent-Type: Text/HTML\n\none\n",
       "text/html",
       ""},
      {"blanks behind a boundary are padding",
       mixed + "--b \t\n\none\n--b-- \n",
       "multipart/mixed(text/plain)",
       ""},
      {"an inner boundary that begins like the outer one",
       mixed + "--b\nContent-Type: multipart/alternative; boundary=bb\n\n"
               "--bb\n\none\n--bb\nContent-Type: text/html\n\ntwo\n--bb--\n"
               "--b--\n",
       "multipart/mixed(multipart/alternative(text/plain text/html))",
       ""},
      {"a message inside",
       mixed + "--b\nContent-Type: message/rfc822\n\nSubject: x\n"
               "Content-Type: text/html\n\n<p>\n--b--\n",
       "multipart/mixed(message/rfc822(text/html))",
       ""},
      {"a digest holds messages",
       "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\n"
       "hello\n--b--\n",
       "multipart/digest(message/rfc822(text/plain))",
       ""},
      {"a part that is empty",
       mixed + "--b\n--b\n\n--b--\n",
       "multipart/mixed(text/plain text/plain)",
       ""},
      {"no end boundary",
       mixed + "--b\n\none\n",
       "multipart/mixed(text/plain)",
       "a multipart does not end"},
      {"an inner multipart ends with the outer one",
       mixed + "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
               "--c\n\none\n--b--\n",
       "multipart/mixed(multipart/alternative(text/plain))",
       "a multipart does not end"},
      {"no boundary parameter",
       "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
       "multipart/mixed",
       "a multipart names no boundary"},
      {"a boundary that never comes",
       mixed + "hello\n",
       "multipart/mixed",
       "a multipart has no parts"},
      {"only the end boundary",
       mixed + "--b--\n",
       "multipart/mixed",
       "a multipart has no parts"},
      {"one boundary on two levels",
       mixed + "--b\nContent-Type: multipart/alternative; boundary=b\n\n"
               "--b\n\none\n--b--\n",
       "multipart/mixed(multipart/alternative text/plain)",
       "a boundary is used on two levels; a multipart has no parts"},
      {"two types: the first counts",
       "Content-Type: text/plain\nContent-Type: text/html\n\nx\n",
       "text/plain",
       "a Content-* field stands there twice"},
      {"a type that is none",
       "Content-Type: text\n\nx\n",
       "text/plain",
       "the Content-Type cannot be read"},
      {"a header line that is no field",
       "Subject: x\nnonsense\nContent-Type: text/html\n\nx\n",
       "text/html",
       "a line of the header is no field"},
      {"a part that begins without its empty line",
       mixed + "--b\nhello\n--b--\n",
       "multipart/mixed(text/plain)",
       "a line of the header is no field"},
      {"a multipart said to be in base64 is read as it stands",
       "Content-Transfer-Encoding: base64\n" + mixed + "--b\n\none\n--b--\n",
       "multipart/mixed(text/plain)",
       "a multipart or message is encoded"},
      {"an encoded message is not entered",
       "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
       "U3ViamVjdDogeAo=\n",
       "message/rfc822",
       "a multipart or message is encoded"},
      {"an encoding nobody knows",
       "Content-Transfer-Encoding: rot13\n\nx\n",
       "text/plain",
       "the transfer encoding is unknown"},
      {"a field that is too long",
       "Content-Type: text/html; x=" + std::string(20000, 'a') + "\n\nx\n",
       "text/html",
       "a Content-* field is too long"},
  };
  for (const auto& row : rows) {
    for (const bool withCrlf : {false, true}) {
      CAPTURE(row.label);
      CAPTURE(withCrlf);
      const std::string bytes = withCrlf ? crlf(row.message) : row.message;
      const auto tree = MimeTree::parse(bytes);
      CHECK(shape(tree) == row.shape);
      CHECK(findings(tree) == row.findings);
    }
  }
}

TEST_CASE("ranges are exact to the byte") {
  const std::string bytes = crlf(
      "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n"
      "--b\nContent-Type: text/html\n\none\n\n--b\n\ntwo\n--b--\nepilogue\n");
  const auto tree = MimeTree::parse(bytes);
  REQUIRE(tree.nodes().size() == 3);
  const auto& root = tree.nodes()[0];
  const auto& html = tree.nodes()[1];
  const auto& plain = tree.nodes()[2];
  CHECK(root.headers.of(bytes).substr(0, 8) == "Subject:");
  CHECK(root.body.of(bytes).substr(0, 8) == "preamble");
  CHECK(root.body.end == bytes.size());
  CHECK(html.headers.of(bytes) == "Content-Type: text/html\r\n\r\n");
  CHECK(html.body.of(bytes) == "one\r\n");
  CHECK(plain.headers.of(bytes) == "\r\n");
  CHECK(plain.body.of(bytes) == "two");
  CHECK(plain.parent == 0);
}

TEST_CASE("file names are read in every encoding senders use") {
  struct Row {
    std::string label;
    std::string header;
    std::string want;
  };

  const std::string umlaut = "\xc3\xa4.exe";
  const Row rows[] = {
      {"a plain name",
       "Content-Disposition: attachment; filename=a.exe",
       "a.exe"},
      {"RFC 2231",
       "Content-Disposition: attachment; filename*=iso-8859-1''%e4.exe",
       umlaut},
      {"RFC 2231 in pieces",
       "Content-Disposition: attachment; filename*0*=utf-8''%c3%a4;\n"
       " filename*1=.exe",
       umlaut},
      {"an RFC 2047 word in quotes",
       "Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=A4.exe?=\"",
       umlaut},
      {"raw UTF-8",
       "Content-Disposition: attachment; filename=\"\xc3\xa4.exe\"",
       umlaut},
      {"raw Latin 1",
       "Content-Disposition: attachment; filename=\"\xe4.exe\"",
       umlaut},
      {"only a name in the type",
       "Content-Type: text/plain; name=a.txt",
       "a.txt"},
      {"a folded field",
       "Content-Disposition: attachment;\n\tfilename=\"a b.exe\"",
       "a b.exe"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto tree = MimeTree::parse(row.header + "\n\nx\n");
    CHECK(tree.root().filename == row.want);
  }
}

TEST_CASE("a part that goes by two names tells both") {
  const auto tree = MimeTree::parse(
      "Content-Type: text/plain; name=a.txt\n"
      "Content-Disposition: ATTACHMENT; filename=a.exe\n\nx\n");
  CHECK(tree.root().disposition == "attachment");
  CHECK(tree.root().names == std::vector<std::string>{"a.exe", "a.txt"});
}

TEST_CASE("no name is missed that some mail program may read") {
  struct Row {
    std::string label;
    std::string header;
  };

  std::string many = "Content-Type: x/y";
  for (int i = 0; i < 200; ++i) many += "; a" + std::to_string(i) + "=b";
  const Row rows[] = {
      {"in a type that is none", "Content-Type: x; name=evil.js"},
      {"beside the filename of the type",
       "Content-Type: x/y; filename=a.txt; name=a.txt\n"
       "Content-Disposition: attachment; filename=evil.js"},
      {"the second of two", "Content-Type: x/y; name=a.txt; name=evil.js"},
      {"behind an empty one", "Content-Type: x/y; name=\"\"; name=evil.js"},
      {"behind two hundred others", many + "; name=evil.js"},
      {"behind more than is read",
       "Content-Type: x/y; x=" + std::string(20000, 'a') + "; name=evil.js"},
      {"beside its RFC 2231 form",
       "Content-Disposition: attachment; filename=a.txt;\n"
       " filename*=utf-8''evil%2Ejs"},
      {"in words that are padded",
       "Content-Disposition: attachment;\n"
       " filename=\"=?utf-8?B?ZXZpbC4=?= =?utf-8?B?anM=?=\""},
      {"in a second field",
       "Content-Disposition: attachment; filename=a.txt\n"
       "Content-Disposition: attachment; filename=evil.js"},
      {"without a semicolon",
       "Content-Disposition: attachment filename=\"evil.js\""},
      {"without a disposition", "Content-Disposition: filename=\"evil.js\""},
      {"without its closing quote",
       "Content-Disposition: attachment; filename=\"evil.js"},
      {"before a NUL",
       "Content-Disposition: attachment; filename=\"evil.js" +
           std::string(1, '\0') + ".txt\""},
      {"behind a comma", "Content-Type: x/y, name=\"evil.js\""},
      {"in the second of two first pieces",
       "Content-Disposition: attachment; filename*0=a.txt; filename*0=evil.js"},
      {"in the first of two first pieces",
       "Content-Disposition: attachment; filename*0=evil.js; filename*0=a.txt"},
      {"in pieces that come behind others",
       "Content-Disposition: attachment; filename*0=a; filename*1=.txt;\n"
       " filename*0=evil; filename*1=.js"},
      {"in a first piece that comes twice",
       "Content-Disposition: attachment; filename*0*=utf-8''a.txt;\n"
       " filename*0*=utf-8''evil; filename*1*=%2Ejs"},
      {"before a piece that is missing",
       "Content-Disposition: attachment; filename*0=evil.js; filename*2=.txt"},
      {"in pieces of the type", "Content-Type: x/y; name*0=evil; name*1=.js"},
      {"in UTF-16 without a byte order mark",
       "Content-Disposition: attachment; "
       "filename*=utf-16''%00e%00v%00i%00l%00.%00j%00s"},
      {"in UTF-16 the other way round",
       "Content-Disposition: attachment; "
       "filename*=utf-16''e%00v%00i%00l%00.%00j%00s%00"},
      {"in UTF-32 without one, in pieces",
       "Content-Disposition: attachment; filename*0*=utf-32''%00%00%00e;\n"
       " filename*1*=%00%00%00v%00%00%00i%00%00%00l%00%00%00.%00%00%00j;\n"
       " filename*2*=%00%00%00s"},
      {"in a word of a charset nobody knows",
       "Content-Disposition: attachment; filename=\"=?x-foo?Q?evil=2Ejs?=\""},
      {"with its last quote escaped",
       "Content-Disposition: attachment; filename=\"evil.js\\\""},
      {"with quotes in it",
       "Content-Disposition: attachment; filename=evil\".js\""},
      {"in two quoted halves",
       "Content-Disposition: attachment; filename=\"evil\"\".js\""},
      {"half of it quoted",
       "Content-Disposition: attachment; filename=\"evil\".js; x=1"},
      {"behind a bare CR",
       "Content-Disposition: attachment; x=1\r filename=\"evil.js\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto tree = MimeTree::parse(row.header + "\n\nx\n");
    const auto& names = tree.root().names;
    CHECK(std::find(names.begin(), names.end(), "evil.js") != names.end());
  }
}

TEST_CASE("names without an end are told, and cost little") {
  for (const std::string name :
       {"name=", "name=a;", "filename*0=", "filename*0*=a"}) {
    CAPTURE(name);
    std::string field = "Content-Disposition: attachment; ";
    while (field.size() < std::size_t{4} << 20U) field += name;
    const auto start = std::chrono::steady_clock::now();
    CHECK(MimeTree::parse(field + "\n\nx\n").has(Defect::OversizedField));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
}

TEST_CASE("a part without a name goes by what else may be one") {
  struct Row {
    std::string label;
    std::string header;
    std::string want;
  };

  const Row rows[] = {
      {"where it lay",
       "Content-Location: http://x.example/a/evil.js",
       "evil.js"},
      {"with a question behind",
       "Content-Location: http://x.example/a/evil%2Ejs?b=c.txt",
       "evil.js"},
      {"on a disk", "Content-Location: file:///C:\\a\\evil.js", "evil.js"},
      {"by itself", "Content-Location: \"evil.js\"", "evil.js"},
      {"a host is none", "Content-Location: http://x.example", ""},
      {"nor is an id", "Content-Location: cid:evil.js", ""},
      {"as it is described", "Content-Description: evil.js", "evil.js"},
      {"in an encoded word",
       "Content-Description: =?utf-8?B?ZXZpbC5qcw==?=",
       "evil.js"},
      {"a title is none", "Content-Description: Mail message body", ""},
      {"nor is a sentence", "Content-Description: No. 1 of 2", ""},
      {"as it is named", "Content-Name: evil.js", "evil.js"},
      {"not beside one of its own",
       "Content-Type: x/y; name=a.txt\nContent-Description: evil.js",
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto tree = MimeTree::parse(row.header + "\n\nx\n");
    const auto& names = tree.root().standInNames;
    CHECK((names.empty() ? "" : names.front()) == row.want);
  }
}

TEST_CASE("what looks like boundaries does not make reading slow") {
  std::string nested;
  for (int i = 0; i < 49; ++i) {
    const std::string name = std::string(200, '-') + std::to_string(i);
    nested += "Content-Type: multipart/mixed; boundary=\"" + name + "\"\n\n--" +
              name + "\n";
  }
  nested += std::string(std::size_t{4} << 20U, '-');
  const auto begin = std::clock();
  CHECK(MimeTree::parse(nested).nodes().size() == 50);
  CHECK(std::clock() - begin < CLOCKS_PER_SEC);
}

TEST_CASE("only Content-Type says how text is to be read") {
  const std::string disposition =
      "Content-Disposition: attachment; charset=utf-16; boundary=b; "
      "filename=a.txt\n";
  for (const std::string& header :
       {disposition + "Content-Type: text/plain; charset=utf-8\n",
        "Content-Type: text/plain; charset=utf-8\n" + disposition}) {
    CAPTURE(header);
    const auto tree = MimeTree::parse(header + "\nx\n");
    CHECK(tree.root().charset == "utf-8");
    CHECK(tree.root().parameter("boundary").empty());
    CHECK(tree.root().filename == "a.txt");
  }
  const auto alone = MimeTree::parse(disposition + "\nx\n");
  CHECK(alone.root().charset.empty());
}

TEST_CASE("charset, encoding and content id are read") {
  const auto tree = MimeTree::parse(
      "Content-Type: text/plain; CHARSET=\"UTF-8\"; format=flowed\n"
      "Content-Transfer-Encoding: Quoted-Printable (really)\n"
      "Content-ID: <a@b>\n\nx\n");
  CHECK(tree.root().charset == "utf-8");
  CHECK(tree.root().parameter("format") == "flowed");
  CHECK(tree.root().encoding == Encoding::QuotedPrintable);
  CHECK(tree.root().contentId == "a@b");
}

TEST_CASE("a leaf is decoded and its size counted") {
  struct Row {
    std::string label;
    std::string encoding;
    std::string body;
    std::string want;
  };

  const Row rows[] = {
      {"as it is", "7bit", "a\r\n", "a\r\n"},
      {"base64", "base64", "aGVs\r\nbG8=\r\n", "hello"},
      {"base64 behind padding", "base64", "aGU=\r\nbGxv\r\n", "hello"},
      {"base64 that lacks its padding", "base64", "aGVsbG8", "hello"},
      {"base64 in quotes", "\"base64\"", "aGVsbG8=", "hello"},
      {"base64 before a comma", "base64, really", "aGVsbG8=", "hello"},
      {"base64 behind a comment", "(so) base64", "aGVsbG8=", "hello"},
      {"base64 with garbage between", "base64", "aG!V s\r\nbG8=", "hello"},
      {"quoted-printable",
       "quoted-printable",
       "=C3=A4 a=\r\nb\r\n",
       "\xc3\xa4 ab\r\n"},
      {"uuencode",
       "x-uuencode",
       "begin 644 a\r\n&:&5L;&\\A\r\n`\r\nend\r\n",
       "hello!"},
      {"an encoding nobody knows", "rot13", "uryyb", "uryyb"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string bytes =
        "Content-Transfer-Encoding: " + row.encoding + "\r\n\r\n" + row.body;
    const auto tree = MimeTree::parse(bytes);
    CHECK(decode(tree.root(), bytes) == row.want);
    CHECK(decodedSize(tree.root(), bytes) == row.want.size());
  }
}

TEST_CASE("a hostile message costs no more than the limits allow") {
  const std::string mixed = "Content-Type: multipart/mixed; boundary=b\n\n";

  std::string many = mixed;
  for (int i = 0; i < 200000; ++i) many += "--b\n\nx\n";
  const auto wide = MimeTree::parse(many, {.parts = 100});
  CHECK(wide.nodes().size() == 100);
  CHECK(wide.has(Defect::TooManyParts));

  std::string nested;
  for (int i = 0; i < 10000; ++i)
    nested += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) +
              "\n\n--b" + std::to_string(i) + "\n";
  const auto deep = MimeTree::parse(nested, {.depth = 20});
  CHECK(deep.nodes().size() == 21);
  CHECK(deep.has(Defect::TooDeep));

  std::string outer = mixed;
  for (int i = 0; i < 300; ++i)
    outer += "--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n";
  CHECK(MimeTree::parse(outer + "--b--\n").nodes().size() == 601);

  std::string messages;
  for (int i = 0; i < 100000; ++i)
    messages += "Content-Type: message/rfc822\n\n";
  CHECK(MimeTree::parse(messages).has(Defect::TooDeep));

  std::string groups = "To: ";
  for (int i = 0; i < 100000; ++i) groups += "g:";
  groups += "\nContent-Type: message/rfc822\n\n" + groups + "\n\nx\n";
  CHECK(shape(MimeTree::parse(groups)) == "message/rfc822(text/plain)");

  std::string parameters = "Content-Type: text/plain";
  for (int i = 0; i < 5000; ++i) parameters += ";a" + std::to_string(i) + "=b";
  const auto tree = MimeTree::parse(parameters + "\n\nx\n");
  CHECK(tree.root().parameters.size() <= 50);
}

TEST_CASE("a field of a part is looked up") {
  const std::string bytes = "Subject: a\r\n b\r\nX: y\r\n\r\nbody: z\r\n";
  const auto tree = MimeTree::parse(bytes);
  CHECK(fieldValue(bytes, tree.root().headers, "subject") == "a b");
  CHECK_FALSE(fieldValue(bytes, tree.root().headers, "body"));
}

}  // namespace mailreeve::mail
