// APPNOTE.TXT 4.3.7 and 4.3.12. Of a header only the lengths and what follows
// them are read:
//
//   "PK\3\4" .. 6: flags 2 .. 26: name length 2 | extra length 2 | 30: name ..
//   "PK\1\2" .. 8: flags 2 .. 28: name length 2 | extra length 2 .. 46: name ..
//
// Behind the name stand the extra fields. Bit 0 of the flags: encrypted
// (4.4.4). An extra field is id 2 | length 2 | content; 0x7075 holds a version,
// the CRC of the other name, and the name in UTF-8 (4.6.9).
//
// The end of a zip (4.3.16) follows its directory, or in a large one the
// locator (4.3.15) of another end:
//
//   "PK\5\6" .. 12: size of the directory 4 .. 20: comment length 2 | comment
#include "core/content/zip_names.h"

#include <algorithm>
#include <unordered_set>

#include "core/content/little_endian.h"

namespace mailreeve::content {

namespace {

constexpr std::size_t kUnicodePath = 0x7075;
constexpr std::size_t kBeforeUnicodeName = 5;
constexpr std::size_t kLongestName = 1024;

struct Kind {
  std::string_view magic;
  std::size_t flags;  // Where they stand,
  std::size_t lengths;
  std::size_t name;
};

constexpr Kind kKinds[] = {{"PK\3\4", 6, 26, 30}, {"PK\1\2", 8, 28, 46}};

std::string_view unicodeName(std::string_view extra) {
  while (extra.size() >= 4) {
    const auto content = extra.substr(4, readNumber(extra, 2, 2));
    if (readNumber(extra, 0, 2) == kUnicodePath &&
        content.size() > kBeforeUnicodeName)
      return content.substr(kBeforeUnicodeName);
    extra.remove_prefix(4 + content.size());
  }
  return {};
}

// Whether `wanted` takes one; the first that it takes is the last it sees.
template <typename Wanted>
bool findHeader(std::string_view bytes, const Wanted& wanted) {
  for (auto at = bytes.find("PK"); at != std::string_view::npos;
       at = bytes.find("PK", at + 1))
    for (const auto& kind : kKinds)
      if (const auto header = bytes.substr(at);
          header.starts_with(kind.magic) && wanted(header, kind))
        return true;
  return false;
}

class Names {
 public:
  explicit Names(std::size_t most) : most_(most) {}

  void read(std::string_view header, const Kind& kind) {
    if (header.size() <= kind.name) return;
    const auto name =
        header.substr(kind.name, readNumber(header, kind.lengths, 2));
    add(name);
    const auto behind = kind.name + name.size();
    add(unicodeName(header.substr(behind).substr(
        0, readNumber(header, kind.lengths + 2, 2))));
  }

  [[nodiscard]] bool full() const { return names_.size() >= most_; }

  [[nodiscard]] std::vector<std::string> take() && { return std::move(names_); }

 private:
  void add(std::string_view name) {
    if (name.empty() || name.back() == '/' || full()) return;
    // What it ends in decides, and each header may claim the same 64 KiB.
    if (name.size() > kLongestName)
      name.remove_prefix(name.size() - kLongestName);
    if (known_.emplace(name).second) names_.emplace_back(name);
  }

  std::size_t most_;
  std::unordered_set<std::string> known_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> zipNames(std::string_view bytes, std::size_t most) {
  Names names(most);
  findHeader(bytes, [&](std::string_view header, const Kind& kind) {
    names.read(header, kind);
    return names.full();
  });
  return std::move(names).take();
}

bool endsAsZip(std::string_view bytes) {
  constexpr std::string_view kEnd = "PK\5\6";
  constexpr std::size_t kLongest = 22 + 0xffff;
  constexpr std::size_t kLocator = 20;
  const auto first = bytes.size() - std::min(bytes.size(), kLongest);
  const auto tail = bytes.substr(first);
  for (auto at = tail.find(kEnd); at != std::string_view::npos;
       at = tail.find(kEnd, at + 1)) {
    const auto before = bytes.substr(0, first + at);
    const auto size = readNumber(tail, at + 12);
    if (size > 0 && size <= before.size() &&
        before.substr(before.size() - size).starts_with("PK\1\2"))
      return true;
    if (before.size() >= kLocator &&
        before.substr(before.size() - kLocator).starts_with("PK\6\7"))
      return true;
  }
  return false;
}

bool hasEncryptedEntry(std::string_view bytes) {
  return findHeader(bytes, [](std::string_view header, const Kind& kind) {
    return (readNumber(header, kind.flags, 2) & 1U) != 0;
  });
}

}  // namespace mailreeve::content
