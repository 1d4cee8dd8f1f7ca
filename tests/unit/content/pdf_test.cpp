#include "core/content/pdf.h"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "core/base/gzip.h"

namespace mailreeve::content {

namespace {

// RFC 1950: what gzip has packed, in the other wrapping.
std::string packed(const std::string& text) {
  const auto file = gzip(text);
  REQUIRE(file);
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char c : text) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  std::string out = "\x78\x9c" + file->substr(10, file->size() - 18);
  for (const auto part : {high >> 8U, high, low >> 8U, low})
    out += static_cast<char>(part & 0xffU);
  return out;
}

std::string pdf(const std::string& objects) {
  return "%PDF-1.7\n" + objects + "\ntrailer <</Root 1 0 R>>\n%%EOF\n";
}

std::string stream(const std::string& says, const std::string& data) {
  return "5 0 obj <<" + says + ">> stream\r\n" + data + "\nendstream endobj ";
}

const std::string kObjects = "/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode";
const std::string kFile = "1 0 2 9 <</Type/Filespec/F(a.exe)/EF<</F 7 0 R>>>>";
const std::string kNames = "<</Names<</EmbeddedFiles 3 0 R>>>>";
const std::string kPages = "<</Type/Pages/Kids[4 0 R]>> <</EFG 1>>";

std::string told(const std::string& bytes) {
  const auto traits = lookIntoPdf(bytes);
  std::string said;
  if (traits.encrypted) said += " encrypted";
  if (traits.embedded) said += " embedded";
  if (!traits.unscannable.empty()) said += " " + traits.unscannable;
  return said.empty() ? "nothing" : said.substr(1);
}

}  // namespace

TEST_CASE("a PDF hides nothing in its compressed objects") {
  struct Row {
    std::string label;
    std::string objects;
    std::string want;
  };

  const std::string unread = "a PDF whose objects cannot be read";
  const std::string tooMany = "a PDF of too many objects";
  const Row rows[] = {
      {"plain objects", kPages, "nothing"},
      {"a plain file", kFile, "embedded"},
      {"one that spells its name otherwise",
       "<</#45#46 <</F 7 0 R>>>>",
       "embedded"},
      {"one that is written elsewhere", "<</EF 9 0 R>>", "embedded"},
      {"one behind a comment", "<</EF%\n<</F 7 0 R>>>>", "embedded"},
      {"compressed objects", stream(kObjects, packed(kPages)), "nothing"},
      {"a compressed file", stream(kObjects, packed(kFile)), "embedded"},
      {"compressed names", stream(kObjects, packed(kNames)), "embedded"},
      {"among others",
       stream(kObjects, packed(kPages)) +
           stream("/Filter/FlateDecode", packed("q Q")) +
           stream(kObjects, packed(kFile)),
       "embedded"},
      {"the type spelt otherwise",
       stream("/Type/#4fbjStm/Filter/FlateDecode", packed(kFile)),
       "embedded"},
      {"the type written elsewhere",
       stream("/Type 9 0 R/N 2/First 9/Filter/FlateDecode", packed(kFile)),
       "embedded"},
      {"a string that looks like the end of what it says",
       stream(kObjects + "/X(endstream endobj 9 0 obj)", packed(kFile)),
       "embedded"},
      {"a string that looks like a stream",
       stream(kObjects + "/X(stream)", packed(kFile)),
       unread},
      {"blanks before the data",
       stream(kObjects, "\n \n" + packed(kFile)),
       "embedded"},
      {"objects within what another stream holds",
       stream("/Length 900", stream(kObjects, packed(kFile))),
       "embedded"},
      {"what is drawn is not looked into",
       stream("/Filter/FlateDecode", packed(kFile)),
       "nothing"},
      {"objects in another encoding",
       stream("/Type/ObjStm/Filter/LZWDecode", "x"),
       unread},
      {"objects that are cut short",
       stream(kObjects, packed(kPages).substr(0, 12)),
       unread},
      {"objects that are not compressed",
       stream("/Type/ObjStm/N 1/First 4", kFile),
       "embedded"},
      {"a picture behind an outline",
       "<</First 3 0 R/Last 4 0 R>> " + stream("/Filter/DCTDecode", "x"),
       "nothing"},
      {"more than anybody needs",
       stream(kObjects, packed(std::string(std::size_t{17} << 20U, ' '))),
       tooMany},
      {"encrypted", stream(kObjects, "x") + "<</Encrypt 9 0 R>>", "encrypted"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(told(pdf(row.objects)) == row.want);
  }
}

TEST_CASE("a PDF that has the same read again and again is not read for ever") {
  std::string bytes = pdf("");
  for (int i = 0; i < 6000; ++i) bytes += "/ObjStm stream ";
  CHECK(told(bytes) == "a PDF of too many objects");
  // Each of these streams holds all that follow: RFC 1951, 3.2.4.
  const std::string begin = "/First 1 stream \x78\x01";
  std::string block("\0", 1);
  block += static_cast<char>(begin.size());
  block += std::string("\0", 1);
  block += static_cast<char>(~begin.size());
  block += "\xff" + begin;
  bytes = pdf("") + begin;
  for (int i = 0; i < 1000; ++i) bytes += block;
  CHECK(told(bytes) == "a PDF of too many objects");
}

}  // namespace mailreeve::content
