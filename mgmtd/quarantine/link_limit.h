// How often links are followed: whoever has one, or guesses at one, may try so
// often in an hour, and is told when to come again. What has no signature of
// ours counts for nobody: no stranger can use up a mailbox's tries.
//
// In memory: a restart forgets, which is of no use to who cannot cause it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::quarantine {

// Callable from any thread.
class LinkLimit {
 public:
  static constexpr std::chrono::hours kWindow{1};
  // A digest lists a hundred messages, and people click twice.
  static constexpr std::int64_t kTries = 200;
  // Of all links together that are not ours.
  static constexpr std::int64_t kStrangeTries = 1000;

  // `clock` must outlive this.
  explicit LinkLimit(const Clock& clock) : clock_(clock) {}

  // Unavailable: too many; the words are fit for the person who tried. Empty
  // `mailbox`: a link that is not ours.
  [[nodiscard]] Result<Done> take(const std::string& mailbox);

 private:
  struct Window {
    TimePoint begin;
    std::int64_t tries = 0;
  };

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // Guarded by mutex_; by mailbox.
};

}  // namespace mailreeve::quarantine
