#include "core/mail/leaf_edit.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

Error cannot(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

std::string_view nameOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::SevenBit:
      return "7bit";
    case Encoding::EightBit:
      return "8bit";
    case Encoding::Binary:
      return "binary";
    case Encoding::Base64:
      return "base64";
    case Encoding::QuotedPrintable:
      return "quoted-printable";
    default:
      return "unknown";
  }
}

std::string inserted(std::string_view text,
                     std::size_t offset,
                     std::string_view addition) {
  std::string out(text);
  out.insert(offset, addition);
  return out;
}

// What the leaf will say, in which charset.
struct Draft {
  const Charset* charset = nullptr;
  std::string was;  // The leaf's text before, in that charset.
  std::size_t offset = 0;
  std::string addition;
  bool transcoded = false;  // `was` is not what the leaf decodes to.
};

// Every text fits UTF-8, if it can be read at all.
Result<Draft> draftInUtf8(std::string_view text,
                          const Charset& charset,
                          const PlanInsertion& plan) {
  auto converted = toUtf8(text, charset);
  if (!converted) return std::move(converted).error();
  const auto insertion = plan(*converted);
  const bool same = charset.name == "utf-8" || charset.name == "us-ascii";
  return Draft{findCharset("utf-8"),
               *std::move(converted),
               insertion.offset,
               insertion.text,
               !same};
}

// ISO-2022 text goes back to its own charset when that holds the insertion; the
// clients that use it want it. UTF-16 and its like become UTF-8.
Result<Draft> draftStateful(std::string_view text,
                            const Charset& charset,
                            const PlanInsertion& plan) {
  auto draft = draftInUtf8(text, charset, plan);
  if (!draft || !startsWithIgnoringCase(charset.name, "iso-2022-"))
    return draft;
  const auto all =
      fromUtf8(inserted(draft->was, draft->offset, draft->addition), charset);
  if (all) {
    draft->charset = &charset;
    draft->was.clear();
    draft->offset = 0;
    draft->addition = *all;
  }
  return draft;
}

Result<Draft> makeDraft(const MimeNode& node,
                        const std::string& text,
                        const PlanInsertion& plan) {
  const Charset* charset = findCharset(node.charset);
  if (charset == nullptr)
    return cannot("unknown charset " + printable(node.charset));
  if (!charset->asciiTransparent) return draftStateful(text, *charset, plan);
  auto insertion = plan(text);
  auto addition = fromUtf8(insertion.text, *charset);
  if (!addition) return draftInUtf8(text, *charset, plan);
  return Draft{charset, text, insertion.offset, *std::move(addition), false};
}

// Writes the fields of one part's header, and tells the MTA when it is the
// message's own.
class FieldWriter {
 public:
  FieldWriter(const Message& message, std::size_t leaf, LeafEdit& edit)
      : message_(message),
        node_(message.tree().nodes()[leaf]),
        root_(node_.parent == MimeNode::kNone),
        edit_(edit) {}

  void set(std::string_view name, const std::string& value) {
    const auto bytes = message_.bytes();
    HeaderBlock block(bytes, node_.headers.begin, node_.headers.end);
    for (Field field; block.next(field);) {
      if (!equalsIgnoringCase(field.name, name)) continue;
      const auto begin =
          static_cast<std::size_t>(field.value.data() - bytes.data());
      edit_.splices.push_back(
          {{begin, begin + field.value.size()}, " " + value});
      if (root_)
        edit_.headers.push_back({std::string(field.name), 1, " " + value});
      return;
    }
    add(name, value);
  }

 private:
  void add(std::string_view name, const std::string& value) {
    edit_.splices.push_back(
        {{end(), end()},
         std::string(name) + ": " + value + std::string(kLineEnd)});
    if (root_)
      edit_.headers.push_back(
          {std::string(name), HeaderChange::kAdd, " " + value});
  }

  // Before the empty line.
  [[nodiscard]] std::size_t end() const {
    const auto header = node_.headers.of(message_.bytes());
    std::size_t back = 0;
    if (header == kLineEnd ||
        (header.size() >= 4 && header.substr(header.size() - 4) == "\r\n\r\n"))
      back = 2;
    return node_.headers.end - back;
  }

  const Message& message_;
  const MimeNode& node_;
  bool root_;
  LeafEdit& edit_;
};

