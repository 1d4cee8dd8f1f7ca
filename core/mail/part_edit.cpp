#include "core/mail/part_edit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/mail/header_block.h"
#include "core/mail/splice.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kTextType = "text/plain; charset=utf-8";
constexpr std::string_view kTextEncoding = "quoted-printable";

Error cannot(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

bool endsWithLine(std::string_view text) {
  return !text.empty() && text.back() == '\n';
}

// As the text comes back out of quoted-printable.
std::string withCrLf(std::string_view text) {
  return replaceAll(replaceAll(std::string(text), "\r\n", "\n"), "\n", "\r\n");
}

class PartEditor {
 public:
  PartEditor(const Message& message, const std::vector<PartEdit>& edits)
      : message_(message), tree_(message.tree()) {
    for (const auto& edit : edits) edits_.emplace(edit.part, &edit);
    // What lies in an edited part goes with it.
    std::erase_if(edits_, [&](const auto& entry) {
      const auto parent = tree_.nodes()[entry.first].parent;
      return parent != MimeNode::kNone &&
             anyEdited(parent, [](const PartEdit&) { return true; });
    });
  }

  [[nodiscard]] Result<MessageEdit> run() {
    if (!tree_.findings().empty()) return cannot("malformed message");
    auto edit = edits_.contains(0) ? replaceRoot() : splice();
    if (!edit) return edit;
    const auto after = apply(message_, *edit, message_.spoolOptions());
    if (!after) return after.error();
    if (auto proved = prove(*after); !proved) return std::move(proved).error();
    return edit;
  }

 private:
  [[nodiscard]] const PartEdit* editOf(std::size_t part) const {
    const auto found = edits_.find(part);
    return found == edits_.end() ? nullptr : found->second;
  }

  // Whether `part`, or one it lies in, has an edit of which `wanted` holds.
  template <class Wanted>
  [[nodiscard]] bool anyEdited(std::size_t part, Wanted wanted) const {
    for (; part != MimeNode::kNone; part = tree_.nodes()[part].parent)
      if (const auto* edit = editOf(part); edit != nullptr && wanted(*edit))
        return true;
    return false;
  }

  [[nodiscard]] Result<MessageEdit> replaceRoot() const {
    const auto& text = edits_.at(0)->text;
    if (!text) return cannot("nothing would be left");
    MessageEdit edit;
    changeRootField("Content-Type", kTextType, edit);
    changeRootField("Content-Transfer-Encoding", kTextEncoding, edit);
    for (const auto& header : message_.headers())
      if (startsWithIgnoringCase(header.name, "content-") &&
          !equalsIgnoringCase(header.name, "content-type") &&
          !equalsIgnoringCase(header.name, "content-transfer-encoding"))
        edit.headers.push_back({header.name, 1, std::nullopt});
    if (message_.header("MIME-Version") == nullptr)
      edit.headers.push_back({"MIME-Version", HeaderChange::kAdd, " 1.0"});
    SpoolOptions options = message_.spoolOptions();
    std::string body = encodeQuotedPrintable(withCrLf(*text));
    if (!endsWithLine(body)) body += "=\r\n";
    options.limit = body.size();
    Spool spool(std::move(options));
    if (auto added = spool.append(body); !added)
      return std::move(added).error();
    auto bytes = SpooledBytes::from(std::move(spool));
    if (!bytes) return std::move(bytes).error();
    edit.body = *std::move(bytes);
    return edit;
  }

  void changeRootField(std::string_view name,
                       std::string_view value,
                       MessageEdit& edit) const {
    const auto* header = message_.header(name);
    edit.headers.push_back({std::string(name),
                            header == nullptr ? HeaderChange::kAdd : 1,
                            " " + std::string(value)});
  }

  [[nodiscard]] Result<MessageEdit> splice() const {
    std::vector<Splice> splices;
    for (const auto& [part, edit] : edits_) {
      if (edit->text) {
        const auto& node = tree_.nodes()[part];
        splices.push_back(
            {{node.headers.begin, node.body.end}, leafOf(*edit->text)});
      } else if (auto range = cut(part)) {
        splices.push_back({*range, ""});
      } else {
        return cannot("nothing would be left of a part");
      }
    }
    auto bytes = applySplices(
        message_.bytes(), std::move(splices), message_.spoolOptions());
    if (!bytes) return std::move(bytes).error();
    MessageEdit edit;
    edit.body = bytes->behind(message_.bodyOffset());
    return edit;
  }

  static std::string leafOf(std::string_view text) {
    return "Content-Type: " + std::string(kTextType) +
           "\r\nContent-Transfer-Encoding: " + std::string(kTextEncoding) +
           "\r\nContent-Disposition: inline\r\n\r\n" +
           encodeQuotedPrintable(withCrLf(text));
  }

  // A part and one of the two boundaries around it: the one before it, unless
  // all parts before it go, too.
  [[nodiscard]] std::optional<Range> cut(std::size_t part) const {
    const auto& node = tree_.nodes()[part];
    if (node.parent == MimeNode::kNone) return std::nullopt;
    const auto& siblings = tree_.nodes()[node.parent].children;
    const auto goes = [&](std::size_t sibling) {
      const auto* edit = editOf(sibling);
      return edit != nullptr && !edit->text;
    };
    if (!tree_.nodes()[node.parent].isMultipart() ||
        std::all_of(siblings.begin(), siblings.end(), goes))
      return std::nullopt;
    const auto self = std::find(siblings.begin(), siblings.end(), part);
    if (std::all_of(siblings.begin(), self, goes)) {
      const auto& next = tree_.nodes()[*(self + 1)];
      return Range{node.headers.begin, next.headers.begin};
    }
    const auto& before = tree_.nodes()[*(self - 1)];
    return Range{before.body.end, node.body.end};
  }

  [[nodiscard]] Result<Done> prove(const Message& after) const {
    const auto& is = after.tree();
    if (!is.findings().empty()) return cannot("it would become malformed");
    std::map<std::size_t, std::size_t> now;  // Old index to new.
    for (std::size_t i = 0; i < tree_.nodes().size(); ++i) {
      const auto& node = tree_.nodes()[i];
      const bool inside =
          node.parent != MimeNode::kNone &&
          anyEdited(node.parent, [](const PartEdit&) { return true; });
      const auto* edit = editOf(i);
      if (inside || (edit != nullptr && !edit->text)) continue;
      const std::size_t index = now.size();
      if (index >= is.nodes().size()) return cannot("a part is missing");
      now.emplace(i, index);
      const auto& found = is.nodes()[index];
      const std::size_t parent =
          node.parent == MimeNode::kNone ? MimeNode::kNone : now[node.parent];
      if (found.parent != parent) return cannot("a part has moved");
      if (!isRight(node, edit, found, after.bytes()))
        return cannot("a part is not what it should be");
    }
    if (now.size() != is.nodes().size()) return cannot("a part has come up");
    return Done{};
  }

  [[nodiscard]] bool isRight(const MimeNode& was,
                             const PartEdit* edit,
                             const MimeNode& is,
                             std::string_view bytes) const {
    if (edit != nullptr) {
      const std::string text = decode(is, bytes);
      const std::string want = withCrLf(*edit->text);
      return is.isLeaf() && is.type == "text/plain" &&
             trim(text) == trim(want) &&
             longestLine(is.body.of(bytes)) <= kMaxLine;
    }
    if (was.headers.of(message_.bytes()) != is.headers.of(bytes)) return false;
    return !was.isLeaf() || was.body.of(message_.bytes()) == is.body.of(bytes);
  }

  const Message& message_;
  const MimeTree& tree_;
  std::map<std::size_t, const PartEdit*> edits_;
};

}  // namespace

std::size_t wholePart(const MimeTree& tree, std::size_t part) {
  for (;;) {
    const auto parent = tree.nodes()[part].parent;
    if (parent == MimeNode::kNone || tree.nodes()[parent].isMultipart())
      return part;
    part = parent;
  }
}

Result<MessageEdit> editParts(const Message& message,
                              const std::vector<PartEdit>& edits) {
  return PartEditor(message, edits).run();
}

}  // namespace mailreeve::mail
