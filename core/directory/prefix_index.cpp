#include "core/directory/prefix_index.h"

#include <algorithm>
#include <utility>

namespace mailreeve::directory {

void PrefixIndex::add(std::string prefix, std::uint32_t value) {
  entries_.push_back({std::move(prefix), value, kNone});
}

void PrefixIndex::finish() {
  std::stable_sort(
      entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return a.prefix < b.prefix;
      });
  const auto end = std::unique(
      entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return a.prefix == b.prefix;
      });
  entries_.erase(end, entries_.end());

  for (std::uint32_t i = 1; i < entries_.size(); ++i) {
    std::uint32_t above = i - 1;
    while (above != kNone &&
           !entries_[i].prefix.starts_with(entries_[above].prefix))
      above = entries_[above].parent;
    entries_[i].parent = above;
  }
}

std::uint32_t PrefixIndex::find(std::string_view text) const {
  const auto after = std::upper_bound(
      entries_.begin(),
      entries_.end(),
      text,
      [](std::string_view t, const Entry& e) { return t < e.prefix; });
  auto at = static_cast<std::uint32_t>(after - entries_.begin()) - 1U;
  while (at != kNone && !text.starts_with(entries_[at].prefix))
    at = entries_[at].parent;
  return at == kNone ? kNone : entries_[at].value;
}

}  // namespace mailreeve::directory
