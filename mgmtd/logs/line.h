// The frame of one line of a mail log: when, which program, and what it says.
//
//   Nov  2 06:30:29 mail postfix/smtpd[209]: ...        traditional (RFC 3164)
//   2026-11-02T06:30:29.123456+01:00 mail dovecot: ...  rsyslog's own
//   <22>1 2026-11-02T06:30:29.123Z mail postfix/qmgr 208 - - ...   RFC 5424
//   Nov 02 06:30:29 lmtp(alice)<1><x>: Info: ...        Dovecot's log_path
//
// Whoever may write to syslog may write anything here: nothing is believed
// beyond its shape, and nothing is read beyond the limits below.
#pragma once

#include <cstddef>
#include <ctime>
#include <optional>
#include <string_view>

#include "core/base/clock.h"

namespace mailreeve::logs {

constexpr std::size_t kLongestLine = std::size_t{16} << 10U;

// Views into the line.
struct Line {
  TimePoint time;
  bool exact = false;        // The time has parts of a second.
  std::string_view program;  // "postfix/smtpd", "dovecot", "milterd"
  std::string_view text;
};

// Turns written times into moments. Remembers the last minute, because mktime
// costs more than all the rest of a line. Used by one thread at a time.
class LineTimes {
 public:
  // A time without a year is the latest one that is not a day after `now`.
  void setNow(TimePoint now);

  // Local time; `month` 0..11.
  [[nodiscard]] TimePoint local(
      int month, int day, int hour, int minute, int second);

 private:
  std::time_t now_ = 0;
  int year_ = 1970;  // Of now_.
  int key_ = -1;     // Of the minute that start_ is the beginning of.
  std::time_t start_ = 0;
};

// Nothing for what is no line of a log, or longer than kLongestLine. `line` is
// without its end.
[[nodiscard]] std::optional<Line> splitLine(std::string_view line,
                                            LineTimes& times);

}  // namespace mailreeve::logs
