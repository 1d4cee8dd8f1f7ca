// What an invitation tells its reader (RFC 5545): its descriptions, which
// calendar programs show as text with links in it, or as HTML, and the files in
// it. For judging only: nothing in a calendar is ever changed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/mime_tree.h"

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

// A file that an invitation brings along (ATTACH, section 3.8.1.1).
struct CalendarFile {
  std::vector<std::string> names;  // As its parameters say; may be empty.
  std::string content;             // Decoded.
};

constexpr std::size_t kMaxCalendarFiles = 100;

// A part that calendar programs open, shown at once or attached.
[[nodiscard]] bool isInvitation(const mail::MimeNode& node);

// Whatever it is called.
[[nodiscard]] bool beginsAsCalendar(std::string_view bytes);

// What stands in the calendar itself; at most kMaxCalendarFiles. Calendar
// programs show them as attachments. Never fails, time is linear.
[[nodiscard]] std::vector<CalendarFile> calendarFiles(
    std::string_view calendar);

// HTML with the links that a reader of `text` has: for findThreats(). In plain
// text an address is one, and shows itself; one in angle brackets shows what
// stands before it in its line.
[[nodiscard]] std::string calendarHtml(const CalendarText& text);

}  // namespace mailreeve::content
