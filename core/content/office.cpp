#include "core/content/office.h"

#include <string>

namespace mailreeve::content {

namespace {

// Directory entries of compound files are named in UTF-16.
bool hasEntry(std::string_view bytes, std::string_view name) {
  std::string wide;
  for (const char c : name) {
    wide += c;
    wide += '\0';
  }
  return bytes.find(wide) != std::string_view::npos;
}

}  // namespace

bool isCompoundFile(std::string_view bytes) {
  return bytes.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
}

DocumentTraits lookIntoCompoundFile(std::string_view bytes) {
  return {.encrypted = hasEntry(bytes, "EncryptedPackage"),
          .macros = hasEntry(bytes, "_VBA_PROJECT"),
          .embedded = hasEntry(bytes, "\1Ole10Native")};
}

bool isPdf(std::string_view bytes) {
  // Readers take it anywhere in the first kilobyte.
  return bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos;
}

DocumentTraits lookIntoPdf(std::string_view bytes) {
  constexpr auto kNone = std::string_view::npos;
  return {.encrypted = bytes.find("/Encrypt") != kNone,
          .embedded = bytes.find("/EmbeddedFile") != kNone};
}

}  // namespace mailreeve::content
