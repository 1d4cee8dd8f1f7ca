#include "core/content/pdf.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/inflate.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kStream = "stream";
constexpr std::size_t kMostObjects = std::size_t{16} << 20U;  // Bytes, in all.
constexpr std::size_t kMostStreams = 5'000;

// ISO 32000-1, 7.2.2.
constexpr std::string_view kBlanks("\0\t\n\f\r ", 6);
constexpr std::string_view kEndOfName("\0\t\n\f\r ()<>[]{}/%", 16);

std::string_view withoutBlanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// What follows `name` at the start of `text`. Any character of a name may be
// written as "#" and two digits (7.3.5).
std::optional<std::string_view> behindName(std::string_view text,
                                           std::string_view name) {
  for (const char wanted : name) {
    if (text.empty()) return std::nullopt;
    int is = static_cast<unsigned char>(text[0]);
    std::size_t length = 1;
    if (text[0] == '#' && text.size() >= 3) {
      const auto [end, problem] =
          std::from_chars(text.data() + 1, text.data() + 3, is, 16);
      if (problem != std::errc() || end != text.data() + 3) return std::nullopt;
      length = 3;
    }
    if (is != static_cast<unsigned char>(wanted)) return std::nullopt;
    text.remove_prefix(length);
  }
  return text;
}

// Whether one of the names in `bytes` begins with `name`, and `fits` what
// follows.
template <typename Fits>
bool hasName(std::string_view bytes, std::string_view name, Fits fits) {
  for (auto at = bytes.find('/'); at != kNone; at = bytes.find('/', at + 1))
    if (const auto rest = behindName(bytes.substr(at + 1), name))
      if (fits(*rest)) return true;
  return false;
}

bool hasName(std::string_view bytes, std::string_view name) {
  return hasName(bytes, name, [](std::string_view) { return true; });
}

bool hasWholeName(std::string_view bytes, std::string_view name) {
  return hasName(bytes, name, [](std::string_view rest) {
    return rest.empty() || kEndOfName.find(rest[0]) != kNone;
  });
}

// A file specification whose file lies in the document itself (7.11.3). The
// name is short, and chance writes it into pictures: so what follows counts.
bool holdsFile(std::string_view bytes) {
  return hasName(bytes, "EmbeddedFile") ||
         hasName(bytes, "EF", [](std::string_view rest) {
           rest = withoutBlanks(rest);
           return rest.starts_with("<<") || rest.starts_with('%') ||
                  (!rest.empty() && rest[0] >= '0' && rest[0] <= '9');
         });
}

// Objects that stand compressed in streams (7.5.7).
class ObjectStreams {
 public:
  explicit ObjectStreams(std::string_view bytes) : bytes_(bytes) {}

  // What stands before a stream says what it is; as far back as the last one,
  // so that no string in between, whatever it holds, can take that away.
  DocumentTraits look() {
    std::size_t from = 0;
    for (auto at = bytes_.find(kStream); at != kNone && !done();
         at = bytes_.find(kStream, at + 1)) {
      if (bytes_.substr(0, at).ends_with("end")) continue;
      const auto before = bytes_.substr(from, at - from);
      from = at + kStream.size();
      const bool named = hasWholeName(before, "ObjStm");
      if (named || hasWholeName(before, "First"))
        unpack(withoutBlanks(bytes_.substr(from)),
               named && hasName(before, "Filter"));
    }
    return std::move(traits_);
  }

 private:
  [[nodiscard]] bool done() const { return !traits_.unscannable.empty(); }

  // `sure`: they are compressed objects and nothing else.
  void unpack(std::string_view data, bool sure) {
    const auto objects = inflateZlib(data, kMostObjects - unpacked_);
    unpacked_ += objects.bytes.size();
    read_ += objects.taken;
    traits_.embedded = traits_.embedded || holdsFile(objects.bytes);
    // Whoever repeats himself would have the same bytes read for ever.
    if (objects.end == Inflated::End::Limit || ++streams_ > kMostStreams ||
        read_ > 4 * bytes_.size())
      traits_.unscannable = "a PDF of too many objects";
    else if (objects.end == Inflated::End::Damaged && sure)
      traits_.unscannable = "a PDF whose objects cannot be read";
  }

  std::string_view bytes_;
  DocumentTraits traits_;
  std::size_t unpacked_ = 0;
  std::size_t read_ = 0;
  std::size_t streams_ = 0;
};

}  // namespace

bool isPdf(std::string_view head) {
  // Readers take it anywhere in the first kilobyte.
  return head.substr(0, 1024).find("%PDF-") != kNone;
}

DocumentTraits lookIntoPdf(std::string_view bytes) {
  DocumentTraits traits;
  // The trailer, which names the key, is never compressed (7.5.8.2).
  if (hasName(bytes, "Encrypt"))
    traits.encrypted = true;
  else
    traits = ObjectStreams(bytes).look();
  traits.embedded = traits.embedded || holdsFile(bytes);
  return traits;
}

}  // namespace mailreeve::content
