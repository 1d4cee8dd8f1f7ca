// Checks of lists whose elements go by name.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/text.h"
#include "core/config/validate.h"

namespace mailreeve::config {

// "lists.block[3]".
[[nodiscard]] inline std::string at(const std::string& key, std::size_t index) {
  return key + "[" + std::to_string(index) + "]";
}

// Reports the second of two elements that share a name, ASCII case ignored.
template <class T>
void requireDistinctNames(const std::vector<T>& items,
                          const std::string& key,
                          const Report& report) {
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [first, fresh] = seen.emplace(lower(items[i].name), i);
    if (!fresh)
      report(at(key, i) + ".name",
             "\"" + items[i].name + "\" is the name of " +
                 at(key, first->second) + " already");
  }
}

}  // namespace mailreeve::config
