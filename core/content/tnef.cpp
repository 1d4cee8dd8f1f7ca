// A stream is a signature, a key, and attributes:
//
//   level 1 | id 4 | length 4 | content | checksum 2        (little endian)
//
// attAttachRenddata begins a file, attAttachTitle is its short name,
// attAttachData its content; attAttachment is a list of MAPI properties, among
// them the long name and, for an embedded message, the content.
#include "core/content/tnef.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/mail/html_entity.h"

namespace mailreeve::content {

namespace {

constexpr std::uint32_t kSignature = 0x223e9f78;
constexpr std::size_t kHeader = 6;
constexpr std::size_t kMaxFiles = 1000;
constexpr std::size_t kMaxProperties = 2000;
constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kGuid = 16;
constexpr std::uint32_t kObject = 0x0d;  // A type; otherwise bytes.

enum Attribute : std::uint32_t {
  kAttachRenddata = 0x00069002,
  kAttachTitle = 0x00018010,
  kAttachData = 0x0006800f,
  kAttachment = 0x00069005,
};

enum Property : std::uint32_t {
  kAttachDataObject = 0x3701,
  kAttachFilename = 0x3704,
  kAttachLongFilename = 0x3707,
  kDisplayName = 0x3001,
};

// Reads from the front; once it has run out, all that follows is zero and
// ended() is true.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      ended_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  [[nodiscard]] std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    const auto bytes = take(size);
    for (std::size_t i = bytes.size(); i > 0; --i)
      value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
    return value;
  }

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

std::string upToNul(std::string_view text) {
  return std::string(text.substr(0, text.find('\0')).substr(0, kMaxName));
}

std::string fromUtf16(std::string_view text) {
  std::string out;
  Bytes units(text.substr(0, text.size() & ~std::size_t{1}));
  while (!units.empty() && out.size() < kMaxName) {
    std::uint32_t unit = units.number(2);
    if (unit == 0) break;
    if (unit >= 0xd800 && unit < 0xdc00 && !units.empty()) {
      const std::uint32_t low = units.number(2);
      unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
    }
    mail::appendUtf8(unit, out);
  }
  return out;
}

// The size of a value of this MAPI type; nothing: it says so itself.
std::optional<std::size_t> fixedSize(std::uint32_t type) {
  switch (type & 0xfffU) {
    case 0x01:  // null
      return 0;
    case 0x02:  // int16
    case 0x03:  // int32
    case 0x04:  // float
    case 0x0a:  // error
    case 0x0b:  // boolean
      return 4;
    case 0x05:  // double
    case 0x06:  // currency
    case 0x07:  // time
    case 0x14:  // int64
    case 0x40:  // file time
      return 8;
    case 0x48:  // GUID
      return kGuid;
    default:
      return std::nullopt;
  }
}

class MapiReader {
 public:
  MapiReader(std::string_view bytes, TnefFile& file)
      : bytes_(bytes), file_(file) {}

  // False: damaged.
  [[nodiscard]] bool read() {
    const auto count = bytes_.number(4);
    if (count > kMaxProperties) return false;
    for (std::uint32_t i = 0; i < count && !bytes_.ended(); ++i)
      if (!property()) return false;
    return !bytes_.ended();
  }

 private:
  [[nodiscard]] bool property() {
    const auto type = bytes_.number(2);
    const auto id = bytes_.number(2);
    if (id >= 0x8000) skipName();
    const auto size = fixedSize(type);
    const bool several = (type & 0x1000U) != 0;
    const std::uint32_t values = several || !size ? bytes_.number(4) : 1;
    if (values > kMaxProperties) return false;
    for (std::uint32_t i = 0; i < values && !bytes_.ended(); ++i)
      value(id, type, size ? *size : bytes_.number(4));
    return !bytes_.ended();
  }

  void skipName() {
    static_cast<void>(bytes_.take(kGuid));
    const auto kind = bytes_.number(4);
    const auto size = bytes_.number(4);
    if (kind == 1) takePadded(size);
  }

  std::string_view takePadded(std::size_t size) {
    const auto value = bytes_.take(size);
    // The last value of a list may lack its padding.
    const std::size_t padding = (4 - size % 4) % 4;
    if (padding > 0 && !bytes_.empty()) static_cast<void>(bytes_.take(padding));
    return value;
  }

  void value(std::uint32_t id, std::uint32_t type, std::size_t size) {
    const auto bytes = takePadded(size);
    if (id == kAttachDataObject) {
      // An embedded object begins with the id of its interface.
      const bool object = (type & 0xfffU) == kObject;
      file_.content = bytes.substr(object ? std::min(kGuid, bytes.size()) : 0);
    } else if (id == kAttachFilename || id == kAttachLongFilename ||
               id == kDisplayName) {
      const bool wide = (type & 0xfffU) == 0x1f;
      file_.names.push_back(wide ? fromUtf16(bytes) : upToNul(bytes));
    }
  }

  Bytes bytes_;
  TnefFile& file_;
};

}  // namespace

bool isTnef(std::string_view bytes) {
  return bytes.size() >= kHeader && Bytes(bytes).number(4) == kSignature;
}

TnefFiles readTnef(std::string_view stream) {
  TnefFiles found;
  Bytes bytes(stream);
  static_cast<void>(bytes.take(kHeader));
  while (!bytes.empty()) {
    static_cast<void>(bytes.take(1));
    const auto id = bytes.number(4);
    const auto content = bytes.take(bytes.number(4));
    static_cast<void>(bytes.take(2));
    if (id == kAttachRenddata) {
      if (found.files.size() >= kMaxFiles) break;
      found.files.emplace_back();
    }
    if (!found.files.empty()) {
      auto& file = found.files.back();
      if (id == kAttachTitle)
        file.names.push_back(upToNul(content));
      else if (id == kAttachData)
        file.content = content;
      else if (id == kAttachment && !MapiReader(content, file).read())
        found.damaged = true;
    }
    if (bytes.ended()) found.damaged = true;
  }
  if (!bytes.empty()) found.damaged = true;
  return found;
}

}  // namespace mailreeve::content
