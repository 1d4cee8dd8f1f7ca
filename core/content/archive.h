// Looks into archives with libarchive: the names of what is in them, and the
// bytes of what the caller wants to see. Nothing is ever written anywhere, and
// no external program is started.
//
// Every walk spends from a Budget that the whole message shares: entries,
// bytes, time. What does not fit in is unscannable, never "clean".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mailreeve::content {

struct ArchiveLimits {
  std::size_t depth = 8;       // Archives in archives, messages in messages.
  std::size_t entries = 5000;  // In all archives of a message together.
  std::uint64_t bytes = std::uint64_t{256} << 20U;  // Unpacked, together.
  std::uint64_t ratio = 300;  // Unpacked to packed, above the first MiB.
  std::chrono::milliseconds time{10000};
};

// One message's share. One thread at a time.
//
// Whoever holds much in memory is one of a few in the process: a MiB of mail
// may unpack to `bytes`, and a hundred connections may bring one each.
class Budget {
 public:
  explicit Budget(const ArchiveLimits& limits);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  Budget(Budget&&) = delete;
  Budget& operator=(Budget&&) = delete;
  ~Budget();

  // Each: whether it was still within; once false, `why()` says what ran out.
  [[nodiscard]] bool entry();
  [[nodiscard]] bool unpacked(std::uint64_t bytes);
  [[nodiscard]] bool inTime();

  // Before so much is taken into memory at once; waits for a turn where it is
  // much, `time` at most.
  [[nodiscard]] bool holds(std::uint64_t bytes);

  // No turn came: nothing can be said of the message now.
  [[nodiscard]] bool crowded() const { return crowded_; }

  [[nodiscard]] const ArchiveLimits& limits() const { return limits_; }

  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  [[nodiscard]] bool spent(std::string_view what);

  ArchiveLimits limits_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point end_;
  std::string why_;
  bool turn_ = false;  // One of the few.
  bool crowded_ = false;
};

struct ArchiveEntry {
  std::string name;  // As it stands there: UTF-8 where that could be told.
  bool encrypted = false;
  bool single = false;     // All that was compressed, by gzip or its like.
  bool unread = false;     // Its bytes could not be had.
  std::uint64_t size = 0;  // As declared; 0 when that is unknown.
};

// What the walk tells its caller. A directory is no entry of interest.
struct ArchiveVisitor {
  // `head` are the first bytes (at most 64 KiB; none of an entry that is
  // encrypted or unread). True: all of it is wanted, by content().
  std::function<bool(const ArchiveEntry& entry, std::string_view head)> entry;
  std::function<void(std::string content)> content;
};

struct ArchiveResult {
  bool encrypted = false;   // Some entry, or the list of entries itself.
  std::string unscannable;  // Why not all was seen; empty: it was.
  bool zip = false;
  bool twice = false;  // An ISO image may hold two trees of names.
};

[[nodiscard]] ArchiveResult walkArchive(std::string_view bytes,
                                        Budget& budget,
                                        const ArchiveVisitor& visitor);

}  // namespace mailreeve::content
