// Formats that hold files and that nobody here opens: disk images, old and rare
// archives, mailboxes. Known by the bytes that programs know them by.
#pragma once

#include <optional>
#include <string_view>

namespace mailreeve::content {

struct ClosedContainer {
  std::string_view type;  // A media type, as in type_group.cpp.
  std::string_view what;  // For people: "a VHD image".
};

// None: not one of them. Some are known by their end: of the first bytes of a
// file alone, that cannot be told.
[[nodiscard]] std::optional<ClosedContainer> closedContainer(
    std::string_view bytes);

}  // namespace mailreeve::content
