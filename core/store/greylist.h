// Who has been asked to come again, and who has (FEATURES D9): in memory, and
// behind that in counters.db.
//
// A sender is known by where it comes from (its origin: a domain that SPF
// vouches for, or a network), its address and whom it writes to. Two first
// attempts at once are one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/clock.h"
#include "core/store/write_behind.h"

namespace mailreeve::store {

struct GreylistTerms {
  std::chrono::seconds delay{120};
  std::chrono::seconds retry{48 * 3600};      // Of who has not passed.
  std::chrono::seconds keep{36 * 24 * 3600};  // Of who has, since the last use.
  std::int64_t autoPass = 5;   // Passed senders of an origin; 0: never.
  std::size_t most = 200'000;  // Senders.

  friend bool operator==(const GreylistTerms&, const GreylistTerms&) = default;
};

struct GreylistSender {
  // The best first; what is known of any of them counts. Never empty.
  std::vector<std::string> origins;
  std::string sender;
  std::string recipient;
};

struct GreylistAnswer {
  enum class Kind {
    KnownSender,  // Passed before.
    GoodOrigin,   // Enough others of its origin passed.
    Waited,       // Passes now.
    First,        // Must wait.
    Early,        // Must still wait.
  };

  Kind kind = Kind::First;
  std::chrono::seconds wait{0};  // Until it may pass.

  [[nodiscard]] bool passes() const {
    return kind != Kind::First && kind != Kind::Early;
  }
};

// "known sender", "first attempt" ...
[[nodiscard]] std::string_view name(GreylistAnswer::Kind kind);

class Greylist final : public WrittenBehind {
 public:
  // What follows from an attempt now, without noting it. Any thread.
  [[nodiscard]] GreylistAnswer look(const GreylistSender& sender,
                                    const GreylistTerms& terms,
                                    TimePoint now) const;

  // Notes it. Any thread.
  [[nodiscard]] GreylistAnswer attempt(const GreylistSender& sender,
                                       const GreylistTerms& terms,
                                       TimePoint now);

  [[nodiscard]] std::size_t size() const;

  [[nodiscard]] const Schema& schema() const override;
  [[nodiscard]] Result<Done> load(Database& database) override;
  [[nodiscard]] Result<Done> write(Database& database, TimePoint now) override;
  void written(bool good) override;

 private:
  struct Record {
    std::int64_t first = 0;  // Seconds since 1970.
    std::int64_t last = 0;
    bool passed = false;

    // Who has not passed must come again in time; who has is known for long.
    [[nodiscard]] bool counts(const GreylistTerms& terms,
                              std::int64_t now) const {
      return passed ? now - last <= terms.keep.count()
                    : now - first <= terms.retry.count();
    }
  };

  struct Origin {
    std::int64_t passes = 0;
    std::int64_t last = 0;

    [[nodiscard]] bool counts(const GreylistTerms& terms,
                              std::int64_t now) const {
      return now - last <= terms.keep.count();
    }
  };

  // A sender with the keys of its records, one for each origin.
  struct Asked;

  // Of a sender, what counts.
  struct Found {
    GreylistAnswer answer;
    std::size_t origin = 0;          // Under which it is known, if it is.
    const Record* record = nullptr;  // Null: none of its own counts.
  };

  [[nodiscard]] Found find(const Asked& asked,
                           const GreylistTerms& terms,
                           std::int64_t now) const;
  [[nodiscard]] bool isNoted(const Asked& asked,
                             const Found& found,
                             std::int64_t now) const;
  void pass(const Asked& asked, const Found& found, std::int64_t now);
  void use(const Asked& asked, const Found& found, std::int64_t now);
  void makeRoom(std::size_t most);
  [[nodiscard]] Result<Done> writeRecords(Database& database);
  [[nodiscard]] Result<Done> writeOrigins(Database& database);
  void recall(const std::string& key, const Record& had);
  void forgetStale(std::int64_t now);

  mutable std::shared_mutex mutex_;
  // All guarded by mutex_. Keys are origin, sender and recipient, a line each.
  std::unordered_map<std::string, Record> records_;
  std::unordered_map<std::string, Origin> origins_;
  std::unordered_set<std::string> changedRecords_;  // Or gone.
  std::unordered_set<std::string> changedOrigins_;
  GreylistTerms terms_;  // Of the last attempt, for forgetting.
  std::int64_t nextTidy_ = 0;

  // The writer's alone: what is in the transaction.
  std::unordered_set<std::string> writingRecords_;
  std::unordered_set<std::string> writingOrigins_;
};

// What the daemon has written, for a dry run; empty when it never has.
[[nodiscard]] Result<std::shared_ptr<Greylist>> readGreylist(
    const std::filesystem::path& countersDatabase);

}  // namespace mailreeve::store
