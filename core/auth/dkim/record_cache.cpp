#include "core/auth/dkim/record_cache.h"

#include <mutex>

namespace mailreeve::dkim {

RecordCache::Parsed RecordCache::get(const std::string& text) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = records_.find(text); found != records_.end())
      return found->second;
  }
  auto parsed = std::make_shared<const Result<Record>>(parseRecord(text));
  // A wrong record is cheap to refuse again, and may be very long.
  if (!parsed->ok()) return parsed;
  const std::lock_guard lock(mutex_);
  if (records_.size() >= kMaxRecords) records_.clear();
  records_.emplace(text, parsed);
  return parsed;
}

}  // namespace mailreeve::dkim
