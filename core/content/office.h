// What documents hide: macros, foreign objects, encryption. Found by looking
// for the names such things have in every document, in linear time; the formats
// are not read.
#pragma once

#include <string_view>

namespace mailreeve::content {

struct DocumentTraits {
  bool encrypted = false;
  bool macros = false;
  bool embedded = false;
};

// OLE2: Word, Excel and PowerPoint until 2003, Outlook messages, and encrypted
// documents of all versions.
[[nodiscard]] bool isCompoundFile(std::string_view bytes);
[[nodiscard]] DocumentTraits lookIntoCompoundFile(std::string_view bytes);

[[nodiscard]] bool isPdf(std::string_view bytes);
[[nodiscard]] DocumentTraits lookIntoPdf(std::string_view bytes);

}  // namespace mailreeve::content
