// Which DKIM keys there are and what they are used for: a table of state.db.
//
// The private keys themselves lie in files (Paths::dkimKeys()); nothing of them
// is in here. Names are lower case, domains A-labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

// A key goes through them in this order, and never back.
enum class KeyState {
  Pending,   // Made; its record is not seen yet. Signs nothing.
  Active,    // Signs.
  Retiring,  // Signs no more; its record must stay for mail under way.
  Retired,   // Its private half is deleted, its record may go.
};

[[nodiscard]] std::string_view textOf(KeyState state);

struct DkimKey {
  std::string domain;
  std::string selector;
  std::string algorithm;  // "rsa" or "ed25519".
  std::int64_t bits = 0;
  std::string record;  // The TXT record to publish.
  KeyState state = KeyState::Pending;
  bool forced = false;  // To be used whatever the DNS says.
  TimePoint created;
  TimePoint since;                   // In this state.
  std::optional<TimePoint> checked;  // When the DNS gave an answer last.
  std::optional<TimePoint> seen;     // When that was the right record last.
  std::string problem;  // Why the last answer was not; empty: it was.

  friend bool operator==(const DkimKey&, const DkimKey&) = default;
};

class DkimKeys {
 public:
  // For writing.
  [[nodiscard]] static Result<DkimKeys> open(
      const std::filesystem::path& stateDatabase);

  // By domain and age; of one domain, or of all when it is empty.
  [[nodiscard]] Result<std::vector<DkimKey>> list(
      const std::string& domain = "");

  // Invalid when the selector is taken, also by a retired key: what was
  // published once must not mean another key.
  [[nodiscard]] Result<Done> add(const DkimKey& key);

  // State, forced and what the DNS said. NotFound: no such key.
  [[nodiscard]] Result<Done> update(const DkimKey& key);

  // NotFound: no such key.
  [[nodiscard]] Result<Done> remove(const std::string& domain,
                                    const std::string& selector);

  // Every change that `work` makes, or none.
  [[nodiscard]] Result<Done> together(
      const std::function<Result<Done>()>& work) {
    return database_.transaction(work);
  }

 private:
  explicit DkimKeys(Database database) : database_(std::move(database)) {}

  Database database_;
};

// For readers: the keys that sign. None where no key was ever made.
[[nodiscard]] Result<std::vector<DkimKey>> activeDkimKeys(
    const std::filesystem::path& stateDatabase);

}  // namespace mailreeve::store
