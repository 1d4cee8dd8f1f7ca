// Elements of X.690: tag 1 | length 1, or 0x80 + n and n bytes | content. A
// length of 0x80 is not told: the content ends with an element of two zeros.
//
//   ContentInfo = SEQUENCE { OID | [0] { content } }
//   SignedData = SEQUENCE { INTEGER | SET | SEQUENCE { OID | [0] { OCTETS } }
//   ..
#include "core/content/cms.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace mailreeve::content {

namespace {

using namespace std::string_view_literals;

constexpr unsigned char kEndOfContent = 0x00;
constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kOid = 0x06;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kSet = 0x31;
constexpr unsigned char kConstructedOctets = 0x24;
constexpr unsigned char kExplicit0 = 0xa0;

constexpr std::size_t kMaxDepth = 16;
constexpr auto kPkcs7 = "\x2a\x86\x48\x86\xf7\x0d\x01\x07"sv;
constexpr auto kSmime = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"sv;

// The kinds of content: the last number of the OID, behind which prefix told.
constexpr unsigned kData = 1;
constexpr unsigned kSigned = 2;
constexpr unsigned kEnveloped = 3;
constexpr unsigned kSignedAndEnveloped = 4;
constexpr unsigned kEncrypted = 6;
constexpr unsigned kOfSmime = 0x100;
constexpr unsigned kAuthEnveloped = kOfSmime + 23;

// 0: none of those.
unsigned numberOf(std::string_view oid) {
  for (const auto prefix : {kPkcs7, kSmime})
    if (oid.size() == prefix.size() + 1 && oid.starts_with(prefix))
      return (prefix == kSmime ? kOfSmime : 0U) +
             static_cast<unsigned char>(oid.back());
  return 0;
}

struct Element {
  unsigned char tag = kEndOfContent;
  std::string_view content;
  std::size_t size = 0;  // With its header.
};

struct Header {
  unsigned char tag = kEndOfContent;
  std::size_t size = 0;
  std::optional<std::size_t> length;  // None: it is not told.
};

std::optional<Header> readHeader(std::string_view bytes) {
  if (bytes.size() < 2 ||
      (static_cast<unsigned char>(bytes[0]) & 0x1fU) == 0x1f)
    return std::nullopt;
  Header out{static_cast<unsigned char>(bytes[0]), 2, std::nullopt};
  const auto first = static_cast<unsigned char>(bytes[1]);
  if (first == 0x80) return out;
  if (first < 0x80) {
    out.length = first;
    return out;
  }
  const std::size_t more = first & 0x7fU;
  if (more > 8 || bytes.size() < 2 + more) return std::nullopt;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < more; ++i)
    length = length << 8U | static_cast<unsigned char>(bytes[2 + i]);
  out.size += more;
  out.length = length;
  return out;
}

// The first element in `bytes`; none when it is not all there.
std::optional<Element> firstIn(std::string_view bytes, std::size_t depth = 0) {
  const auto header = readHeader(bytes);
  if (!header || depth > kMaxDepth) return std::nullopt;
  const auto rest = bytes.substr(header->size);
  if (header->length) {
    if (*header->length > rest.size()) return std::nullopt;
    return Element{header->tag,
                   rest.substr(0, *header->length),
                   header->size + *header->length};
  }
  std::size_t at = 0;
  for (;;) {
    const auto child = firstIn(rest.substr(at), depth + 1);
    if (!child) return std::nullopt;
    if (child->tag == kEndOfContent)
      return Element{
          header->tag, rest.substr(0, at), header->size + at + child->size};
    at += child->size;
  }
}

// Reads the elements in another one, in order.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::optional<Element> next() {
    const auto element = firstIn(rest_);
    if (element) rest_.remove_prefix(element->size);
    return element;
  }

  [[nodiscard]] std::optional<std::string_view> next(unsigned char tag) {
    const auto element = next();
    if (!element || element->tag != tag) return std::nullopt;
    return element->content;
  }

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// In one piece or in many, pieces in pieces. False: not octets after all.
bool appendOctets(const Element& element, std::size_t depth, std::string& out) {
  if (element.tag == kOctets) {
    out += element.content;
    return true;
  }
  if (element.tag != kConstructedOctets || depth > kMaxDepth) return false;
  for (Reader reader(element.content); !reader.atEnd();) {
    const auto piece = reader.next();
    if (!piece || !appendOctets(*piece, depth + 1, out)) return false;
  }
  return true;
}

Cms readable(std::string_view octets) {
  Cms out{Cms::Kind::Readable, {}};
  const auto element = firstIn(octets);
  if (!element || !appendOctets(*element, 0, out.content))
    return {Cms::Kind::Closed, {}};
  return out;
}

Cms readSigned(std::string_view bytes) {
  Reader outer(bytes);
  const auto data = outer.next(kSequence);
  if (!data) return {Cms::Kind::Closed, {}};
  Reader inside(*data);
  if (!inside.next(kInteger) || !inside.next(kSet))
    return {Cms::Kind::Closed, {}};
  const auto enclosed = inside.next(kSequence);
  if (!enclosed) return {Cms::Kind::Closed, {}};
  Reader reader(*enclosed);
  const auto oid = reader.next(kOid);
  if (!oid) return {Cms::Kind::Closed, {}};
  if (reader.atEnd()) return {Cms::Kind::Readable, {}};
  const auto content = reader.next(kExplicit0);
  if (!content || numberOf(*oid) != kData) return {Cms::Kind::Closed, {}};
  return readable(*content);
}

}  // namespace

bool isCms(std::string_view head) {
  const auto outer = readHeader(head);
  if (!outer || outer->tag != kSequence) return false;
  const auto oid = readHeader(head.substr(outer->size));
  return oid && oid->tag == kOid && oid->length &&
         numberOf(
             head.substr(outer->size + oid->size).substr(0, *oid->length)) != 0;
}

Cms readCms(std::string_view bytes) {
  if (!isCms(bytes)) return {};
  const auto outer = firstIn(bytes);
  if (!outer) return {Cms::Kind::Closed, {}};
  Reader reader(outer->content);
  const auto oid = reader.next(kOid);
  const auto content = reader.next(kExplicit0);
  if (!oid || !content) return {Cms::Kind::Closed, {}};
  switch (numberOf(*oid)) {
    case kData:
      return readable(*content);
    case kSigned:
      return readSigned(*content);
    case kEnveloped:
    case kSignedAndEnveloped:
    case kEncrypted:
    case kAuthEnveloped:
      return {Cms::Kind::Encrypted, {}};
    default:
      return {Cms::Kind::Closed, {}};
  }
}

}  // namespace mailreeve::content
