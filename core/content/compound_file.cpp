// A header of 512 bytes, then sectors. Numbers are little endian:
//
//   0 signature 8 | 30: sector shift 2 | 44: FAT sectors 4 | 48: directory 4
//   56: mini stream cutoff 4 | 60: mini FAT 4 | 68: DIFAT 4 | 76: 109 of it
//
// The DIFAT lists the sectors of the FAT, which says what follows each sector.
// A directory entry has 128 bytes:
//
//   0: name, UTF-16 | 64: its length 2 | 66: type 1 | 68: left 4 | 72: right 4
//   76: child 4 | 116: start 4 | 120: size 8
#include "core/content/compound_file.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/content/little_endian.h"
#include "core/mail/charset.h"

namespace mailreeve::content {

namespace {

constexpr std::size_t kHeader = 512;
constexpr std::size_t kDifatInHeader = 109;
constexpr std::size_t kEntrySize = 128;
constexpr std::size_t kMiniSector = 64;
// A mailbox exported as one message has a few thousand.
constexpr std::size_t kMaxEntries = 200000;

constexpr unsigned char kStream = 2;  // Types of entries; a storage is another.
constexpr unsigned char kRootStorage = 5;

std::string nameIn(std::string_view entry) {
  const auto length =
      std::clamp<std::size_t>(readNumber(entry, 64, 2), 2, 64) - 2;
  const auto bytes = entry.substr(0, length);
  auto name = mail::toUtf8(bytes, *mail::findCharset("utf-16le"));
  return name ? *std::move(name) : std::string(bytes);
}

}  // namespace

bool isCompoundFile(std::string_view bytes) {
  return bytes.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
}

Result<CompoundFile> CompoundFile::open(std::string_view bytes) {
  CompoundFile file(bytes);
  if (file.readHeader()) {
    file.readFat();
    file.readDirectory();
  }
  if (file.entries_.empty())
    return Error{ErrorCode::Invalid, "a compound file without a directory"};
  return file;
}

bool CompoundFile::readHeader() {
  if (!isCompoundFile(bytes_) || bytes_.size() < kHeader) return false;
  const auto shift = readNumber(bytes_, 30, 2);
  if (shift != 9 && shift != 12) return false;
  sectorSize_ = std::size_t{1} << shift;
  miniCutoff_ = numberAt(56);
  return true;
}

std::uint32_t CompoundFile::numberAt(std::size_t at) const {
  return readNumber(bytes_, at);
}

// With small sectors, the upper half may be anything.
std::uint64_t CompoundFile::sizeIn(std::string_view entry) const {
  const std::uint64_t upper = sectorSize_ == 512 ? 0 : readNumber(entry, 124);
  return readNumber(entry, 120) | upper << 32U;
}

// Empty: there is no such sector.
std::string_view CompoundFile::sector(std::uint32_t number) const {
  const auto begin = (std::uint64_t{number} + 1) * sectorSize_;
  if (begin >= bytes_.size()) return {};
  return bytes_.substr(begin, sectorSize_);
}

void CompoundFile::readFat() {
  // No file has more sectors than its size allows, whatever it says.
  const auto most = bytes_.size() / sectorSize_ + 1;
  const auto take = [&](std::uint32_t fatSector) {
    const auto bytes = sector(fatSector);
    for (std::size_t at = 0; at + 4 <= bytes.size() && fat_.size() < most;
         at += 4)
      fat_.push_back(readNumber(bytes, at));
    return !bytes.empty() && fat_.size() < most;
  };
  for (std::size_t i = 0; i < kDifatInHeader; ++i)
    if (!take(numberAt(76 + 4 * i))) return;
  auto difat = numberAt(68);
  for (std::size_t seen = 0; seen < most; ++seen) {
    const auto bytes = sector(difat);
    if (bytes.size() < sectorSize_) return;
    for (std::size_t at = 0; at + 4 < sectorSize_; at += 4)
      if (!take(readNumber(bytes, at))) return;
    difat = readNumber(bytes, sectorSize_ - 4);
  }
}

CompoundFile::Chain CompoundFile::follow(
    const std::vector<std::uint32_t>& table,
    std::uint32_t start,
    std::uint64_t most) {
  Chain chain;
  // Longer than the table, it goes round in a circle.
  const auto limit = std::min<std::uint64_t>(most, table.size());
  for (auto at = start; at < table.size() && chain.size() < limit;
       at = table[at])
    chain.push_back(at);
  return chain;
}

std::string CompoundFile::readSectors(const Chain& chain) const {
  std::string out;
  for (const auto at : chain) out += sector(at);
  return out;
}

void CompoundFile::readDirectory() {
  const std::string raw =
      readSectors(follow(fat_, numberAt(48), bytes_.size() / kEntrySize + 1));
  const auto entryAt = [&](std::uint32_t index) {
    return std::string_view(raw).substr(index * kEntrySize, kEntrySize);
  };
  const auto count = raw.size() / kEntrySize;
  if (count == 0 || count > kMaxEntries || entryAt(0)[66] != kRootStorage)
    return;

  struct Next {
    std::uint32_t index;
    std::size_t parent;
  };

  std::vector<bool> seen(count);
  std::vector<Next> stack{{0, kRoot}};
  while (!stack.empty()) {
    const auto [index, parent] = stack.back();
    stack.pop_back();
    if (index >= count || seen[index]) continue;
    seen[index] = true;
    const auto entry = entryAt(index);
    const auto type = static_cast<unsigned char>(entry[66]);
    const auto own = entries_.size();
    entries_.push_back({nameIn(entry),
                        type == kStream,
                        parent,
                        readNumber(entry, 116),
                        sizeIn(entry)});
    stack.push_back({readNumber(entry, 68), parent});
    stack.push_back({readNumber(entry, 72), parent});
    if (type != kStream) stack.push_back({readNumber(entry, 76), own});
  }
  const auto table = readSectors(follow(fat_, numberAt(60), fat_.size()));
  for (std::size_t at = 0; at + 4 <= table.size(); at += 4)
    miniFat_.push_back(readNumber(table, at));
  miniStream_ = follow(fat_, entries_[kRoot].start, fat_.size());
}

const CompoundFile::Entry* CompoundFile::find(std::string_view name,
                                              std::size_t parent) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.isStream && entry.parent == parent &&
               equalsIgnoringCase(entry.name, name);
      });
  return found == entries_.end() ? nullptr : &*found;
}

