// MimeTree::parse: reads the header of a part, splits its body at the boundary,
// and does the same with each piece, within the limits.
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/mail/content_fields.h"
#include "core/mail/header_block.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kDashes = "--";

// RFC 2046 section 5.1.1 allows 70; senders use more.
constexpr std::size_t kMaxBoundary = 250;

// One boundary line.
struct Delimiter {
  std::size_t begin = 0;  // Of the line end before it, which belongs to it.
  std::size_t end = 0;    // Behind its own line end.
  bool last = false;
};

// Finds the boundary lines of one multipart, from left to right.
class Delimiters {
 public:
  Delimiters(std::string_view bytes, const Range& body, std::string_view name)
      : bytes_(bytes.substr(0, body.end)),
        first_(body.begin),
        at_(body.begin),
        line_(std::string(kDashes) + std::string(name)) {}

  [[nodiscard]] bool next(Delimiter& found) {
    while (at_ < bytes_.size()) {
      const std::size_t start = bytes_.find(line_, at_);
      if (start == std::string_view::npos) return false;
      at_ = start + 1;
      if (start != first_ && bytes_[start - 1] != '\n') continue;
      if (!readRest(start + line_.size(), found)) continue;
      found.begin = lineEndBefore(start);
      at_ = found.end;
      return true;
    }
    return false;
  }

 private:
  // Nothing but "--" and blanks may follow: "--abc" does not end "--ab".
  [[nodiscard]] bool readRest(std::size_t at, Delimiter& found) const {
    found.last = bytes_.substr(at, 2) == kDashes;
    if (found.last) at += 2;
    at = bytes_.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) at = bytes_.size();
    if (bytes_.substr(at, 2) == "\r\n")
      found.end = at + 2;
    else if (bytes_.substr(at, 1) == "\n")
      found.end = at + 1;
    else
      found.end = at;
    return found.end > at || at == bytes_.size();
  }

  [[nodiscard]] std::size_t lineEndBefore(std::size_t start) const {
    if (start > first_ && bytes_[start - 1] == '\n') --start;
    if (start > first_ && bytes_[start - 1] == '\r') --start;
    return start;
  }

  std::string_view bytes_;
  std::size_t first_;
  std::size_t at_;
  std::string line_;
};

// message/partial and message/external-body hold no message to look into.
bool holdsMessage(const MimeNode& node) {
  return node.type == "message/rfc822" || node.type == "message/global" ||
         node.type == "message/news";
}

}  // namespace

class MimeParser {
 public:
  MimeParser(std::string_view bytes, const MimeLimits& limits)
      : bytes_(bytes), limits_(limits) {}

  [[nodiscard]] MimeTree parse() {
    addNode({0, bytes_.size()}, MimeNode::kNone, "text/plain", 0);
    return std::move(tree_);
  }

 private:
  void note(Defect defect, std::size_t node) {
    tree_.findings_.push_back({defect, node});
  }

  [[nodiscard]] MimeNode& at(std::size_t node) { return tree_.nodes_[node]; }

  // By value: adding a node moves those that are there.
  void addNode(Range whole,
               std::size_t parent,
               std::string_view defaultType,
               std::size_t depth) {
    const std::size_t index = tree_.nodes_.size();
    tree_.nodes_.emplace_back();
    at(index).parent = parent;
    at(index).type = defaultType;
    if (parent != MimeNode::kNone) at(parent).children.push_back(index);
    readHeader(index, whole);
    if (at(index).isMultipart())
      splitMultipart(index, depth);
    else if (holdsMessage(at(index)))
      enterMessage(index, depth);
  }

