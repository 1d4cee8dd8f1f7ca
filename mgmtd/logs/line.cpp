#include "mgmtd/logs/line.h"

#include <algorithm>
#include <array>

#include "mgmtd/logs/scan.h"

namespace mailreeve::logs {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths{"Jan",
                                                   "Feb",
                                                   "Mar",
                                                   "Apr",
                                                   "May",
                                                   "Jun",
                                                   "Jul",
                                                   "Aug",
                                                   "Sep",
                                                   "Oct",
                                                   "Nov",
                                                   "Dec"};
constexpr std::time_t kDay = 24 * 60 * 60;

// "06:30:29"
bool takeClock(std::string_view& text, int& hour, int& minute, int& second) {
  return takeDigits(text, 2, hour) && take(text, ":") &&
         takeDigits(text, 2, minute) && take(text, ":") &&
         takeDigits(text, 2, second) && hour < 24 && minute < 60 && second < 61;
}

// "Nov  2 06:30:29 ", "Nov 02 06:30:29 "
bool takeTraditional(std::string_view& text, LineTimes& times, Line& line) {
  std::string_view rest = text;
  if (rest.size() < 16) return false;
  const auto month =
      std::find(kMonths.begin(), kMonths.end(), rest.substr(0, 3));
  if (month == kMonths.end() || rest[3] != ' ') return false;
  rest.remove_prefix(4);
  int day = 0;
  if (take(rest, " ") ? !takeDigits(rest, 1, day) : !takeDigits(rest, 2, day))
    return false;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (day < 1 || day > 31 || !take(rest, " ") ||
      !takeClock(rest, hour, minute, second) || !take(rest, " "))
    return false;
  line.time = times.local(
      static_cast<int>(month - kMonths.begin()), day, hour, minute, second);
  text = rest;
  return true;
}

// ".123456": microseconds, whatever the number of digits.
void takeFraction(std::string_view& text, Line& line) {
  if (text.size() < 2 || text[0] != '.' || !isDigit(text[1])) return;
  text.remove_prefix(1);
  std::int64_t sum = 0;
  int digits = 0;
  while (!text.empty() && isDigit(text.front())) {
    if (digits < 6) {
      sum = sum * 10 + (text.front() - '0');
      ++digits;
    }
    text.remove_prefix(1);
  }
  for (; digits < 6; ++digits) sum *= 10;
  line.time += microseconds(sum);
  line.exact = true;
}

// "Z", "+01:00"
bool takeOffset(std::string_view& text, Line& line) {
  if (take(text, "Z")) return true;
  const bool east = text.starts_with('+');
  if (!east && !text.starts_with('-')) return false;
  text.remove_prefix(1);
  int hours_ = 0;
  int minutes_ = 0;
  if (!takeDigits(text, 2, hours_) || !take(text, ":") ||
      !takeDigits(text, 2, minutes_))
    return false;
  const auto offset = hours(hours_) + minutes(minutes_);
  line.time += east ? -offset : offset;
  return true;
}

// "2026-11-02T06:30:29.123456+01:00 "
bool takeIso(std::string_view& text, Line& line) {
  std::string_view rest = text;
  int year_ = 0;
  int month_ = 0;
  int day_ = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!takeDigits(rest, 4, year_) || !take(rest, "-") ||
      !takeDigits(rest, 2, month_) || !take(rest, "-") ||
      !takeDigits(rest, 2, day_) || !(take(rest, "T") || take(rest, " ")) ||
      !takeClock(rest, hour, minute, second))
    return false;
  const year_month_day date{year(year_),
                            month(static_cast<unsigned>(month_)),
                            day(static_cast<unsigned>(day_))};
  // Years that the clock of this system can count in nanoseconds.
  if (!date.ok() || year_ < 1971 || year_ > 2200) return false;
  line.time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  takeFraction(rest, line);
  if (!takeOffset(rest, line) || !take(rest, " ")) return false;
  text = rest;
  return true;
}

// One word and the blank behind it.
bool takeWord(std::string_view& text, std::string_view& word) {
  return takeUntil(text, " ", word) && !word.empty();
}

// "-", or elements in brackets, in which \] is no end.
bool takeStructuredData(std::string_view& text) {
  if (take(text, "-")) return true;
  if (!text.starts_with('[')) return false;
  while (text.starts_with('[')) {
    std::size_t at = 1;
    while (at < text.size() && text[at] != ']')
      at += text[at] == '\\' ? 2U : 1U;
    if (at >= text.size()) return false;
    text.remove_prefix(at + 1);
  }
  return true;
}

// Behind "<22>1 ".
std::optional<Line> splitNew(std::string_view text) {
  Line line;
  std::string_view ignored;
  if (!takeIso(text, line) || !takeWord(text, ignored) ||
      !takeWord(text, line.program) || !takeWord(text, ignored) ||
      !takeWord(text, ignored) || !takeStructuredData(text))
    return std::nullopt;
  take(text, " ");
  take(text, "\xEF\xBB\xBF");  // RFC 5424 marks UTF-8 with it.
  line.text = text;
  return line;
}

// "postfix/smtpd[209]: ", "dovecot: "
bool takeTag(std::string_view& text, std::string_view& program) {
  const auto end = text.find(": ");
  if (end == std::string_view::npos) return false;
  std::string_view tag = text.substr(0, end);
  if (tag.ends_with(']'))
    tag = tag.substr(0, std::min(tag.find('['), tag.size()));
  if (tag.empty() || tag.find_first_of(" <>()") != std::string_view::npos)
    return false;
  program = tag;
  text.remove_prefix(end + 2);
  return true;
}

}  // namespace

void LineTimes::setNow(TimePoint now) {
  now_ = system_clock::to_time_t(now);
  std::tm parts{};
  ::localtime_r(&now_, &parts);
  year_ = parts.tm_year + 1900;
}

TimePoint LineTimes::local(
    int month, int day, int hour, int minute, int second) {
  const int key = ((month * 32 + day) * 24 + hour) * 60 + minute;
  if (key != key_) {
    const auto at = [&](int year) {
      std::tm parts{};
      parts.tm_year = year - 1900;
      parts.tm_mon = month;
      parts.tm_mday = day;
      parts.tm_hour = hour;
      parts.tm_min = minute;
      parts.tm_isdst = -1;
      return std::mktime(&parts);
    };
    start_ = at(year_ + 1);
    if (start_ > now_ + kDay) start_ = at(year_);
    if (start_ > now_ + kDay) start_ = at(year_ - 1);
    key_ = key;
  }
  return system_clock::from_time_t(start_ + second);
}

std::optional<Line> splitLine(std::string_view text, LineTimes& times) {
  if (text.size() > kLongestLine) return std::nullopt;
  if (text.starts_with('<')) {
    const auto end = text.find('>');
    if (end == std::string_view::npos || end > 4) return std::nullopt;
    text.remove_prefix(end + 1);
    if (take(text, "1 ")) return splitNew(text);
  }
  Line line;
  if (!takeTraditional(text, times, line) && !takeIso(text, line))
    return std::nullopt;
  // With a host: "mail postfix/smtpd[209]: ". Without: Dovecot's own file.
  std::string_view withHost = text;
  std::string_view host;
  if (takeWord(withHost, host) && !host.ends_with(':') &&
      host.find_first_of("()<>[]") == std::string_view::npos &&
      takeTag(withHost, line.program)) {
    line.text = withHost;
    return line;
  }
  line.program = "dovecot";
  line.text = text;
  return line;
}

}  // namespace mailreeve::logs
