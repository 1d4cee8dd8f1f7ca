// How often each entry of the allow and block lists decided, and when last:
// what `mgmtctl list` shows and `mgmtctl advise` judges by.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store/write_behind.h"

namespace mailreeve::store {

struct ListHit {
  std::string list;  // "allow" or "block".
  std::string name;  // Of the entry.
  std::int64_t hits = 0;
  TimePoint since;  // When counting began.
  TimePoint last;   // The epoch: never.
};

class ListHits final : public WrittenBehind {
 public:
  // Any thread.
  void count(std::string_view list, const std::string& name, TimePoint now);

  // The entries there are, by list and name: those that are new are counted
  // from `now` on, the rows of others go.
  void keep(std::vector<std::pair<std::string, std::string>> entries,
            TimePoint now);

  [[nodiscard]] const Schema& schema() const override;

  [[nodiscard]] Result<Done> load(Database&) override { return Done{}; }

  [[nodiscard]] Result<Done> write(Database& database, TimePoint now) override;
  void written(bool good) override;

 private:
  using Key = std::pair<std::string, std::string>;

  struct Count {
    std::int64_t hits = 0;
    std::int64_t last = 0;  // Seconds since 1970.
  };

  [[nodiscard]] Result<Done> writeEntries(Database& database);

  std::mutex mutex_;
  std::map<Key, Count> counted_;  // Guarded by mutex_: since the last write.
  std::vector<Key> entries_;      // Guarded by mutex_.
  std::int64_t since_ = 0;        // Guarded by mutex_.
  bool entriesChanged_ = false;   // Guarded by mutex_.

  // The writer's alone.
  std::map<Key, Count> writing_;
  std::vector<Key> writingEntries_;
  std::int64_t writingSince_ = 0;
  bool writesEntries_ = false;
};

// All of them; none when nobody has counted yet.
[[nodiscard]] Result<std::vector<ListHit>> readListHits(
    const std::filesystem::path& countersDatabase);

}  // namespace mailreeve::store
