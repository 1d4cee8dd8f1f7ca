// MimeTree::parse: reads the header of a part, splits its body at the boundary,
// and does the same with each piece, within the limits.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/mail/content_fields.h"
#include "core/mail/header_block.h"
#include "core/mail/mime_tree.h"
#include "core/mail/part_names.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kDashes = "--";

// RFC 2046 section 5.1.1 allows 70; senders use more, and all mail programs
// take what fits on a line.
constexpr std::size_t kMaxBoundary = 998;
// Dovecot looks no further.
constexpr std::size_t kBoundaryCompared = 70;
constexpr std::size_t kMaxUnclear = 100;
// A name may be cut into many pieces.
constexpr std::size_t kMaxParameters = 100;
constexpr std::size_t kMaxLine = 998;
constexpr std::size_t kMaxTextLines = 50;

// One boundary line.
struct Delimiter {
  std::size_t begin = 0;  // Of the line end before it, which belongs to it.
  std::size_t end = 0;    // Behind its own line end.
  bool last = false;
};

// Where the lines that begin with "--" stand, and what is a line to those who
// end one at a bare CR. All multiparts ask the same list, so that nobody
// searches the same bytes once for each level, nor for long boundaries in a
// body that is nothing but dashes.
class DashLines {
 public:
  explicit DashLines(std::string_view bytes) {
    for (auto at = bytes.find('\n'); at != std::string_view::npos;
         at = bytes.find('\n', at + 1))
      if (bytes.substr(at + 1, kDashes.size()) == kDashes)
        lines_.push_back(at + 1);
    const auto bare = static_cast<std::ptrdiff_t>(lines_.size());
    constexpr std::string_view kBare = "\r--";
    for (auto at = bytes.find(kBare); at != std::string_view::npos;
         at = bytes.find(kBare, at + 1))
      lines_.push_back(at + 1);
    std::inplace_merge(lines_.begin(), lines_.begin() + bare, lines_.end());
  }

  // The number of the first at `from` or behind it.
  [[nodiscard]] std::size_t number(std::size_t from) const {
    return static_cast<std::size_t>(
        std::lower_bound(lines_.begin(), lines_.end(), from) - lines_.begin());
  }

  // Where line `number` begins; npos: there is none.
  [[nodiscard]] std::size_t at(std::size_t number) const {
    return number < lines_.size() ? lines_[number] : std::string_view::npos;
  }

 private:
  std::vector<std::size_t> lines_;
};

// Finds the boundary lines of one multipart, from left to right.
class Delimiters {
 public:
  Delimiters(std::string_view bytes,
             const DashLines& lines,
             const Range& body,
             std::string_view name)
      : bytes_(bytes.substr(0, body.end)),
        lines_(lines),
        first_(body.begin),
        at_(body.begin),
        number_(lines.number(body.begin)),
        line_(std::string(kDashes) + std::string(name)) {}

  [[nodiscard]] bool next(Delimiter& found) {
    for (std::size_t start = nextStart(); start < bytes_.size();
         start = nextStart()) {
      at_ = start + 1;
      const auto rest = bytes_.substr(start);
      if (!rest.starts_with(std::string_view(line_).substr(
              0, kDashes.size() + kBoundaryCompared)))
        continue;
      if (start > first_ && bytes_[start - 1] == '\r') {
        behindBareReturn_ = true;
        continue;
      }
      if (!rest.starts_with(line_) || !readRest(start + line_.size(), found)) {
        noteUnclear(start);
        continue;
      }
      found.begin = lineEndBefore(start);
      at_ = found.end;
      return true;
    }
    return false;
  }

  // What begins like a boundary stands behind a CR without LF.
  [[nodiscard]] bool behindBareReturn() const { return behindBareReturn_; }

  // Lines that begin like a boundary.
  [[nodiscard]] const std::vector<std::string_view>& unclear() const {
    return unclear_;
  }

 private:
  // Of the next line that begins with dashes. A body may begin with one.
  [[nodiscard]] std::size_t nextStart() {
    if (at_ == first_ && bytes_.substr(at_).starts_with(kDashes)) return at_;
    while (lines_.at(number_) < at_) ++number_;
    return lines_.at(number_);
  }

