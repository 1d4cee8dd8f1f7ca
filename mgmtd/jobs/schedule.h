// When a job is due: the five fields of crontab(5), in local time.
//
// Around a change to or from daylight saving time: a time of day that the
// clock skips is due as much later as the clock was moved; one that comes twice
// is due the first time only, unless the hour is `*`: such a job counts the
// minutes that pass.
#pragma once

#include <bitset>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::jobs {

class Schedule {
 public:
  // "MINUTE HOUR DAY MONTH WEEKDAY", each `*` or a list of numbers, ranges and
  // steps ("0,30", "1-5", "*/10"); weekday 0 and 7 are Sunday. When both day
  // and weekday are given, either is enough, as in cron.
  [[nodiscard]] static Result<Schedule> parse(const std::string& text);

  // The first moment after `after` at which it is due; nothing when there is
  // none in the next five years (30 February).
  [[nodiscard]] std::optional<TimePoint> next(TimePoint after) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] bool onDay(std::chrono::sys_days day) const;

  std::string text_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool anyHour_ = false;
  bool anyDay_ = false;
  bool anyWeekday_ = false;
};

}  // namespace mailreeve::jobs
