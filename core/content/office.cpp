#include "core/content/office.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/content/compound_file.h"
#include "core/content/little_endian.h"
#include "core/content/pdf.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;
// OneNote keeps each file and each picture behind this GUID (MS-ONESTORE
// 2.6.13).
constexpr std::string_view kOneNote(
    "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", 16);
constexpr std::string_view kOneNoteFile(
    "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac", 16);

constexpr std::uint32_t kWordLooksAt = 12;
constexpr std::size_t kWordFlags = 10;            // MS-DOC 2.5.2.
constexpr std::uint32_t kWordEncrypted = 0x0100;  // fEncrypted
constexpr std::uint32_t kSheetFilePass = 0x002f;  // MS-XLS 2.4.117.
constexpr std::uint32_t kSheetEnd = 0x000a;
constexpr std::size_t kSheetLooksAt = std::size_t{1} << 20U;
constexpr std::uint32_t kSlidesToken = 0xf3d1c4df;  // MS-PPT 2.3.2.
constexpr std::uint32_t kUserEdit = 0x0ff5;         // MS-PPT 2.3.3.
constexpr std::uint32_t kUserEditWithKey = 0x20;    // With a key it is longer.

// Directory entries of compound files are named in UTF-16.
bool hasEntry(std::string_view bytes, std::string_view name) {
  std::string wide;
  for (const char c : name) {
    wide += c;
    wide += '\0';
  }
  return bytes.find(wide) != kNone;
}

bool isRtf(std::string_view bytes) {
  return bytes.starts_with("{\\rt");
}

bool isOneNote(std::string_view bytes) {
  return bytes.starts_with(kOneNote);
}

bool isEncryptedText(const CompoundFile& file) {
  const auto* text = file.find("WordDocument");
  return text != nullptr &&
         (readNumber(file.read(*text, 0, kWordLooksAt), kWordFlags, 2) &
          kWordEncrypted) != 0;
}

// Records: type 2 | length 2 | content. The key stands before all cells.
bool isEncryptedSheet(const CompoundFile& file) {
  for (const auto* name : {"Workbook", "Book"}) {
    const auto* book = file.find(name);
    if (book == nullptr) continue;
    const auto bytes = file.read(*book, 0, kSheetLooksAt);
    for (std::size_t at = 0; at + 4 <= bytes.size();
         at += 4 + readNumber(bytes, at + 2, 2)) {
      const auto type = readNumber(bytes, at, 2);
      if (type == kSheetFilePass) return true;
      if (type == kSheetEnd) break;
    }
  }
  return false;
}

// "Current User" is a header of 8 | size 4 | token 4 | where the last edit
// stands 4, and that is version 2 | type 2 | length 4 and so on.
bool areEncryptedSlides(const CompoundFile& file) {
  const auto* user = file.find("Current User");
  const auto* slides = file.find("PowerPoint Document");
  if (user == nullptr || slides == nullptr) return false;
  const auto current = file.read(*user, 0, 20);
  if (readNumber(current, 12, 4) == kSlidesToken) return true;
  const auto edit = file.read(*slides, readNumber(current, 16, 4), 8);
  return readNumber(edit, 2, 2) == kUserEdit &&
         readNumber(edit, 4, 4) >= kUserEditWithKey;
}

DocumentTraits lookIntoCompoundFile(std::string_view bytes) {
  DocumentTraits traits;
  traits.encrypted = hasEntry(bytes, "EncryptedPackage") ||
                     hasEntry(bytes, "EncryptedSummary") ||
                     hasEntry(bytes, "DRMContent");
  traits.macros = hasEntry(bytes, "_VBA_PROJECT");
  traits.embedded = hasEntry(bytes, "\1Ole10Native");
  const auto file = CompoundFile::open(bytes);
  if (!file) {
    traits.unscannable = file.error().what;
    return traits;
  }
  traits.encrypted = traits.encrypted || isEncryptedText(*file) ||
                     isEncryptedSheet(*file) || areEncryptedSlides(*file);
  return traits;
}

void add(DocumentTraits more, DocumentTraits& to) {
  to.encrypted = to.encrypted || more.encrypted;
  to.macros = to.macros || more.macros;
  to.embedded = to.embedded || more.embedded;
  if (to.unscannable.empty()) to.unscannable = std::move(more.unscannable);
}

}  // namespace

bool isDocument(std::string_view head) {
  return isCompoundFile(head) || isPdf(head) || isRtf(head) || isOneNote(head);
}

DocumentTraits traitsOf(std::string_view bytes) {
  DocumentTraits traits;
  if (isCompoundFile(bytes)) traits = lookIntoCompoundFile(bytes);
  const auto has = [&](std::string_view what) {
    return bytes.find(what) != kNone;
  };
  // Readers of PDF do not mind what stands before it: an archive, a program.
  if (isPdf(bytes)) add(lookIntoPdf(bytes), traits);
  if (isRtf(bytes)) traits.embedded = traits.embedded || has("\\objdata");
  if (isOneNote(bytes) && has(kOneNoteFile)) {
    traits.embedded = true;
    traits.unscannable = "files in a OneNote section are not looked into";
  }
  return traits;
}

bool manifestsEncryption(std::string_view manifest) {
  // By whatever prefix, and in UTF-16 as well.
  std::string text(manifest);
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  return text.find("encryption-data") != kNone;
}

}  // namespace mailreeve::content