  void noteUnclear(std::size_t start) {
    if (unclear_.size() >= kMaxUnclear) return;
    const auto line = bytes_.substr(start, bytes_.find('\n', start) - start);
    unclear_.push_back(trim(line.substr(0, kMaxLine)));
  }

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
  const DashLines& lines_;
  std::size_t first_;
  std::size_t at_;
  std::size_t number_;  // Of the next line with dashes.
  std::string line_;
  bool behindBareReturn_ = false;
  std::vector<std::string_view> unclear_;
};

bool hasBareReturn(std::string_view text) {
  for (auto at = text.find('\r'); at != std::string_view::npos;
       at = text.find('\r', at + 1))
    if (text.substr(at + 1, 1) != "\n") return true;
  return false;
}

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
    judgeUnclear();
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
    const std::size_t begin = headerBegin(whole);
    if (begin != whole.begin) note(Defect::TextBeforeHeader, index);
    HeaderBlock block(bytes_, begin, whole.end);
    Seen type, encoding, disposition;
    std::vector<std::string> names, standIns;
    for (Field field; block.next(field);) {
      if (!startsWithIgnoringCase(field.name, "content-")) continue;
      MimeNode& node = at(index);
      if (equalsIgnoringCase(field.name, "content-type")) {
        readNames(field, index, names);
        if (!once(type, field, index)) continue;
        node.hasType = true;
        readType(value(field, index), index);
      } else if (equalsIgnoringCase(field.name, "content-transfer-encoding")) {
        if (!once(encoding, field, index)) continue;
        node.hasEncoding = true;
        readEncoding(value(field, index), index);
      } else if (equalsIgnoringCase(field.name, "content-disposition")) {
        readNames(field, index, names);
        if (once(disposition, field, index))
          readDisposition(value(field, index), node);
      } else if (equalsIgnoringCase(field.name, "content-id")) {
        readContentId(value(field, index), node);
      } else {
        readStandIn(field, standIns);
      }
    }
    if (block.malformed()) note(Defect::BadHeaderLine, index);
    at(index).headers = {whole.begin, block.end()};
    if (hasBareReturn(at(index).headers.of(bytes_)))
      note(Defect::BareReturn, index);
    at(index).body = {block.end(), whole.end};
    finishContentFields(names, std::move(standIns), at(index));
  }

  // Behind lines that are no fields, if fields about the content follow before
  // the first empty line: there are programs that skip what they cannot read.
  [[nodiscard]] std::size_t headerBegin(const Range& whole) const {
    const auto part = whole.of(bytes_);
    if (!HeaderBlock(bytes_, whole.begin, whole.end).beginsWithText())
      return whole.begin;
    std::size_t at = 0;
    for (std::size_t lines = 0; lines < kMaxTextLines; ++lines) {
      const auto end = part.find('\n', at);
      if (end == std::string_view::npos) break;
      at = end + 1;
      const auto line = part.substr(at, part.substr(at, kMaxLine).find('\n'));
      if (trim(line).empty()) break;
      if (startsWithIgnoringCase(line, "content-") &&
          line.find(':') != std::string_view::npos)
        return whole.begin + at;
    }
    return whole.begin;
  }

  void readNames(const Field& field,
                 std::size_t index,
                 std::vector<std::string>& names) {
    if (!collectNames(field.value, names)) note(Defect::OversizedField, index);
  }

  static void readStandIn(const Field& field, std::vector<std::string>& names) {
    std::string name;
    if (equalsIgnoringCase(field.name, "content-location"))
      name = nameInLocation(field.value);
    else if (equalsIgnoringCase(field.name, "content-description") ||
             equalsIgnoringCase(field.name, "content-name"))
      name = nameInDescription(field.value);
    if (!name.empty() && names.size() < kMaxNames)
      names.push_back(std::move(name));
  }

  // The value of the first field of one name.
  using Seen = std::optional<std::string_view>;

  [[nodiscard]] bool once(Seen& seen, const Field& field, std::size_t index) {
    if (!seen) {
      seen = field.value;
      return true;
    }
    if (!equalsIgnoringCase(trim(*seen), trim(field.value)))
      note(Defect::DuplicateField, index);
    return false;
  }

  [[nodiscard]] std::string value(const Field& field, std::size_t index) {
    auto value = field.value.substr(0, limits_.fieldSize);
    std::size_t parameters = 0;
    for (auto at = value.find(';'); at != std::string_view::npos;
         at = value.find(';', at + 1))
      if (++parameters > kMaxParameters) value = value.substr(0, at);
    if (value.size() < field.value.size()) note(Defect::OversizedField, index);
    return unfold(value);
  }

  void readType(const std::string& value, std::size_t index) {
    MimeNode& node = at(index);
    if (!readContentType(value, node)) note(Defect::InvalidType, index);
    if (node.isMultipart() &&
        !isPlainBoundary(value, node.parameter("boundary")))
      note(Defect::UnclearBoundary, index);
  }

  // Named once, and as it stands: whoever decodes it, or takes the second,
  // finds other parts.
  [[nodiscard]] static bool isPlainBoundary(std::string_view value,
                                            std::string_view boundary) {
    constexpr std::string_view kName = "boundary";
    const std::string text = lower(value);
    std::size_t times = 0;
    for (auto at = text.find(kName); at != std::string::npos;
         at = text.find(kName, at + 1)) {
      if (at > 0 && std::string_view("; \t,").find(text[at - 1]) ==
                        std::string_view::npos)
        continue;
      const auto next = text.find_first_not_of(" \t", at + kName.size());
      if (next == std::string::npos) continue;
      if (text[next] == '*') return true;  // In pieces, or encoded: RFC 2231.
      if (text[next] != '=') continue;
      const auto rest = value.substr(
          std::min(value.find_first_not_of(" \t\"", next + 1), value.size()));
      if (++times > 1 || !rest.starts_with(boundary)) return false;
    }
    return true;
  }

  void readEncoding(const std::string& value, std::size_t index) {
    // A comment or parameter is not part of it, whatever stands first.
    std::string_view token = value;
    while (token.starts_with('(') && token.find(')') != std::string_view::npos)
      token = trim(token.substr(token.find(')') + 1));
    while (token.starts_with('"')) token.remove_prefix(1);
    at(index).encoding =
        encodingOf(token.substr(0, token.find_first_of(";,(\" \t")));
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
    std::string_view named = at(index).parameter("boundary");
    // RFC 2046 section 5.1.1: it does not end in a blank.
    while (named.ends_with(' ')) named.remove_suffix(1);
    const std::string boundary(named);
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
    if (!dashLines_) dashLines_.emplace(bytes_);
    Delimiters delimiters(bytes_, *dashLines_, at(index).body, boundary);
    readParts(index, childType, depth, delimiters);
    if (delimiters.behindBareReturn()) note(Defect::UnclearBoundary, index);
    for (const auto line : delimiters.unclear())
      unclear_.push_back({line, index});
  }

  void readParts(std::size_t index,
                 std::string_view childType,
                 std::size_t depth,
                 Delimiters& delimiters) {
    const Range body = at(index).body;
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
    Delimiter another;
    if (opening.end < body.end && delimiters.next(another))
      note(Defect::UnclearBoundary, index);
  }

  // A boundary may be the beginning of another one within.
  void judgeUnclear() {
    if (unclear_.empty()) return;
    std::unordered_set<std::string> lines;
    for (const auto& node : tree_.nodes_)
      if (node.isMultipart()) {
        const std::string line =
            std::string(kDashes) + std::string(node.parameter("boundary"));
        lines.insert(line + std::string(kDashes));
        lines.insert(line);
      }
    for (const auto& [line, index] : unclear_)
      if (!lines.contains(std::string(line))) {
        note(Defect::UnclearBoundary, index);
        return;
      }
  }

  struct Unclear {
    std::string_view line;
    std::size_t node;
  };

  std::string_view bytes_;
  MimeLimits limits_;
  MimeTree tree_;
  std::optional<DashLines> dashLines_;
  std::vector<Unclear> unclear_;
};

MimeTree MimeTree::parse(std::string_view bytes, const MimeLimits& limits) {
  return MimeParser(bytes, limits).parse();
}

}  // namespace mailreeve::mail
