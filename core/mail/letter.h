// Mail that Mailreeve writes itself, as bytes. Always marked as sent by a
// machine (RFC 3834), so that nobody's auto-reply answers it.
//
// Texts are UTF-8 and may come from anywhere: control characters in header
// fields become '?', so that no value can add a field.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"

namespace mailreeve::mail {

struct Letter {
  std::string fromName;  // "Mail protection"; may be empty.
  std::string from;      // local@domain.
  std::vector<std::string> to;
  std::string subject;
  std::string text;
  std::string html;  // Empty: text alone; else an alternative to it.
  std::vector<std::pair<std::string, std::string>> fields;  // Further ones.
};

// Ready to be sent, lines ending in CRLF, all of it 7 bit. `unique` makes the
// Message-ID, with `host`.
[[nodiscard]] std::string compose(const Letter& letter,
                                  TimePoint at,
                                  const std::string& unique,
                                  const std::string& host);

// `text` as a header field's value may hold it: itself, or encoded words (RFC
// 2047) folded with CRLF and a blank.
[[nodiscard]] std::string headerText(std::string_view text);

}  // namespace mailreeve::mail
