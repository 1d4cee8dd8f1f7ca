// Streams in a compound file (MS-CFB): the small file system that Office until
// 2003 and Outlook keep their documents in. Reads where it can; a file that was
// cut short gives what is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::content {

[[nodiscard]] bool isCompoundFile(std::string_view bytes);

class CompoundFile {
 public:
  static constexpr std::size_t kRoot = 0;

  struct Entry {
    std::string name;            // UTF-8.
    bool isStream = false;       // Otherwise a storage: a directory.
    std::size_t parent = kRoot;  // Index in entries(); the root's is itself.
    std::uint32_t start = 0;     // Its first sector.
    std::uint64_t size = 0;      // As it says itself.
  };

  // `bytes` must outlive it. Invalid: it has no directory that can be read, or
  // one that is far too large.
  [[nodiscard]] static Result<CompoundFile> open(std::string_view bytes);

  // The root first, a parent before its children; only what hangs on the root.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // The stream of this name in a storage, any case; null when there is none.
  [[nodiscard]] const Entry* find(std::string_view name,
                                  std::size_t parent = kRoot) const;

  // What a stream holds from `from` on, `most` bytes of it; less where it ends,
  // or where its sectors cannot be followed. Linear in `from` + `most`.
  [[nodiscard]] std::string read(const Entry& stream,
                                 std::uint64_t from,
                                 std::uint64_t most) const;

 private:
  explicit CompoundFile(std::string_view bytes) : bytes_(bytes) {}

  using Chain = std::vector<std::uint32_t>;

  [[nodiscard]] bool readHeader();
  void readFat();
  void readDirectory();
  [[nodiscard]] std::string_view sector(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t numberAt(std::size_t at) const;
  [[nodiscard]] std::uint64_t sizeIn(std::string_view entry) const;
  [[nodiscard]] static Chain follow(const std::vector<std::uint32_t>& table,
                                    std::uint32_t start,
                                    std::uint64_t most);
  [[nodiscard]] std::string readSectors(const Chain& chain) const;

  std::string_view bytes_;
  std::size_t sectorSize_ = 512;
  std::uint32_t miniCutoff_ = 4096;     // Smaller streams are in mini sectors.
  std::vector<std::uint32_t> fat_;      // The sector that follows each.
  std::vector<std::uint32_t> miniFat_;  // The same of mini sectors,
  Chain miniStream_;                    // which these sectors hold.
  std::vector<Entry> entries_;
};

}  // namespace mailreeve::content
