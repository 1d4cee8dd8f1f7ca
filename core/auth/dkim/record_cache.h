// Key records that were parsed before. Decoding a public key costs as much as
// using it, and a busy server sees the same few hundred all day.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "core/auth/dkim/record.h"

namespace mailreeve::dkim {

// Keyed by the text of the record: the DNS decides what is current, this only
// remembers what a text means. For all threads.
class RecordCache {
 public:
  using Parsed = std::shared_ptr<const Result<Record>>;

  [[nodiscard]] Parsed get(const std::string& text);

 private:
  static constexpr std::size_t kMaxRecords = 4096;

  std::shared_mutex mutex_;
  std::unordered_map<std::string, Parsed> records_;  // Guarded by mutex_.
};

}  // namespace mailreeve::dkim
