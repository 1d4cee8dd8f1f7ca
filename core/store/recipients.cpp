#include "core/store/recipients.h"

#include <utility>

#include "core/store/database.h"

namespace mailreeve::store {

Result<std::unordered_set<std::string>> readRecipients(
    const std::filesystem::path& stateDatabase) {
  auto database = Database::openReadOnly(stateDatabase);
  if (!database) return std::move(database).error();
  auto rows = database->query(
      "SELECT local || '@' || domain FROM account WHERE enabled = 1 "
      "UNION SELECT address FROM alias");
  if (!rows) return std::move(rows).error().within("recipients");
  std::unordered_set<std::string> all;
  all.reserve(rows->size());
  for (const auto& row : *rows) all.insert(row.text(0));
  return all;
}

}  // namespace mailreeve::store
