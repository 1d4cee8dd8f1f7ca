// Whom our users have written to (FEATURES D5): all of it in memory, so that a
// message can be judged without a database, and written behind.
//
// A table of counters.db. What was noted in the last seconds before a crash is
// lost, which costs a sender his bonus until he is written to again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

[[nodiscard]] const Schema& correspondentsSchema();

class Correspondents {
 public:
  // More pairs than this are not kept, and that is logged once.
  static constexpr std::size_t kMost = 1'000'000;

  // Reads what there is; a missing database is none. Nothing is written before
  // the first note(). `clock` must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<Correspondents>> open(
      const std::filesystem::path& countersDatabase, const Clock& clock);

  Correspondents(const Correspondents&) = delete;
  Correspondents& operator=(const Correspondents&) = delete;
  Correspondents(Correspondents&&) = delete;
  Correspondents& operator=(Correspondents&&) = delete;
  ~Correspondents();

  // Whether `user` has written to `address` in the last `keepDays` days. Both
  // as Policy::mailboxKey gives them. Any thread.
  [[nodiscard]] bool knows(std::string_view user,
                           std::string_view address,
                           std::int64_t keepDays) const;

  // `user` writes to `address` now. Never waits for the database. Any thread.
  void note(std::string_view user, std::string_view address);

  // Waits until everything noted so far is in the database or failed to be.
  void flush();

  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  explicit Correspondents(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Forgets those nobody has written to since `before`. Returns how many.
[[nodiscard]] Result<std::int64_t> deleteCorrespondentsBefore(
    const std::filesystem::path& countersDatabase, TimePoint before);

}  // namespace mailreeve::store
