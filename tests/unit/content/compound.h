// Compound files for tests, as small as they can be: sectors of 512 bytes, one
// of FAT, every stream below 4096 bytes in mini sectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mailreeve::content {

// Path with '/', and content; the storages on the way are made.
using Streams = std::vector<std::pair<std::string, std::string>>;

inline std::string littleEndian(std::uint64_t value, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(value >> (8 * i) & 0xffU);
  return out;
}

inline std::string utf16(const std::string& ascii) {
  std::string out;
  for (const char c : ascii) out += std::string{c, '\0'};
  return out;
}

class CompoundWriter {
 public:
  explicit CompoundWriter(const Streams& streams) {
    entries_.push_back({"Root Entry", 5, 0, {}});
    for (const auto& [path, content] : streams) addStream(path, content);
  }

  [[nodiscard]] std::string bytes() {
    std::string mini;
    for (auto& entry : entries_) place(entry, mini);
    entries_[0].size = mini.size();
    entries_[0].start = chain(mini);
    const auto directory = chain(directoryBytes());
    const auto miniFat = chain(table(miniFat_));
    const auto fatSector = static_cast<std::uint32_t>(fat_.size());
    fat_.push_back(0xfffffffd);
    std::string header("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    header.resize(24, '\0');
    header += littleEndian(0x003e, 2) + littleEndian(3, 2) +
              littleEndian(0xfffe, 2) + littleEndian(9, 2) + littleEndian(6, 2);
    header.resize(44, '\0');
    header +=
        littleEndian(1, 4) + littleEndian(directory, 4) + littleEndian(0, 4) +
        littleEndian(4096, 4) + littleEndian(miniFat, 4) + littleEndian(1, 4) +
        littleEndian(kEnd, 4) + littleEndian(0, 4) + littleEndian(fatSector, 4);
    while (header.size() < 512) header += littleEndian(kFree, 4);
    return header + sectors_ + table(fat_);
  }

 private:
  static constexpr std::uint32_t kEnd = 0xfffffffe;
  static constexpr std::uint32_t kFree = 0xffffffff;

  struct Entry {
    std::string name;
    char type;
    std::size_t parent;
    std::string content;
    std::uint32_t start = kEnd;
    std::uint64_t size = 0;
  };

  void addStream(std::string path, const std::string& content) {
    std::size_t parent = 0;
    for (auto slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/')) {
      parent = storage(path.substr(0, slash), parent);
      path.erase(0, slash + 1);
    }
    entries_.push_back({path, 2, parent, content});
  }

  std::size_t storage(const std::string& name, std::size_t parent) {
    for (std::size_t i = 1; i < entries_.size(); ++i)
      if (entries_[i].name == name && entries_[i].parent == parent) return i;
    entries_.push_back({name, 1, parent, {}});
    return entries_.size() - 1;
  }

  void place(Entry& entry, std::string& mini) {
    if (entry.type != 2) return;
    entry.size = entry.content.size();
    if (entry.size >= 4096) {
      entry.start = chain(entry.content);
      return;
    }
    entry.start = static_cast<std::uint32_t>(miniFat_.size());
    for (std::size_t at = 0; at < entry.size || at == 0; at += 64) {
      auto piece = entry.content.substr(at, 64);
      piece.resize(64, '\0');
      mini += piece;
      miniFat_.push_back(static_cast<std::uint32_t>(miniFat_.size() + 1));
    }
    miniFat_.back() = kEnd;
  }

  std::uint32_t chain(const std::string& content) {
    const auto start = static_cast<std::uint32_t>(fat_.size());
    for (std::size_t at = 0; at < content.size() || at == 0; at += 512) {
      auto piece = content.substr(at, 512);
      piece.resize(512, '\0');
      sectors_ += piece;
      fat_.push_back(static_cast<std::uint32_t>(fat_.size() + 1));
    }
    fat_.back() = kEnd;
    return start;
  }

  // All in a storage hang on its first child, one to the right of the other.
  [[nodiscard]] std::string directoryBytes() const {
    std::string out;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const auto& entry = entries_[i];
      std::string one = utf16(entry.name);
      one.resize(64, '\0');
      one += littleEndian(2 * entry.name.size() + 2, 2);
      one += entry.type;
      one += '\1';
      one += littleEndian(kFree, 4) +
             littleEndian(i == 0 ? kFree : next(i + 1, entry.parent), 4) +
             littleEndian(next(1, i), 4);
      one.resize(116, '\0');
      out += one + littleEndian(entry.start, 4) + littleEndian(entry.size, 8);
    }
    return out;
  }

  [[nodiscard]] std::uint32_t next(std::size_t from, std::size_t parent) const {
    for (std::size_t i = from; i < entries_.size(); ++i)
      if (entries_[i].parent == parent) return static_cast<std::uint32_t>(i);
    return kFree;
  }

  static std::string table(const std::vector<std::uint32_t>& numbers) {
    std::string out;
    for (const auto number : numbers) out += littleEndian(number, 4);
    while (out.empty() || out.size() % 512 != 0) out += littleEndian(kFree, 4);
    return out;
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> fat_;
  std::vector<std::uint32_t> miniFat_;
  std::string sectors_;
};

inline std::string compound(const Streams& streams) {
  return CompoundWriter(streams).bytes();
}

}  // namespace mailreeve::content
