#include "core/mail/part_names.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/encoded_words.h"
#include "core/mail/header_text.h"
#include "core/mail/percent.h"

namespace mailreeve::mail {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kMaxPieces = 100;
constexpr std::size_t kMaxGiven = 1000;  // Also of one name again and again.
// Of a name, and of all pieces of one: a file system ends at 255.
constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '*' || c == '-' || c == '_';
}

// The parameter's name that ends before `end`, blanks skipped.
std::string_view nameBefore(std::string_view field, std::size_t end) {
  constexpr std::size_t kLongest = 32;
  while (end > 0 && (field[end - 1] == ' ' || field[end - 1] == '\t')) --end;
  std::size_t begin = end;
  while (begin > 0 && end - begin < kLongest &&
         isNameCharacter(field[begin - 1]))
    --begin;
  return field.substr(begin, end - begin);
}

// What `field` begins with: up to the closing quote, or to a semicolon.
std::string valueOf(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  if (!field.starts_with('"'))
    return std::string(trim(field.substr(0, field.find(';'))));
  std::string out;
  for (std::size_t i = 1; i < field.size() && field[i] != '"'; ++i) {
    if (field[i] == '\\' && i + 1 < field.size()) ++i;
    out += field[i];
  }
  return out;
}

std::string withoutQuotes(std::string_view text) {
  std::string out(text);
  std::erase(out, '"');
  return out;
}

// What others make of it: no escapes, quotes that are dropped, or more behind
// them.
std::vector<std::string> otherValuesOf(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  const auto upToEnd = trim(field.substr(0, field.find(';')));
  std::vector<std::string> out;
  if (!field.starts_with('"')) {
    if (upToEnd.find('"') != kNone) out.push_back(withoutQuotes(upToEnd));
    return out;
  }
  std::size_t end = 1;
  while (end < field.size() && field[end] != '"')
    end += field[end] == '\\' ? 2U : 1U;
  const auto inside = field.substr(1, std::min(end, field.size()) - 1);
  if (inside.find('\\') != kNone) {
    const auto literal = inside.substr(0, inside.find('"'));
    out.emplace_back(literal.substr(0, literal.find_last_not_of('\\') + 1));
  }
  const auto behind = field.substr(std::min(end + 1, field.size()));
  if (behind.find_first_of(" \t;,(") != 0 && !behind.empty())
    out.push_back(withoutQuotes(upToEnd));
  return out;
}

// A byte order mark is what "utf-16" and "utf-32" are known by. Without one,
// some programs read the one order and some the other.
std::vector<const Charset*> charsetsOf(std::string_view name,
                                       std::string_view bytes) {
  const auto* charset = findCharset(name);
  if (charset == nullptr) return {};
  const bool open = charset->name == "utf-16" || charset->name == "utf-32";
  const auto* marked = charsetOfMark(bytes);
  if (!open || (marked != nullptr && marked != charset)) return {charset};
  const std::string base(charset->name);
  return {findCharset(base + "be"), findCharset(base + "le")};
}

// `bytes` in UTF-8, in every way they may be meant.
std::vector<std::string> readings(const std::string& bytes,
                                  std::string_view charset) {
  std::vector<std::string> texts;
  for (const auto* each : charsetsOf(charset, bytes))
    if (auto text = toUtf8(bytes, *each)) texts.push_back(*std::move(text));
  if (texts.empty()) texts.push_back(bytes);
  return texts;
}

// One of the pieces that a value may be cut into (RFC 2231 section 3), or all
// of it.
struct Piece {
  std::size_t number = 0;
  bool percent = false;
  std::string raw;
};

// The value that `pieces` make. RFC 2231 section 4: charset'language'text, the
// first two in the first piece.
std::vector<std::string> joined(const std::vector<Piece>& pieces) {
  std::string charset;
  std::string bytes;
  bool percent = false;
  for (const auto& piece : pieces) {
    std::string_view rest = piece.raw;
    const auto first = rest.find('\'');
    const auto second = first == kNone ? kNone : rest.find('\'', first + 1);
    if (piece.percent && !percent && second != kNone) {
      charset = rest.substr(0, first);
      rest.remove_prefix(second + 1);
    }
    percent = percent || piece.percent;
    bytes += piece.percent ? decodeMarked(rest, '%') : std::string(rest);
  }
  return percent ? readings(bytes, charset)
                 : std::vector<std::string>{decodeWords(bytes)};
}

void add(std::string_view name, std::vector<std::string>& names) {
  const auto text = anyAsUtf8(trim(name));
  if (!text.empty() &&
      std::find(names.begin(), names.end(), text) == names.end())
    names.push_back(text);
}

