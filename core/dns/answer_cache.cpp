#include "core/dns/answer_cache.h"

#include <algorithm>
#include <utility>

namespace mailreeve::dns {

namespace {

using std::chrono::seconds;

// RFC 2308 section 5: without an SOA record nobody says how long there is
// nothing. Just long enough for a burst of messages of one sender.
constexpr seconds kNothing{5};

// RFC 2308 section 7.1 has three hours as the most; a domain that has just
// published its record does not want to wait that long.
constexpr seconds kMostNothing{300};

// Of an entry beside its texts.
constexpr std::size_t kOverhead = 256;

std::string keyOf(const std::string& name, Type type) {
  return name + ' ' + std::to_string(static_cast<unsigned>(type));
}

seconds lifetime(const Answer& answer) {
  const seconds said{answer.ttl};
  switch (answer.status) {
    case Status::Found:
      return said;
    case Status::NoData:
    case Status::NoDomain:
      return std::min(std::max(said, kNothing), kMostNothing);
    case Status::Failed:
      break;
  }
  return seconds{0};
}

std::size_t bytesOf(const Answer& answer) {
  std::size_t bytes =
      kOverhead + answer.addresses.size() * sizeof answer.addresses.front();
  for (const auto& text : answer.texts) bytes += sizeof text + text.size();
  for (const auto& name : answer.names) bytes += sizeof name + name.size();
  for (const auto& exchange : answer.exchanges)
    bytes += sizeof exchange + exchange.host.size();
  return bytes;
}

}  // namespace

std::optional<Answer> AnswerCache::find(const std::string& name,
                                        Type type,
                                        Moment now) {
  const std::string key = keyOf(name, type);
  const std::lock_guard lock(mutex_);
  auto found = young_.find(key);
  if (found == young_.end()) {
    auto older = old_.extract(key);
    if (older.empty()) return std::nullopt;
    keep(key, std::move(older.mapped()));
    found = young_.find(key);
  }
  const Entry& entry = found->second;
  if (now >= entry.until) {
    youngBytes_ -= entry.bytes;
    young_.erase(found);
    return std::nullopt;
  }
  std::optional<Answer> answer(entry.answer);
  answer->ttl = static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(entry.until - now).count());
  return answer;
}

void AnswerCache::put(const std::string& name,
                      Type type,
                      const Answer& answer,
                      Moment now) {
  const auto life = lifetime(answer);
  if (life <= seconds{0}) return;
  std::string key = keyOf(name, type);
  const std::size_t bytes = key.size() + bytesOf(answer);
  const std::lock_guard lock(mutex_);
  keep(std::move(key), {answer, now + life, bytes});
}

void AnswerCache::keep(std::string key, Entry entry) {
  if (youngBytes_ + entry.bytes > maxBytes_ / 2) {
    old_ = std::exchange(young_, {});
    youngBytes_ = 0;
  }
  if (entry.bytes > maxBytes_ / 2) return;
  youngBytes_ += entry.bytes;
  auto [place, fresh] = young_.try_emplace(std::move(key));
  if (!fresh) youngBytes_ -= place->second.bytes;
  place->second = std::move(entry);
}

}  // namespace mailreeve::dns
