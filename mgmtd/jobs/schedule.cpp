#include "mgmtd/jobs/schedule.h"

#include <ctime>
#include <string_view>
#include <vector>

#include "core/base/text.h"

namespace mailreeve::jobs {

namespace {

using Day = std::chrono::sys_days;

constexpr int kHorizon = 5 * 366;  // Days.

// One of the five fields.
struct Field {
  std::string_view name;
  unsigned least;
  unsigned most;
};

constexpr Field kFields[] = {{"minute", 0, 59},
                             {"hour", 0, 23},
                             {"day", 1, 31},
                             {"month", 1, 12},
                             {"weekday", 0, 7}};

std::optional<unsigned> numberIn(std::string_view text, const Field& field) {
  const auto value = parseNumber(text);
  if (!value || *value < field.least || *value > field.most)
    return std::nullopt;
  return static_cast<unsigned>(*value);
}

// "*", "5", "1-5", each with "/STEP"; false for what is none of them.
template <std::size_t N>
bool addItem(std::string_view item, const Field& field, std::bitset<N>& out) {
  std::uint64_t step = 1;
  if (const auto slash = item.find('/'); slash != std::string_view::npos) {
    const auto given = parseNumber(item.substr(slash + 1));
    if (!given || *given == 0 || *given > field.most) return false;
    step = *given;
    item = item.substr(0, slash);
  }
  unsigned from = field.least;
  unsigned to = field.most;
  if (item != "*") {
    const auto dash = item.find('-');
    const auto first = numberIn(item.substr(0, dash), field);
    const auto last = dash == std::string_view::npos
                          ? first
                          : numberIn(item.substr(dash + 1), field);
    if (!first || !last || *first > *last) return false;
    from = *first;
    to = *last;
  }
  for (unsigned value = from; value <= to; value += static_cast<unsigned>(step))
    out.set(value % N);  // Weekday 7 is 0.
  return true;
}

template <std::size_t N>
bool addField(std::string_view text, const Field& field, std::bitset<N>& out) {
  for (const auto item : split(text, ','))
    if (!addItem(item, field, out)) return false;
  return true;
}

std::optional<TimePoint> exactly(Day day,
                                 unsigned hour,
                                 unsigned minute,
                                 int dst) {
  const std::chrono::year_month_day date(day);
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_hour = static_cast<int>(hour);
  parts.tm_min = static_cast<int>(minute);
  parts.tm_isdst = dst;
  const std::time_t seconds = std::mktime(&parts);
  if (parts.tm_isdst != dst || parts.tm_hour != static_cast<int>(hour) ||
      parts.tm_min != static_cast<int>(minute))
    return std::nullopt;
  return std::chrono::system_clock::from_time_t(seconds);
}

// The moments at which the local clock shows this: one, two when the clock is
// put back, and when it is put forward over it, as much later.
std::vector<TimePoint> moments(Day day, unsigned hour, unsigned minute) {
  std::vector<TimePoint> out;
  for (const int dst : {1, 0})  // Daylight saving time ends, so it is first.
    if (const auto moment = exactly(day, hour, minute, dst))
      out.push_back(*moment);
  if (!out.empty()) return out;
  // Skipped. The clock before the change, let run on, gets there.
  const auto before = exactly(day - std::chrono::days(1), hour, minute, 0);
  if (before) out.push_back(*before + std::chrono::hours(24));
  return out;
}

Day localDay(TimePoint moment) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return std::chrono::year(parts.tm_year + 1900) /
         std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
         std::chrono::day(static_cast<unsigned>(parts.tm_mday));
}

}  // namespace

Result<Schedule> Schedule::parse(const std::string& text) {
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' '))
    if (!part.empty()) parts.push_back(part);
  const auto refused = [&text](const std::string& why) {
    return Error{ErrorCode::Invalid, "schedule '" + text + "': " + why};
  };
  if (parts.size() != 5) return refused("five fields are needed");
  Schedule out;
  out.text_ = text;
  const bool good[] = {addField(parts[0], kFields[0], out.minutes_),
                       addField(parts[1], kFields[1], out.hours_),
                       addField(parts[2], kFields[2], out.days_),
                       addField(parts[3], kFields[3], out.months_),
                       addField(parts[4], kFields[4], out.weekdays_)};
  for (std::size_t i = 0; i < 5; ++i)
    if (!good[i])
      return refused("the " + std::string(kFields[i].name) + " is no list of " +
                     std::to_string(kFields[i].least) + ".." +
                     std::to_string(kFields[i].most));
  out.anyHour_ = parts[1] == "*";
  out.anyDay_ = parts[2] == "*";
  out.anyWeekday_ = parts[4] == "*";
  return out;
}

bool Schedule::onDay(Day day) const {
  const std::chrono::year_month_day date(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool byDay = days_.test(static_cast<unsigned>(date.day()));
  const bool byWeekday = weekdays_.test(std::chrono::weekday(day).c_encoding());
  if (anyDay_ || anyWeekday_) return byDay && byWeekday;
  return byDay || byWeekday;
}

std::optional<TimePoint> Schedule::next(TimePoint after) const {
  // A skipped time of yesterday may be due today.
  Day day = localDay(after) - std::chrono::days(1);
  for (int i = 0; i < kHorizon; ++i, day += std::chrono::days(1)) {
    if (!onDay(day)) continue;
    std::optional<TimePoint> best;
    for (unsigned hour = 0; hour < 24; ++hour) {
      if (!hours_.test(hour)) continue;
      for (unsigned minute = 0; minute < 60; ++minute) {
        if (!minutes_.test(minute)) continue;
        auto found = moments(day, hour, minute);
        if (!anyHour_ && found.size() > 1) found.resize(1);
        for (const auto moment : found)
          if (moment > after && (!best || moment < *best)) best = moment;
      }
    }
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace mailreeve::jobs
