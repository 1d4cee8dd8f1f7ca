// The MIME structure of a message as ranges of its bytes. Nothing is copied and
// nothing is ever written back from here: who edits a message splices its bytes
// (splice.h).
//
// GMime reads the header fields. Where the parts lie we find ourselves, because
// GMime keeps an object for every part a sender cares to write (200,000 parts
// take 264 MB) and parses address fields, of nested messages too, recursively
// (50,000 groups overflow the stack): here both depth and number have a limit,
// and an address field is never parsed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const { return end - begin; }

  [[nodiscard]] std::string_view of(std::string_view bytes) const {
    return bytes.substr(begin, size());
  }

  friend bool operator==(const Range&, const Range&) = default;
};

struct MimeNode {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::string type;  // "text/plain"; what the header lacks is filled in.
  std::vector<std::pair<std::string, std::string>> parameters;  // Decoded.
  std::string charset;      // Lower case; empty when not given.
  std::string disposition;  // Lower case; empty when not given.
  std::string filename;  // Of the disposition, else name= of the type: UTF-8,
                         // whatever the sender chose; not fit for a path.
  std::vector<std::string> names;  // All different names it goes by.
  // Where it has none of its own, what else some programs call it by: of
  // Content-Location, Content-Description and Content-Name.
  std::vector<std::string> standInNames;
  std::string contentId;  // Without angle brackets.
  Encoding encoding = Encoding::SevenBit;
  bool hasType = false;      // There is a Content-Type field.
  bool hasEncoding = false;  // There is a Content-Transfer-Encoding field.

  Range headers;  // From the first field up to and including the empty line.
  Range body;     // Without the line end that belongs to the boundary.

  std::size_t parent = kNone;  // Index in nodes().
  std::vector<std::size_t> children;

  [[nodiscard]] bool isMultipart() const;

  [[nodiscard]] bool isLeaf() const { return children.empty(); }

  // The value of the parameter `name` (lower case); empty when there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

// What is wrong with a message, in the order of discovery. Clients disagree on
// such messages, so a policy may refuse them; we only report.
enum class Defect {
  DuplicateField,      // A second Content-* field of one name that says
                       // something else. We use the first.
  OversizedField,      // A Content-* field above the limit, read cut.
  BadHeaderLine,       // Neither field, nor continuation, nor empty line.
  BareReturn,          // A CR within a line of a header. Some end a line
                       // there, and read other fields.
  TextBeforeHeader,    // A part begins with such a line, Content-* fields
                       // follow. We read them; others may see a text.
  InvalidType,         // A Content-Type that cannot be read.
  NoBoundary,          // A multipart without the boundary parameter.
  NoParts,             // A multipart in which the boundary never comes.
  MissingEndBoundary,  // A multipart that ends with its surroundings.
  UnclearBoundary,     // A line that begins as a boundary does and is none to
                       // us, one behind a bare CR, or behind the last. Others
                       // split there.
  RepeatedBoundary,    // The boundary of an enclosing multipart, again.
  EncodedContainer,    // A multipart or message in base64 or
                       // quoted-printable; read as if it were not.
  UnknownEncoding,     // A Content-Transfer-Encoding nobody knows.
  TooDeep,             // Nested above the limit; what is below is not split.
  TooManyParts,        // Above the limit; what follows is not split.
};

[[nodiscard]] std::string_view describe(Defect defect);

struct MimeLimits {
  std::size_t depth = 50;
  std::size_t parts = 2000;
  std::size_t fieldSize = 4U << 10U;  // More is read for names only.
};

struct MimeFinding {
  Defect defect;
  std::size_t node;
};

class MimeTree {
 public:
  // Never fails: what cannot be split stays a leaf, with a finding. The tree
  // holds positions in `bytes`, not the bytes.
  [[nodiscard]] static MimeTree parse(std::string_view bytes,
                                      const MimeLimits& limits = {});

  // In document order: a parent stands before its children. Never empty.
  [[nodiscard]] const std::vector<MimeNode>& nodes() const { return nodes_; }

  [[nodiscard]] const MimeNode& root() const { return nodes_.front(); }

  [[nodiscard]] const std::vector<MimeFinding>& findings() const {
    return findings_;
  }

  [[nodiscard]] bool has(Defect defect) const;

  // Whether `node` or one of those it lies in satisfies `wanted`.
  template <class Predicate>
  [[nodiscard]] bool anyAncestorOrSelf(std::size_t node,
                                       Predicate wanted) const {
    for (; node != MimeNode::kNone; node = nodes_[node].parent)
      if (wanted(nodes_[node])) return true;
    return false;
  }

 private:
  friend class MimeParser;

  std::vector<MimeNode> nodes_;
  std::vector<MimeFinding> findings_;
};

// S/MIME in one piece, signed or encrypted (RFC 8551 section 3.2).
[[nodiscard]] bool isSmime(std::string_view type);

// A changed byte in it breaks a signature or a cipher text.
[[nodiscard]] bool isSealed(const MimeNode& node);

// The same of a part of something that is.
[[nodiscard]] bool isSealed(const MimeTree& tree, std::size_t part);

// The content of a leaf without its transfer encoding.
[[nodiscard]] std::string decode(const MimeNode& node, std::string_view bytes);

// How long decode() would be; keeps no decoded byte.
[[nodiscard]] std::size_t decodedSize(const MimeNode& node,
                                      std::string_view bytes);

// The value of the first field called `name` in the header that `headers` of
// `bytes` holds: unfolded and trimmed.
[[nodiscard]] std::optional<std::string> fieldValue(std::string_view bytes,
                                                    const Range& headers,
                                                    std::string_view name);

}  // namespace mailreeve::mail