  void readHeader(std::size_t index, const Range& whole) {
    HeaderBlock block(bytes_, whole.begin, whole.end);
    bool disposition = false;
    for (Field field; block.next(field);) {
      if (!startsWithIgnoringCase(field.name, "content-")) continue;
      MimeNode& node = at(index);
      if (equalsIgnoringCase(field.name, "content-type")) {
        if (!once(node.hasType, index)) continue;
        if (!readContentType(value(field, index), node))
          note(Defect::InvalidType, index);
      } else if (equalsIgnoringCase(field.name, "content-transfer-encoding")) {
        if (!once(node.hasEncoding, index)) continue;
        readEncoding(value(field, index), index);
      } else if (equalsIgnoringCase(field.name, "content-disposition")) {
        if (once(disposition, index))
          readDisposition(value(field, index), node);
      } else if (equalsIgnoringCase(field.name, "content-id")) {
        readContentId(value(field, index), node);
      }
    }
    if (block.malformed()) note(Defect::BadHeaderLine, index);
    at(index).headers = {whole.begin, block.end()};
    at(index).body = {block.end(), whole.end};
    finishContentFields(at(index));
  }

  [[nodiscard]] bool once(bool& seen, std::size_t index) {
    if (seen) note(Defect::DuplicateField, index);
    return !std::exchange(seen, true);
  }

  [[nodiscard]] std::string value(const Field& field, std::size_t index) {
    if (field.value.size() > limits_.fieldSize)
      note(Defect::OversizedField, index);
    return unfold(field.value.substr(0, limits_.fieldSize));
  }

  void readEncoding(const std::string& value, std::size_t index) {
    // A comment or parameter behind the token is not part of it.
    at(index).encoding =
        encodingOf(value.substr(0, value.find_first_of(";( ")));
    if (at(index).encoding == Encoding::Unknown)
      note(Defect::UnknownEncoding, index);
  }

  static void readContentId(std::string_view value, MimeNode& node) {
    if (value.size() >= 2 && value.front() == '<' && value.back() == '>')
      value = value.substr(1, value.size() - 2);
    node.contentId = value;
  }

  // What may not be split stays a leaf.
  [[nodiscard]] bool mayDescend(std::size_t index, std::size_t depth) {
    if (depth >= limits_.depth) note(Defect::TooDeep, index);
    return depth < limits_.depth;
  }

  [[nodiscard]] bool mayAdd(std::size_t index) {
    if (tree_.nodes_.size() < limits_.parts) return true;
    if (!tree_.has(Defect::TooManyParts)) note(Defect::TooManyParts, index);
    return false;
  }

  void enterMessage(std::size_t index, std::size_t depth) {
    if (!isIdentity(at(index).encoding)) {
      note(Defect::EncodedContainer, index);
      return;
    }
    if (!mayDescend(index, depth) || !mayAdd(index)) return;
    addNode(at(index).body, index, "text/plain", depth + 1);
  }

  void splitMultipart(std::size_t index, std::size_t depth) {
    if (!isIdentity(at(index).encoding)) note(Defect::EncodedContainer, index);
    const std::string boundary(at(index).parameter("boundary"));
    if (boundary.empty() || boundary.size() > kMaxBoundary) {
      note(Defect::NoBoundary, index);
      return;
    }
    if (tree_.anyAncestorOrSelf(at(index).parent, [&](const MimeNode& node) {
          return node.isMultipart() && node.parameter("boundary") == boundary;
        }))
      note(Defect::RepeatedBoundary, index);
    if (mayDescend(index, depth)) addParts(index, boundary, depth);
  }

  void addParts(std::size_t index,
                const std::string& boundary,
                std::size_t depth) {
    const std::string_view childType =
        at(index).type == "multipart/digest" ? "message/rfc822" : "text/plain";
    const Range body = at(index).body;
    Delimiters delimiters(bytes_, body, boundary);
    Delimiter opening;
    if (!delimiters.next(opening) || opening.last) {
      note(Defect::NoParts, index);
      return;
    }
    for (bool ended = false; !ended;) {
      if (!mayAdd(index)) return;
      Delimiter closing;
      if (!delimiters.next(closing)) {
        closing = {body.end, body.end, true};
        note(Defect::MissingEndBoundary, index);
      }
      const std::size_t stop = std::max(opening.end, closing.begin);
      addNode({opening.end, stop}, index, childType, depth + 1);
      ended = closing.last;
      opening = closing;
    }
  }

  std::string_view bytes_;
  MimeLimits limits_;
  MimeTree tree_;
};

MimeTree MimeTree::parse(std::string_view bytes, const MimeLimits& limits) {
  return MimeParser(bytes, limits).parse();
}

}  // namespace mailreeve::mail
