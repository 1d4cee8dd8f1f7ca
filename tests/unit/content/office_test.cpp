#include "core/content/office.h"

#include <string>

#include <doctest/doctest.h>

#include "core/content/compound_file.h"
#include "core/content/outlook_message.h"
#include "tests/unit/content/compound.h"

namespace mailreeve::content {

namespace {

std::string wordBegin(std::uint32_t flags) {
  return littleEndian(0xa5ec, 2) + littleEndian(0xc1, 2) +
         std::string(6, '\0') + littleEndian(flags, 2) + std::string(30, '\0');
}

std::string record(std::uint32_t type, const std::string& content) {
  return littleEndian(type, 2) + littleEndian(content.size(), 2) + content;
}

std::string currentUser(std::uint32_t token, std::uint32_t edit) {
  return std::string(8, '\0') + littleEndian(0x14, 4) + littleEndian(token, 4) +
         littleEndian(edit, 4) + std::string(8, '\0');
}

std::string userEdit(std::uint32_t size) {
  return littleEndian(0, 2) + littleEndian(0x0ff5, 2) + littleEndian(size, 4) +
         std::string(size, '\0');
}

}  // namespace

TEST_CASE("what a document hides is seen without a program for it") {
  struct Row {
    std::string label;
    std::string bytes;
    std::string want;
  };

  const std::string begin = record(0x0809, std::string(16, '\0'));
  const std::string pages(5000, 'x');
  const std::string oneNote(
      "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3");
  const std::string file(
      "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac");
  const Row rows[] = {
      {"a text", compound({{"WordDocument", wordBegin(0x0200)}}), ""},
      {"one with a password",
       compound({{"WordDocument", wordBegin(0x0300)}}),
       "encrypted"},
      {"a long one",
       compound(
           {{"1Table", pages}, {"WordDocument", wordBegin(0x0100) + pages}}),
       "encrypted"},
      {"a sheet",
       compound({{"Workbook", begin + record(0x000a, "") + record(0x2f, "k")}}),
       ""},
      {"one with a password",
       compound(
           {{"Workbook", begin + record(0x0086, "") + record(0x2f, "key")}}),
       "encrypted"},
      {"an older one",
       compound({{"Book", begin + record(0x2f, "key")}}),
       "encrypted"},
      {"one whose record goes on for ever",
       compound({{"Workbook", begin + littleEndian(0xffff0001, 4)}}),
       ""},
      {"slides",
       compound(
           {{"Current User", currentUser(0xe391c05f, 4800)},
            {"PowerPoint Document", pages.substr(0, 4800) + userEdit(0x1c)}}),
       ""},
      {"with a password, as they say",
       compound({{"Current User", currentUser(0xf3d1c4df, 0)},
                 {"PowerPoint Document", pages}}),
       "encrypted"},
      {"with a password, as they are",
       compound(
           {{"Current User", currentUser(0xe391c05f, 4800)},
            {"PowerPoint Document", pages.substr(0, 4800) + userEdit(0x20)}}),
       "encrypted"},
      {"any of a later version",
       compound({{"EncryptionInfo", "x"}, {"EncryptedPackage", "x"}}),
       "encrypted"},
      {"one that only some may read",
       compound({{"\tDRMContent", "x"}}),
       "encrypted"},
      {"macros", compound({{"Macros/VBA/_VBA_PROJECT", "x"}}), "macros"},
      {"an object",
       compound({{"ObjectPool/_1/\1Ole10Native", "x"}}),
       "embedded"},
      {"a file without its directory",
       compound({{"WordDocument", "x"}}).substr(0, 512),
       "unscannable"},
      {"RTF", "{\\rtf1 words}", ""},
      {"RTF with an object", "{\\rt{\\object{\\*\\objdata 01}}}", "embedded"},
      {"OneNote", oneNote + pages, ""},
      {"OneNote with a file", oneNote + pages + file, "embedded unscannable"},
      {"a PDF behind something else",
       std::string(1000, ' ') + "%PDF-1.7 /Encrypt",
       "encrypted"},
      {"a PDF that spells it otherwise",
       "%PDF-1.7 /#45n#63rypt 1 0 R /Embe#64dedFiles",
       "encrypted embedded"},
      {"a PDF that is cut short", "%PDF-1.7 /Encr", ""},
      {"a PDF and a text with a password",
       compound({{"WordDocument", wordBegin(0x0100)}})
           .replace(500, 5, "%PDF-")
           .append("/EmbeddedFile"),
       "encrypted embedded"},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto traits = traitsOf(row.bytes);
    std::string got;
    if (traits.encrypted) got += " encrypted";
    if (traits.macros) got += " macros";
    if (traits.embedded) got += " embedded";
    if (!traits.unscannable.empty()) got += " unscannable";
    CHECK(got == (row.want.empty() ? "" : " " + row.want));
  }
}

TEST_CASE("streams are read from wherever they lie") {
  std::string large;
  for (int i = 0; i < 2000; ++i) large += std::to_string(i) + ",";
  const std::string small = large.substr(0, 200);
  const auto bytes =
      compound({{"large", large}, {"a/b/small", small}, {"empty", ""}});
  const auto file = CompoundFile::open(bytes);
  REQUIRE(file);
  const auto* stream = file->find("LARGE");
  REQUIRE(stream != nullptr);
  CHECK(file->read(*stream, 0, large.size() + 1) == large);
  CHECK(file->read(*stream, 513, 600) == large.substr(513, 600));
  CHECK(file->read(*stream, large.size(), 1).empty());
  CHECK(file->find("small") == nullptr);
  REQUIRE(file->entries().size() == 6);
  for (const auto& entry : file->entries())
    if (entry.name == "small") {
      CHECK(file->read(entry, 0, 1000) == small);
      CHECK(file->read(entry, 65, 10) == small.substr(65, 10));
      CHECK(file->entries()[entry.parent].name == "b");
    }
  const auto cut = CompoundFile::open(std::string_view(bytes).substr(0, 3000));
  CHECK_MESSAGE(!cut, "the FAT is at the end");
}

TEST_CASE("chains and trees that go in circles come to an end") {
  auto bytes = compound({{"large", std::string(6000, 'x')}, {"b", "x"}});
  const auto fat = bytes.size() - 512;
  bytes.replace(fat + 4 * 3, 4, littleEndian(1, 4));
  auto file = CompoundFile::open(bytes);
  REQUIRE(file);
  CHECK(file->read(file->entries()[1], 0, 6000).size() == 6000);
  // The first child has itself to its right.
  const auto entry = bytes.find(utf16("large"));
  bytes.replace(entry + 72, 4, littleEndian(1, 4));
  file = CompoundFile::open(bytes);
  REQUIRE(file);
  CHECK(file->entries().size() == 2);
}

TEST_CASE("what OpenDocument says of its encryption") {
  CHECK(manifestsEncryption("<manifest:encryption-data manifest:checksum"));
  CHECK(manifestsEncryption("<m:encryption-data>"));
  CHECK(manifestsEncryption(utf16("<m:encryption-data>")));
  CHECK_FALSE(manifestsEncryption("<manifest:file-entry/>"));
}

}  // namespace mailreeve::content
