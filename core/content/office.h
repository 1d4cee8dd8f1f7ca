// What documents hide: macros, foreign objects, encryption. Found by looking
// for the names such things have in every document, and for the marks of
// encryption where they stand, in linear time; otherwise the formats are not
// read.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::content {

struct DocumentTraits {
  bool encrypted = false;
  bool macros = false;
  bool embedded = false;
  std::string unscannable;  // Why not all that is in it can be seen.
};

// Whether these are the first bytes of something that has traits: OLE2 (Word,
// Excel and PowerPoint until 2003, Outlook messages, and encrypted documents of
// all versions), PDF, RTF, OneNote.
[[nodiscard]] bool isDocument(std::string_view head);

// Of each kind of document that somebody may take `bytes` for, together.
[[nodiscard]] DocumentTraits traitsOf(std::string_view bytes);

// Whether this manifest of an OpenDocument (META-INF/manifest.xml) says how
// something in it is encrypted.
[[nodiscard]] bool manifestsEncryption(std::string_view manifest);

}  // namespace mailreeve::content
