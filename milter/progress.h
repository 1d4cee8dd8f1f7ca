// Tells the MTA "still working" while the end of a message takes long, so that
// it does not give up on a message that is being worked on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "milter/draft.h"

namespace mailreeve::milter {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // Postfix's own limit (milter_content_timeout) is 300 s.
  explicit Progress(Clock::duration interval = std::chrono::seconds(30));

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  ~Progress();

  // From now on `mta.progress()` is called once an interval, by another thread,
  // until remove(). A call may still be running when remove() returns: it is
  // for `mta` to do nothing once its message is over.
  void add(std::shared_ptr<Mta> mta);
  void remove(const std::shared_ptr<Mta>& mta);

 private:
  struct Entry {
    std::shared_ptr<Mta> mta;
    Clock::time_point due;
  };

  void run(const std::stop_token& stop);
  [[nodiscard]] std::vector<std::shared_ptr<Mta>> takeDue();

  Clock::duration interval_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Entry> entries_;  // Guarded by mutex_.
  std::jthread thread_;         // Last: stops before the rest goes.
};

}  // namespace mailreeve::milter
