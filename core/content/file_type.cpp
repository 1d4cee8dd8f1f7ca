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

// Its expressions look at no more (MAGIC_PARAM_REGEX_MAX).
constexpr std::size_t kExpressionsLookAt = std::size_t{8} << 10U;
constexpr std::size_t kLongRun = 256;

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

bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::size_t endOfSpace(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && isSpace(bytes[at])) ++at;
  return at;
}

// Whether blank lines by the hundred stand where the expressions look: they
// take time with the square of such a run (a MiB of line ends took 0.23 s of
// CPU, and cut takes less than 0.02 s), and see nothing behind it. No format of
// another kind has one there.
bool hasLongRun(std::string_view bytes) {
  const auto head = bytes.substr(0, kExpressionsLookAt);
  for (std::size_t at = 0; at < head.size();) {
    const auto end = endOfSpace(head, at);
    if (end - at >= kLongRun &&
        head.substr(at, end - at).find('\n') != std::string_view::npos)
      return true;
    at = end + 1;
  }
  return false;
}

// With runs of blanks and line ends cut to a size that costs nothing.
std::string withoutLongRuns(std::string_view bytes) {
  constexpr std::size_t kKept = 64;
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto end = endOfSpace(bytes, at);
    out += bytes.substr(at, std::min(end - at, kKept));
    if (end < bytes.size()) out += bytes[end];
    at = end + 1;
  }
  return out;
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
  if (hasLongRun(bytes)) return ask(withoutLongRuns(bytes));
  return ask(bytes);
}

Result<std::string> FileTypes::ask(std::string_view bytes) const {
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
