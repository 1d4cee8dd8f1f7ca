// Answers of the DNS, kept as long as they say they may be. Never more bytes
// than its limit, whatever names senders make us look up.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/dns/resolver.h"

namespace mailreeve::dns {

// Any thread.
class AnswerCache {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit AnswerCache(std::size_t maxBytes) : maxBytes_(maxBytes) {}

  // With the seconds that are left of its time.
  [[nodiscard]] std::optional<Answer> find(const std::string& name,
                                           Type type,
                                           Moment now);

  // What Failed is not kept: asking again may help.
  void put(const std::string& name,
           Type type,
           const Answer& answer,
           Moment now);

 private:
  struct Entry {
    Answer answer;
    Moment until;
    std::size_t bytes = 0;
  };

  using Entries = std::unordered_map<std::string, Entry>;

  // With mutex_ held.
  void keep(std::string key, Entry entry);

  const std::size_t maxBytes_;
  std::mutex mutex_;
  // Guarded by mutex_. Who is asked for moves to the young; when they fill half
  // of the room they become the old ones, and the old ones go.
  Entries young_;
  Entries old_;
  std::size_t youngBytes_ = 0;
};

}  // namespace mailreeve::dns
