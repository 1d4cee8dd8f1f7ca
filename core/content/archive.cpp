#include "core/content/archive.h"

#include <algorithm>
#include <clocale>
#include <memory>
#include <semaphore>
#include <utility>

#include <archive.h>
#include <archive_entry.h>

#include "core/base/text.h"

namespace mailreeve::content {

namespace {

constexpr std::size_t kHead = std::size_t{64} << 10U;
// Below it, a ratio says nothing: a page of blanks packs well.
constexpr std::uint64_t kRatioFrom = std::uint64_t{1} << 20U;
// What a message may hold without a turn, and how many have one.
constexpr std::uint64_t kHeldFreely = std::uint64_t{16} << 20U;
constexpr std::ptrdiff_t kTurns = 6;

std::counting_semaphore<kTurns>& turns() {
  static std::counting_semaphore<kTurns> all(kTurns);
  return all;
}

struct Close {
  void operator()(archive* handle) const { ::archive_read_free(handle); }
};

using Handle = std::unique_ptr<archive, Close>;

// libarchive converts names to the charset of the thread's locale, and gives up
// in the C locale.
class Utf8Locale {
 public:
  Utf8Locale()
      : mine_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
        before_(mine_ == nullptr ? nullptr : ::uselocale(mine_)) {}

  ~Utf8Locale() {
    if (mine_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(mine_);
  }

  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  Utf8Locale(Utf8Locale&&) = delete;
  Utf8Locale& operator=(Utf8Locale&&) = delete;

 private:
  locale_t mine_;
  locale_t before_;
};

// Named one by one: "all" would include filters that start programs (lrzip,
// lzop, grzip) and formats that are lists of other files (mtree).
void allowFormats(archive* handle) {
  for (const auto allow : {::archive_read_support_filter_gzip,
                           ::archive_read_support_filter_bzip2,
                           ::archive_read_support_filter_compress,
                           ::archive_read_support_filter_lzma,
                           ::archive_read_support_filter_xz,
                           ::archive_read_support_filter_lzip,
                           ::archive_read_support_filter_lz4,
                           ::archive_read_support_filter_zstd,
                           ::archive_read_support_format_zip,
                           ::archive_read_support_format_7zip,
                           ::archive_read_support_format_rar,
                           ::archive_read_support_format_rar5,
                           ::archive_read_support_format_tar,
                           ::archive_read_support_format_gnutar,
                           ::archive_read_support_format_cab,
                           ::archive_read_support_format_iso9660,
                           ::archive_read_support_format_lha,
                           ::archive_read_support_format_xar,
                           ::archive_read_support_format_cpio,
                           ::archive_read_support_format_ar,
                           ::archive_read_support_format_empty,
                           ::archive_read_support_format_raw})
    allow(handle);
}

std::string nameOf(archive_entry* entry) {
  if (const char* name = ::archive_entry_pathname_utf8(entry)) return name;
  if (const char* name = ::archive_entry_pathname(entry)) return name;
  return {};
}

bool saysEncrypted(std::string_view message) {
  const std::string text = lower(message);
  return text.find("encrypt") != std::string::npos ||
         text.find("passphrase") != std::string::npos;
}

// Of the names an ISO image has for Unix and those for Windows, libarchive
// shows the former, if there are any.
enum class IsoNames { OfUnix, OfWindows };

class Walk {
 public:
  Walk(std::string_view bytes, Budget& budget, const ArchiveVisitor& visitor)
      : bytes_(bytes),
        budget_(budget),
        visitor_(visitor),
        handle_(::archive_read_new()) {}

  [[nodiscard]] ArchiveResult run(IsoNames names) {
    if (!handle_) return {.unscannable = "no memory"};
    allowFormats(handle_.get());
    if (names == IsoNames::OfWindows)
      ::archive_read_set_format_option(
          handle_.get(), "iso9660", "rockridge", nullptr);
    if (::archive_read_open_memory(
            handle_.get(), bytes_.data(), bytes_.size()) != ARCHIVE_OK)
      fail();
    while (mayGoOn() && next()) {
    }
    if (::archive_read_has_encrypted_entries(handle_.get()) > 0)
      result_.encrypted = true;
    return std::move(result_);
  }

 private:
  // A zip says where its entries are; of all else, who goes on unpacks what is
  // in between.
  [[nodiscard]] bool mayGoOn() const {
    return !ended_ && (result_.unscannable.empty() || result_.zip);
  }

  [[nodiscard]] bool next() {
    archive_entry* raw = nullptr;
    const int status = ::archive_read_next_header(handle_.get(), &raw);
    if (status == ARCHIVE_EOF) return false;
    if (status < ARCHIVE_WARN) {
      fail();
      return status == ARCHIVE_FAILED;
    }
    if (isPlainFile()) {
      cannot("not an archive that can be read");
      return false;
    }
    if (!budget_.entry() || !budget_.inTime()) {
      cannot(budget_.why());
      return false;
    }
    result_.zip = isZip();
    result_.twice = formatIs(ARCHIVE_FORMAT_ISO9660);
    take(raw);
    return true;
  }

  // "raw" takes anything; it is meant for what a filter has unpacked.
  [[nodiscard]] bool isPlainFile() const {
    return ::archive_format(handle_.get()) == ARCHIVE_FORMAT_RAW &&
           ::archive_filter_code(handle_.get(), 0) == ARCHIVE_FILTER_NONE;
  }

