// Every address that mail is taken for, read out of state.db at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_set>

#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

// For who reads them again and again. One thread at a time.
class RecipientReader {
 public:
  using Content = std::unordered_set<std::string>;

  // NotFound when there is no database.
  [[nodiscard]] static Result<RecipientReader> open(
      const std::filesystem::path& stateDatabase);

  // local@main-domain of accounts that are enabled and of aliases; "@domain"
  // for a domain in which every address exists.
  [[nodiscard]] Result<Content> read();

  // Whether the last read() would answer the same now; false when that cannot
  // be known. Of a file that was replaced it sees the old one.
  [[nodiscard]] bool current();

 private:
  explicit RecipientReader(Database database)
      : database_(std::move(database)) {}

  Database database_;
  std::int64_t version_ = 0;  // Before the last read.
};

// The same, once.
[[nodiscard]] Result<std::unordered_set<std::string>> readRecipients(
    const std::filesystem::path& stateDatabase);

}  // namespace mailreeve::store
