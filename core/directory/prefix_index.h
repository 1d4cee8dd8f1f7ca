// Which of many strings is the longest prefix of a text: one binary search,
// however many strings there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::directory {

class PrefixIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Adding the same string again keeps the first value.
  void add(std::string prefix, std::uint32_t value);

  // To be called once, after the last add() and before the first find().
  void finish();

  // The value of the longest string that `text` starts with, or kNone.
  [[nodiscard]] std::uint32_t find(std::string_view text) const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string prefix;
    std::uint32_t value = kNone;
    std::uint32_t parent = kNone;  // The longest other entry it starts with.
  };

  // Sorted. A text's longest prefix is the entry just below it or one of that
  // entry's parents: whatever sorts between the two starts with it as well.
  std::vector<Entry> entries_;
};

}  // namespace mailreeve::directory
