// The files in a message that Outlook has saved (".msg", MS-OXMSG), and in the
// messages within it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/content/compound_file.h"

namespace mailreeve::content {

struct OutlookFile {
  std::vector<std::string> names;  // Short and long, as they stand there.
  // Null: it is a message or an object of its own, or its bytes are elsewhere.
  const CompoundFile::Entry* content = nullptr;
  bool isMessage = false;  // What is in that comes as files of their own.
};

// All bytes of it.
[[nodiscard]] bool isOutlookMessage(std::string_view bytes);

// As they stand there; views into `file`.
[[nodiscard]] std::vector<OutlookFile> attachmentsOf(const CompoundFile& file);

}  // namespace mailreeve::content