// RFC 2045 section 5.1: a value that is no token is quoted.
std::string parameterText(const std::string& name, std::string_view value) {
  const bool token =
      !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return c > 32 && c < 127 &&
               std::string_view("()<>@,;:\\\"/[]?=").find(c) ==
                   std::string_view::npos;
      });
  if (token) return name + "=" + std::string(value);
  std::string out = name + "=\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// The leaf's Content-Type with another charset.
Result<std::string> typeWithCharset(const MimeNode& node,
                                    const Charset& charset) {
  std::string out = node.type + "; charset=" + std::string(charset.name);
  for (const auto& [name, value] : node.parameters) {
    if (name == "charset") continue;
    if (!isAscii(name) || !isAscii(value))
      return cannot("a Content-Type with a parameter we cannot write again");
    out += "; " + parameterText(name, printable(value));
  }
  if (out.size() > kMaxLine / 2)
    return cannot("a Content-Type that is too long to write again");
  return out;
}

class LeafWriter {
 public:
  LeafWriter(const Message& message, std::size_t leaf)
      : message_(message),
        leaf_(leaf),
        node_(message.tree().nodes()[leaf]),
        raw_(node_.body.of(message.bytes())) {}

  [[nodiscard]] Result<LeafEdit> write(const Draft& draft) {
    edit_.saw = describeLeaf() + ", ";
    if (draft.transcoded || !insertInPlace(draft)) {
      const std::string all = inserted(draft.was, draft.offset, draft.addition);
      auto written = writeWhole(all, *draft.charset);
      if (!written) return std::move(written).error();
    } else if (draft.charset->name != canonicalName()) {
      auto changed = changeCharset(*draft.charset);
      if (!changed) return std::move(changed).error();
      edit_.saw += "charset now " + std::string(draft.charset->name);
    } else {
      edit_.saw += "added in place";
    }
    return assemble();
  }

  [[nodiscard]] LeafEdit encode(Encoding encoding) {
    edit_.saw = describeLeaf() + " as " + std::string(nameOf(encoding));
    writeAs(decode(node_, message_.bytes()), encoding);
    completeHeader();
    return assemble();
  }

 private:
  [[nodiscard]] std::string describeLeaf() const {
    return node_.type + " " + std::string(nameOf(node_.encoding)) + " " +
           std::string(canonicalName());
  }

  [[nodiscard]] std::string_view canonicalName() const {
    const Charset* charset = findCharset(node_.charset);
    return charset == nullptr ? std::string_view("unknown") : charset->name;
  }

  // Only the place where the text goes changes.
  bool insertInPlace(const Draft& draft) {
    std::optional<EncodedInsert> insert;
    if (node_.encoding == Encoding::QuotedPrintable)
      insert = insertQuotedPrintable(raw_, draft.offset, draft.addition);
    else if (node_.encoding == Encoding::Base64)
      insert = insertBase64(raw_, draft.was, draft.offset, draft.addition);
    else if ((isAscii(draft.addition) || !isAscii(raw_)) &&
             longestLine(draft.addition) <= kMaxLine)
      insert = EncodedInsert{draft.offset, draft.offset, draft.addition};
    if (!insert || !decodesTo(*insert, draft)) return false;
    body_ = {{node_.body.begin + insert->begin, node_.body.begin + insert->end},
             std::move(insert->with)};
    return true;
  }

  [[nodiscard]] bool decodesTo(const EncodedInsert& insert,
                               const Draft& draft) const {
    if (isIdentity(node_.encoding)) return true;
    std::string raw(raw_);
    raw.replace(insert.begin, insert.end - insert.begin, insert.with);
    return decodeTransfer(raw, node_.encoding) ==
           inserted(draft.was, draft.offset, draft.addition);
  }

  void writeAs(const std::string& text, Encoding encoding) {
    std::string encoded = encoding == Encoding::Base64 ? encodeBase64(text)
                          : encoding == Encoding::QuotedPrintable
                              ? encodeQuotedPrintable(text)
                              : text;
    if (raw_.ends_with('\n') && !encoded.ends_with('\n'))
      encoded += encoding == Encoding::QuotedPrintable ? "=\r\n" : kLineEnd;
    body_ = {node_.body, std::move(encoded)};
    if (encoding != node_.encoding)
      FieldWriter(message_, leaf_, edit_)
          .set("Content-Transfer-Encoding", std::string(nameOf(encoding)));
  }

