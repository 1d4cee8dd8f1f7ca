// A hash map made once and then asked mostly for what it does not hold: a small
// filter in front of it says no, in one memory access that stays in the
// processor's cache, where the map itself would cost two that do not.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mailreeve::directory {

// `Hash` must mix all bits of a key into all of its 64.
template <class Key, class Value, class Hash, class Equal = std::equal_to<>>
class FilteredMap {
 public:
  // The value of `key`; made of `arguments` unless there is one.
  template <class... Arguments>
  Value& add(Key key, Arguments&&... arguments) {
    return map_
        .try_emplace(std::move(key), std::forward<Arguments>(arguments)...)
        .first->second;
  }

  // To be called once, after the last add() and before the first find().
  void finish() {
    if (map_.empty()) return;
    // 16 bits for each key, of which it sets three in one word: of a hundred
    // keys that are not there, about one is looked up in vain.
    filter_.assign(std::bit_ceil(map_.size() / 4 + 1), 0);
    for (auto& [key, value] : map_) {
      const std::uint64_t hash = Hash{}(key);
      filter_[wordOf(hash)] |= bitsOf(hash);
    }
  }

  // Null when there is none.
  template <class Asked>
  [[nodiscard]] const Value* find(const Asked& key) const {
    if (filter_.empty()) return nullptr;
    const std::uint64_t hash = Hash{}(key);
    const std::uint64_t bits = bitsOf(hash);
    if ((filter_[wordOf(hash)] & bits) != bits) return nullptr;
    const auto found = map_.find(key);
    return found == map_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] bool empty() const { return map_.empty(); }

  [[nodiscard]] auto begin() { return map_.begin(); }

  [[nodiscard]] auto end() { return map_.end(); }

 private:
  [[nodiscard]] std::size_t wordOf(std::uint64_t hash) const {
    return hash & (filter_.size() - 1);
  }

  static std::uint64_t bitsOf(std::uint64_t hash) {
    constexpr std::uint64_t kBit = 1;
    return kBit << (hash >> 58U) | kBit << (hash >> 52U & 63U) |
           kBit << (hash >> 46U & 63U);
  }

  std::unordered_map<Key, Value, Hash, Equal> map_;
  std::vector<std::uint64_t> filter_;  // Its size is a power of two.
};

}  // namespace mailreeve::directory
