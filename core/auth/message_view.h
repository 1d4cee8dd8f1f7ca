// A message as signatures see it: its header fields byte for byte, and its
// body.
#pragma once

#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace mailreeve::auth {

struct HeaderField {
  std::string_view name;  // Without blanks before the colon.
  std::string_view raw;   // The whole field, folding included; without the
                          // line end behind it.

  // What follows the colon.
  [[nodiscard]] std::string_view value() const;
};

// Points into bytes that must outlive it. Lines end in CRLF.
struct MessageView {
  std::vector<HeaderField> fields;  // From top to bottom.
  std::string_view body;

  [[nodiscard]] std::size_t count(std::string_view name) const;
};

[[nodiscard]] MessageView viewOf(const mail::Message& message);

// Header, empty line and body.
[[nodiscard]] MessageView viewOf(std::string_view bytes);

}  // namespace mailreeve::auth