void addAll(const std::vector<Piece>& pieces, std::vector<std::string>& names) {
  for (const auto& name : joined(pieces))
    // Some end where the NUL stands.
    for (const auto cut : {name.find('\0'), name.size()}) {
      std::string text = name.substr(0, std::min(cut, name.size()));
      std::replace(text.begin(), text.end(), '\0', ' ');
      add(text, names);
    }
}

// What becomes of pieces that come twice, or are missing, is for each program
// to say: one keeps the first, another the last or all, one stops at the gap.
void addCutUp(const std::vector<Piece>& pieces,
              std::vector<std::string>& names) {
  if (pieces.empty()) return;
  const auto byNumber = [](const Piece& a, const Piece& b) {
    return a.number < b.number;
  };
  std::vector<Piece> all = pieces;
  std::stable_sort(all.begin(), all.end(), byNumber);
  std::vector<Piece> firsts, lasts, whole;
  for (const auto& piece : all) {
    if (firsts.empty() || firsts.back().number != piece.number) {
      firsts.push_back(piece);
      lasts.push_back(piece);
    } else {
      lasts.back() = piece;
    }
  }
  for (const auto& piece : firsts) {
    if (piece.number != whole.size()) break;
    whole.push_back(piece);
  }
  for (const auto& variant : {firsts, lasts, all, pieces, whole})
    if (!variant.empty()) addAll(variant, names);
}

// "filename*12*": which of the two names, which piece, and how it is written.
struct Parameter {
  bool isName = false;
  bool isFilename = false;
  bool cutUp = false;
  Piece piece;
};

Parameter parameterOf(std::string_view text) {
  Parameter out;
  out.piece.percent = text.ends_with('*');
  if (out.piece.percent) text.remove_suffix(1);
  const auto star = text.find('*');
  if (star != kNone) {
    const auto number = parseNumber(text.substr(star + 1));
    if (!number) return {};
    out.cutUp = true;
    out.piece.number = *number;
  }
  out.isName = equalsIgnoringCase(text.substr(0, star), "name");
  out.isFilename = equalsIgnoringCase(text.substr(0, star), "filename");
  return out;
}

std::string unfolded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value)
    if (c != '\r' && c != '\n') out += c;
  return out;
}

// Something, a dot, and something: else it is a title.
bool looksLikeFile(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot != kNone && dot > 0 && dot + 1 < name.size() &&
         name.find_first_of(" \t", dot) == kNone;
}

}  // namespace

bool collectNames(std::string_view value, std::vector<std::string>& names) {
  const std::string field = unfolded(value);
  const std::string_view view = field;
  std::vector<Piece> ofName, ofFilename;
  std::size_t bytes = 0;  // Of both.
  std::size_t given = 0;
  for (auto at = view.find('='); at != kNone; at = view.find('=', at + 1)) {
    auto parameter = parameterOf(nameBefore(view, at));
    if (!parameter.isName && !parameter.isFilename) continue;
    if (++given > kMaxGiven) return false;
    // What has no end is read once, and costs no more than a name.
    parameter.piece.raw = valueOf(view.substr(at + 1, kMaxBytes + 1));
    if (parameter.piece.raw.size() > kMaxBytes) return false;
    if (!parameter.cutUp) {
      addAll({parameter.piece}, names);
      for (auto& other : otherValuesOf(view.substr(at + 1, kMaxBytes + 1))) {
        parameter.piece.raw = std::move(other);
        addAll({parameter.piece}, names);
      }
      if (names.size() > kMaxNames) return false;
      continue;
    }
    auto& pieces = parameter.isName ? ofName : ofFilename;
    bytes += parameter.piece.raw.size();
    if (pieces.size() >= kMaxPieces || bytes > kMaxBytes) return false;
    pieces.push_back(std::move(parameter.piece));
  }
  addCutUp(ofName, names);
  addCutUp(ofFilename, names);
  return names.size() <= kMaxNames;
}

std::string nameInLocation(std::string_view value) {
  const std::string text = unfolded(value);
  std::string_view path = trim(text);
  while (path.starts_with('"') || path.starts_with('<')) path.remove_prefix(1);
  path = path.substr(0, path.find_first_of("?#\">"));
  if (startsWithIgnoringCase(path, "cid:") ||
      startsWithIgnoringCase(path, "mid:"))
    return {};
  if (const auto host = path.find("//"); host != kNone) {
    const auto begin = path.find('/', host + 2);
    path = begin == kNone ? std::string_view() : path.substr(begin);
  }
  if (const auto slash = path.find_last_of("/\\"); slash != kNone)
    path.remove_prefix(slash + 1);
  const auto name = anyAsUtf8(decodeMarked(path, '%'));
  return looksLikeFile(name) ? name : std::string();
}

std::string nameInDescription(std::string_view value) {
  std::string text = unfolded(value);
  std::erase(text, '"');
  const auto name = anyAsUtf8(trim(decodeWords(text)));
  return looksLikeFile(name) ? name : std::string();
}

}  // namespace mailreeve::mail