  // Chooses the transfer encoding anew when the old one cannot hold the text.
  Result<Done> writeWhole(const std::string& text, const Charset& charset) {
    const auto encoding = encodingFor(text, charset);
    writeAs(text, encoding);
    edit_.saw += "written anew in " + std::string(charset.name) + " " +
                 std::string(nameOf(encoding));
    return changeCharset(charset);
  }

  [[nodiscard]] Encoding encodingFor(std::string_view text,
                                     const Charset& charset) const {
    if (!isIdentity(node_.encoding)) return node_.encoding;
    if (isAscii(text) && longestLine(text) <= kMaxLine) return node_.encoding;
    const auto high = std::count_if(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0x80;
    });
    const bool mostly = static_cast<std::size_t>(high) > text.size() / 3;
    return mostly || !charset.asciiTransparent ? Encoding::Base64
                                               : Encoding::QuotedPrintable;
  }

  Result<Done> changeCharset(const Charset& charset) {
    FieldWriter fields(message_, leaf_, edit_);
    if (charset.name != canonicalName()) {
      auto type = typeWithCharset(node_, charset);
      if (!type) return std::move(type).error();
      fields.set("Content-Type", *type);
    }
    completeHeader();
    return Done{};
  }

  // RFC 2045 section 4: the other fields mean nothing without it.
  void completeHeader() {
    const bool root = node_.parent == MimeNode::kNone;
    if (root && !edit_.headers.empty() &&
        message_.header("MIME-Version") == nullptr)
      FieldWriter(message_, leaf_, edit_).set("MIME-Version", "1.0");
  }

  // Fields, then the body: all may go to the same place. A part that ends
  // within its header gets the line ends that make room for a body.
  [[nodiscard]] LeafEdit assemble() {
    const auto header = node_.headers.of(message_.bytes());
    const Range end{node_.headers.end, node_.headers.end};
    const auto endsIn = [header](std::string_view text) {
      return header.size() >= text.size() &&
             header.substr(header.size() - text.size()) == text;
    };
    auto& splices = edit_.splices;
    if (!header.empty() && !endsIn("\n"))
      splices.insert(splices.begin(), {end, std::string(kLineEnd)});
    if (header != kLineEnd && header != "\n" && !endsIn("\n\r\n") &&
        !endsIn("\n\n"))
      splices.push_back({end, std::string(kLineEnd)});
    splices.push_back(std::move(body_));
    return std::move(edit_);
  }

  const Message& message_;
  std::size_t leaf_;
  const MimeNode& node_;
  std::string_view raw_;
  Splice body_;
  LeafEdit edit_;
};

}  // namespace

Result<LeafEdit> editLeaf(const Message& message,
                          std::size_t leaf,
                          const PlanInsertion& plan) {
  const auto& node = message.tree().nodes()[leaf];
  if (node.encoding == Encoding::Unknown || node.encoding == Encoding::Uuencode)
    return cannot("a transfer encoding we do not write");
  const std::string text = decode(node, message.bytes());
  const auto draft = makeDraft(node, text, plan);
  if (!draft) return draft.error();
  return LeafWriter(message, leaf).write(*draft);
}

Result<LeafEdit> rewriteLeaf(const Message& message,
                             std::size_t leaf,
                             const std::string& text,
                             bool utf8) {
  const auto& node = message.tree().nodes()[leaf];
  if (node.encoding == Encoding::Unknown || node.encoding == Encoding::Uuencode)
    return cannot("a transfer encoding we do not write");
  const Charset* charset = findCharset(utf8 ? "utf-8" : node.charset);
  if (charset == nullptr)
    return cannot("unknown charset " + printable(node.charset));
  return LeafWriter(message, leaf).write({charset, "", 0, text, true});
}

Result<LeafEdit> encodeLeaf(const Message& message,
                            std::size_t leaf,
                            Encoding encoding) {
  const auto& node = message.tree().nodes()[leaf];
  if (node.encoding == Encoding::Unknown || node.encoding == Encoding::Uuencode)
    return cannot("a transfer encoding we do not write");
  return LeafWriter(message, leaf).encode(encoding);
}

}  // namespace mailreeve::mail
