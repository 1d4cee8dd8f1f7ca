#include "policyd/usage_watch.h"

#include <utility>

namespace mailreeve::policyd {

UsageWatch::UsageWatch(std::filesystem::path countersDatabase,
                       const Clock& clock,
                       std::chrono::milliseconds interval)
    : watch_(
          std::move(countersDatabase),
          [&clock](const std::filesystem::path& database) {
            return store::UsageReader::open(database, clock);
          },
          "who has a daily limit is told to come again",
          interval) {}

Result<store::Usage> UsageWatch::usedToday(const std::string& user) const {
  const auto table = watch_.table();
  if (!table->content)
    return Error{ErrorCode::Unavailable, table->content.error().what};
  const auto found = table->content->find(user);
  return found == table->content->end() ? store::Usage{} : found->second;
}

}  // namespace mailreeve::policyd
