// A letter of ours with a whole foreign message in it, for people whose work it
// is to look at such: no byte of the message changes.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/mail/letter.h"

namespace mailreeve::mail {

// As compose() does, with `original` behind the letter's text: as a message,
// or, where mail cannot carry it as one (NUL bytes, lines over 998 octets), as
// a file in base 64.
[[nodiscard]] std::string composeWithOriginal(const Letter& letter,
                                              std::string_view original,
                                              TimePoint at,
                                              const std::string& unique,
                                              const std::string& host);

}  // namespace mailreeve::mail
