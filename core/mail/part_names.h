// The file names that a Content-Type or Content-Disposition field may give to
// its part, as the most tolerant of mail programs reads it: a parameter that
// comes twice, as a whole or in pieces, stands behind a comma, in a field that
// is no proper type, or behind a thousand others. Senders of what is not wanted
// choose the name that we would not see. GMime reads what is as it should be
// (content_fields.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::mail {

// Of one part; a sender who gives it more names wants to hide one.
constexpr std::size_t kMaxNames = 20;

// Adds each value of "name" and "filename" in a raw field value that `names`
// does not have yet. False: there are more than kMaxNames, or longer ones than
// any program takes.
[[nodiscard]] bool collectNames(std::string_view value,
                                std::vector<std::string>& names);

// What some programs call a part whose fields give it no name: the last piece
// of a Content-Location's path, or a Content-Description (Content-Name, too)
// that looks like a file's. Empty when there is none. Raw field values.
[[nodiscard]] std::string nameInLocation(std::string_view value);
[[nodiscard]] std::string nameInDescription(std::string_view value);

}  // namespace mailreeve::mail
