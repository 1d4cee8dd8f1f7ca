// What an invitation tells its reader (RFC 5545): its descriptions, which
// calendar programs show as text with links in it, or as HTML. For judging
// only: nothing in a calendar is ever changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::content {

struct CalendarText {
  std::string text;  // Unfolded, escapes decoded.
  bool html = false;
};

// SUMMARY, LOCATION, DESCRIPTION, COMMENT and X-ALT-DESC, and the HTML that an
// ALTREP of theirs holds, in the order in which they stand, each once. What may
// be shown as text or as HTML comes as both. Of a calendar in UTF-8; never
// fails, time is linear.
[[nodiscard]] std::vector<CalendarText> calendarTexts(
    std::string_view calendar);

// HTML with the links that a reader of `text` has: for findThreats(). In plain
// text an address is one, and shows itself; one in angle brackets shows what
// stands before it in its line.
[[nodiscard]] std::string calendarHtml(const CalendarText& text);

}  // namespace mailreeve::content