std::string CompoundFile::read(const Entry& stream,
                               std::uint64_t from,
                               std::uint64_t most) const {
  if (from >= stream.size || most == 0) return {};
  most = std::min(most, stream.size - from);
  const bool mini = stream.size < miniCutoff_;
  const std::uint64_t unit = mini ? kMiniSector : sectorSize_;
  const auto last = std::min<std::uint64_t>(from + most, bytes_.size() + unit);
  const auto chain =
      follow(mini ? miniFat_ : fat_, stream.start, last / unit + 1);
  std::string out;
  for (auto i = from / unit; i < chain.size() && out.size() < most; ++i) {
    auto piece = std::string_view();
    if (mini) {
      const auto at = std::uint64_t{chain[i]} * kMiniSector;
      if (at / sectorSize_ < miniStream_.size())
        piece = sector(miniStream_[at / sectorSize_]);
      piece = piece.substr(
          std::min<std::size_t>(at % sectorSize_, piece.size()), kMiniSector);
    } else {
      piece = sector(chain[i]);
    }
    if (i == from / unit)
      piece.remove_prefix(std::min<std::size_t>(from % unit, piece.size()));
    if (piece.empty()) break;
    out += piece.substr(0, most - out.size());
  }
  return out;
}

}  // namespace mailreeve::content
