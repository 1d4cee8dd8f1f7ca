// Files that stand in the text of a message, as uuencode and yEnc put them:
// many mail programs show them as attachments.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::content {

struct TextFile {
  std::string name;
  std::string content;  // Decoded.
};

constexpr std::size_t kMaxTextFiles = 100;

// At most kMaxTextFiles.
[[nodiscard]] std::vector<TextFile> filesInText(std::string_view text);

}  // namespace mailreeve::content