  void take(archive_entry* raw) {
    ArchiveEntry entry;
    entry.name = nameOf(raw);
    if (::archive_entry_filetype(raw) == AE_IFDIR ||
        (!entry.name.empty() && entry.name.back() == '/'))
      return;
    entry.single = formatIs(ARCHIVE_FORMAT_RAW);
    entry.encrypted = ::archive_entry_is_encrypted(raw) != 0;
    if (::archive_entry_size_is_set(raw) != 0)
      entry.size = static_cast<std::uint64_t>(
          std::max<la_int64_t>(::archive_entry_size(raw), 0));
    if (entry.encrypted) {
      result_.encrypted = true;
      static_cast<void>(visitor_.entry(entry, {}));
      return;
    }
    std::string content;
    readable_ = !spent_ && fits(entry.size);
    const bool whole = readable_ && read(content, kHead);
    entry.unread = !readable_ && content.empty();
    const bool wanted = visitor_.entry(entry, content);
    if (!readable_) return;
    if (!wanted) {
      // A zip is left where it is; everything else would unpack it unseen.
      if (!whole && !isZip()) static_cast<void>(drain());
      return;
    }
    if (!whole) static_cast<void>(read(content, SIZE_MAX));
    if (readable_) visitor_.content(std::move(content));
  }

  [[nodiscard]] bool isZip() const { return formatIs(ARCHIVE_FORMAT_ZIP); }

  [[nodiscard]] bool formatIs(int base) const {
    return (::archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == base;
  }

  // Adds to `content` until it has `most` bytes. True: that was all.
  [[nodiscard]] bool read(std::string& content, std::size_t most) {
    while (content.size() < most) {
      const void* block = nullptr;
      std::size_t size = 0;
      if (!readBlock(block, size)) return true;
      content.append(static_cast<const char*>(block), size);
    }
    return false;
  }

  [[nodiscard]] bool drain() {
    const void* block = nullptr;
    std::size_t size = 0;
    while (readBlock(block, size)) {
    }
    return readable_;
  }

  [[nodiscard]] bool readBlock(const void*& block, std::size_t& size) {
    la_int64_t offset = 0;
    const int status =
        ::archive_read_data_block(handle_.get(), &block, &size, &offset);
    if (status == ARCHIVE_EOF) return false;
    if (status < ARCHIVE_WARN) {
      fail();
      return false;
    }
    return spend(size);
  }

  // What an entry says of itself counts as if it were true.
  [[nodiscard]] bool fits(std::uint64_t declared) {
    if (declared <= kRatioFrom ||
        declared / budget_.limits().ratio <= bytes_.size())
      return true;
    cannot("packed more than " + std::to_string(budget_.limits().ratio) +
           " to one");
    return false;
  }

  [[nodiscard]] bool spend(std::size_t size) {
    unpacked_ += size;
    if (!fits(unpacked_) || !budget_.unpacked(size) || !budget_.inTime()) {
      cannot(budget_.why());
      spent_ = true;
      readable_ = false;
    }
    return readable_;
  }

  // What has a verdict of its own, encryption, is no other one's.
  void fail() {
    const char* raw = ::archive_error_string(handle_.get());
    const std::string_view why = raw == nullptr ? "unreadable" : raw;
    readable_ = false;
    if (saysEncrypted(why)) {
      result_.encrypted = true;
      ended_ = !result_.zip;
    } else {
      cannot(printable(why));
    }
  }

  // The first reason is the one to tell.
  void cannot(std::string_view why) {
    if (result_.unscannable.empty()) result_.unscannable = why;
  }

  std::string_view bytes_;
  Budget& budget_;
  const ArchiveVisitor& visitor_;
  Handle handle_;
  std::uint64_t unpacked_ = 0;
  bool readable_ = true;  // The entry at hand.
  bool spent_ = false;    // No more is unpacked.
  bool ended_ = false;
  ArchiveResult result_;
};

}  // namespace

Budget::Budget(const ArchiveLimits& limits)
    : limits_(limits), end_(std::chrono::steady_clock::now() + limits.time) {}

Budget::~Budget() {
  if (turn_) turns().release();
}

bool Budget::holds(std::uint64_t bytes) {
  if (turn_ || bytes <= kHeldFreely) return true;
  const auto start = std::chrono::steady_clock::now();
  turn_ = !crowded_ && turns().try_acquire_for(limits_.time);
  crowded_ = !turn_;
  // What was waited is no time of its own.
  end_ += std::chrono::steady_clock::now() - start;
  return turn_ || spent("too much is looked into at once");
}

bool Budget::entry() {
  return ++entries_ <= limits_.entries ||
         spent("more than " + std::to_string(limits_.entries) + " files");
}

bool Budget::unpacked(std::uint64_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= limits_.bytes) return holds(bytes_);
  return spent("more than " + formatSize(limits_.bytes) + " unpacked");
}

bool Budget::inTime() {
  return std::chrono::steady_clock::now() < end_ ||
         spent("took longer than " + std::to_string(limits_.time.count()) +
               " ms");
}

bool Budget::spent(std::string_view what) {
  if (why_.empty()) why_ = what;
  return false;
}

ArchiveResult walkArchive(std::string_view bytes,
                          Budget& budget,
                          const ArchiveVisitor& visitor) {
  const Utf8Locale locale;
  auto result = Walk(bytes, budget, visitor).run(IsoNames::OfUnix);
  if (!result.twice) return result;
  auto again = Walk(bytes, budget, visitor).run(IsoNames::OfWindows);
  result.encrypted = result.encrypted || again.encrypted;
  if (result.unscannable.empty())
    result.unscannable = std::move(again.unscannable);
  return result;
}

}  // namespace mailreeve::content
