#include "milter/edits/html_to_text.h"

#include <algorithm>
#include <vector>

#include "core/content/html_threats.h"
#include "core/mail/html_text.h"
#include "core/mail/leaf_text.h"
#include "core/mail/part_edit.h"
#include "milter/content_verdict.h"
#include "milter/html_rules.h"

namespace mailreeve::milter {

namespace {

using mail::MimeNode;

class Converter {
 public:
  explicit Converter(const mail::Message& message)
      : message_(message), nodes_(message.tree().nodes()) {}

  [[nodiscard]] std::vector<mail::PartEdit> run() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (isShownHtml(nodes_[i]) && !mail::isSealed(message_.tree(), i))
        convert(i);
    return std::move(edits_);
  }

 private:
  void convert(std::size_t leaf) {
    if (const auto branch = spareBranch(leaf)) {
      edits_.push_back({*branch, std::nullopt});
      return;
    }
    edits_.push_back({leaf, textOf(nodes_[leaf])});
    dropPictures(leaf);
  }

  // The branch of a multipart/alternative this leaf lies in, if another branch
  // is text already.
  [[nodiscard]] std::optional<std::size_t> spareBranch(std::size_t leaf) const {
    for (auto branch = leaf; nodes_[branch].parent != MimeNode::kNone;
         branch = nodes_[branch].parent) {
      const auto& parent = nodes_[nodes_[branch].parent];
      if (parent.type == "multipart/alternative")
        return hasText(parent, branch) ? std::optional(branch) : std::nullopt;
      // Files beside the text must not go with it.
      if (parent.type != "multipart/related") return std::nullopt;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool hasText(const MimeNode& alternative,
                             std::size_t except) const {
    return std::any_of(alternative.children.begin(),
                       alternative.children.end(),
                       [&](std::size_t child) {
                         const auto& node = nodes_[child];
                         return child != except && node.isLeaf() &&
                                node.type == "text/plain" &&
                                mail::decode(node, message_.bytes())
                                        .find_first_not_of(" \t\r\n") !=
                                    std::string::npos;
                       });
  }

  [[nodiscard]] std::string textOf(const MimeNode& leaf) const {
    const auto decoded = mail::decode(leaf, message_.bytes());
    const auto html = mail::textInUtf8(leaf, decoded);
    return mail::htmlToText(content::withoutHidden(html),
                            {.links = mail::HtmlLinks::Numbered}) +
           "\n";
  }

  // Beside the root of a multipart/related, and known by an id only.
  void dropPictures(std::size_t leaf) {
    const auto parent = nodes_[leaf].parent;
    if (parent == MimeNode::kNone || nodes_[parent].type != "multipart/related")
      return;
    for (const auto sibling : nodes_[parent].children) {
      const auto& node = nodes_[sibling];
      if (sibling != leaf && node.isLeaf() && !node.contentId.empty() &&
          node.type.starts_with("image/") && node.disposition != "attachment")
        edits_.push_back({sibling, std::nullopt});
    }
  }

  const mail::Message& message_;
  const std::vector<MimeNode>& nodes_;
  std::vector<mail::PartEdit> edits_;
};

}  // namespace

Result<Verdict> HtmlToText::propose(const Transaction& /*transaction*/,
                                    const Findings& findings,
                                    Draft& draft) const {
  if (findings.html.toText.empty()) return Verdict::pass();
  auto message = draft.message();
  if (!message) return std::move(message).error();
  const auto edits = Converter(**message).run();
  if (edits.empty()) return Verdict::pass();
  auto edit = mail::editParts(**message, edits);
  if (!edit)
    return verdictFor(otherwise_,
                      {"HTML cannot be made text: " + edit.error().what,
                       "unscannable HTML",
                       "The HTML of this message cannot be converted"});
  draft.changeContent(*std::move(edit));
  return Verdict::pass("HTML became text");
}

}  // namespace mailreeve::milter
