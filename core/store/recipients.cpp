#include "core/store/recipients.h"

#include <utility>

#include "core/store/accounts.h"

namespace mailreeve::store {

Result<RecipientReader> RecipientReader::open(
    const std::filesystem::path& stateDatabase) {
  auto database = Database::openToRead(stateDatabase, accountSchema());
  if (!database) return std::move(database).error();
  return RecipientReader(*std::move(database));
}

Result<RecipientReader::Content> RecipientReader::read() {
  auto version = database_.version();
  if (!version) return std::move(version).error().within("recipients");
  version_ = *version;
  auto rows = database_.query(
      "SELECT local || '@' || domain FROM account WHERE enabled = 1 "
      "UNION SELECT address FROM alias");
  if (!rows) return std::move(rows).error().within("recipients");
  Content all;
  all.reserve(rows->size());
  for (const auto& row : *rows) all.insert(row.text(0));
  return all;
}

bool RecipientReader::current() {
  const auto version = database_.version();
  return version && *version == version_;
}

Result<std::unordered_set<std::string>> readRecipients(
    const std::filesystem::path& stateDatabase) {
  auto reader = RecipientReader::open(stateDatabase);
  if (!reader) return std::move(reader).error();
  return reader->read();
}

}  // namespace mailreeve::store
