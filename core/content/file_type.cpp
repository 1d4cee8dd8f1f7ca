#include "core/content/file_type.h"

#include <algorithm>
#include <utility>

#include <magic.h>

#include "core/base/text.h"
#include "core/content/closed_container.h"

namespace mailreeve::content {

namespace {

constexpr std::size_t kLooksAt = std::size_t{1} << 20U;

// It must not unpack (we do, within limits), nor look at the names and dates of
// this host.
constexpr int kFlags = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS |
                       MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_ELF |
                       MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_CSV;

constexpr std::string_view kUnknown = "application/octet-stream";

// What runs if it is only called so is named first: libmagic sometimes finds
// something nicer further inside.
std::string_view certain(std::string_view bytes) {
  using Known = std::pair<std::string_view, std::string_view>;
  static constexpr std::string_view kShortcut("L\0\0\0\1\x14\2\0", 8);
  if (bytes.substr(0, 8) == kShortcut) return "application/x-ms-shortcut";
  // A text may begin with "MZ", too; a program is binary from there on.
  const auto next =
      bytes.substr(0, 2) == "MZ" ? bytes.substr(2, 6) : std::string_view();
  if (std::any_of(next.begin(), next.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x09;
      }))
    return "application/x-dosexec";
  for (const Known& known :
       {Known{"\x7f"
              "ELF",
              "application/x-executable"},
        Known{"x\x9f>\"", "application/ms-tnef"},
        Known{"ITSF\3", "application/x-chm"},
        Known{"[InternetShortcut]", "application/x-mswinurl"}})
    if (bytes.substr(0, known.first.size()) == known.first) return known.second;
  return {};
}

}  // namespace

void FileTypes::Close::operator()(magic_set* handle) const {
  ::magic_close(handle);
}

FileTypes::FileTypes() = default;
FileTypes::~FileTypes() = default;

Result<std::string> FileTypes::typeOf(std::string_view bytes) const {
  if (const auto known = certain(bytes); !known.empty())
    return std::string(known);
  if (const auto known = closedContainer(bytes))
    return std::string(known->type);
  bytes = bytes.substr(0, kLooksAt);
  auto handle = borrow();
  if (!handle) return std::move(handle).error();
  const char* type = ::magic_buffer(handle->get(), bytes.data(), bytes.size());
  // What it cannot make out is unknown; it stays usable.
  std::string answer(type == nullptr ? kUnknown : std::string_view(type));
  giveBack(*std::move(handle));
  return lower(answer);
}

Result<FileTypes::Handle> FileTypes::borrow() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto handle = std::move(idle_.back());
      idle_.pop_back();
      return handle;
    }
  }
  Handle handle(::magic_open(kFlags));
  if (!handle) return Error{ErrorCode::Unavailable, "libmagic: no memory"};
  if (::magic_load(handle.get(), nullptr) != 0) {
    const char* why = ::magic_error(handle.get());
    return Error{
        ErrorCode::Unavailable,
        std::string("libmagic: ") + (why == nullptr ? "no database" : why)};
  }
  return handle;
}

void FileTypes::giveBack(Handle handle) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

}  // namespace mailreeve::content
