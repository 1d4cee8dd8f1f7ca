#include "core/mail/notice_target.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"
#include "core/mail/notice.h"

namespace mailreeve::mail {

namespace {

template <std::size_t N>
bool isOneOf(std::string_view value,
             const std::array<std::string_view, N>& values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool isTnef(const MimeNode& node) {
  return node.type == "application/ms-tnef" ||
         node.type == "application/vnd.ms-tnef" ||
         equalsIgnoringCase(node.filename, "winmail.dat");
}

bool isAttachment(const MimeNode& node) {
  return node.disposition == "attachment" || !node.names.empty();
}

bool isMessage(const MimeNode& node) {
  return startsWithIgnoringCase(node.type, "message/");
}

class TargetFinder {
 public:
  explicit TargetFinder(const MimeTree& tree) : tree_(tree) {}

  [[nodiscard]] NoticeTargets find() {
    collect(0);
    if (!targets_.blocked.empty()) targets_.leaves.clear();
    if (targets_.leaves.empty() && targets_.blocked.empty())
      targets_.blocked = hasTnef() ? "the text is in TNEF (winmail.dat)"
                                   : "there is no text to add to";
    return std::move(targets_);
  }

 private:
  // True when `node` shows text, which is then among the targets or blocked.
  bool collect(std::size_t index) {
    const auto& node = tree_.nodes()[index];
    if (isSealed(node)) {
      targets_.blocked = "signed or encrypted: " + node.type;
      return true;
    }
    if (isMessage(node) || isAttachment(node)) return false;
    if (node.type == "multipart/alternative") return collectAll(node);
    if (node.type == "multipart/related") return collectRoot(node);
    if (node.isMultipart()) return collectFirst(node);
    if (node.type != "text/plain" && node.type != "text/html") return false;
    targets_.leaves.push_back(index);
    return true;
  }

  bool collectAll(const MimeNode& node) {
    bool shown = false;
    for (const auto child : node.children)
      if (collect(child)) shown = true;
    return shown;
  }

  bool collectFirst(const MimeNode& node) {
    return std::any_of(node.children.begin(),
                       node.children.end(),
                       [this](std::size_t child) { return collect(child); });
  }

  // RFC 2387 section 3.2: start= names the root by its content id.
  bool collectRoot(const MimeNode& node) {
    std::string_view start = node.parameter("start");
    if (start.size() >= 2 && start.front() == '<' && start.back() == '>')
      start = start.substr(1, start.size() - 2);
    for (const auto child : node.children)
      if (!start.empty() && tree_.nodes()[child].contentId == start)
        return collect(child);
    return !node.children.empty() && collect(node.children.front());
  }

  [[nodiscard]] bool hasTnef() const {
    return std::any_of(tree_.nodes().begin(), tree_.nodes().end(), isTnef);
  }

  const MimeTree& tree_;
  NoticeTargets targets_;
};

// Whether what is wrong at `finding` concerns us: an attached message, and the
// encoding of an attachment, are passed on whatever they are.
bool matters(const MimeTree& tree, const MimeFinding& finding) {
  if (finding.defect == Defect::UnknownEncoding ||
      finding.defect == Defect::OversizedField)
    return false;
  if (finding.defect == Defect::EncodedContainer &&
      isMessage(tree.nodes()[finding.node]))
    return false;
  const std::size_t parent = tree.nodes()[finding.node].parent;
  return !tree.anyAncestorOrSelf(parent, isMessage);
}

bool isReport(const MimeNode& root) {
  constexpr std::array<std::string_view, 3> kTypes = {
      "multipart/report",
      "message/delivery-status",
      "message/disposition-notification"};
  return isOneOf(root.type, kTypes);
}

}  // namespace

NoticeTargets findNoticeTargets(const Message& message) {
  const auto& tree = message.tree();
  for (const auto& finding : tree.findings())
    if (matters(tree, finding))
      return {{}, "malformed: " + std::string(describe(finding.defect))};
  return TargetFinder(tree).find();
}

std::optional<std::string> whyNotEditable(const Message& message) {
  if (message.envelope().nullSender()) return "it has the null sender";
  if (const auto* field = message.header("Auto-Submitted")) {
    const std::string text = field->text();
    // RFC 3834 section 5: a keyword, then comments and parameters.
    const auto keyword =
        std::string_view(text).substr(0, text.find_first_of(" \t;("));
    if (!equalsIgnoringCase(keyword, "no"))
      return "Auto-Submitted: " + printable(text);
  }
  if (const auto* field = message.header("Precedence")) {
    constexpr std::array<std::string_view, 3> kValues = {
        "bulk", "list", "junk"};
    const std::string value = lower(field->text());
    if (isOneOf(std::string_view(value), kValues))
      return "Precedence: " + value;
  }
  const auto& root = message.tree().root();
  if (isReport(root)) return "it is a report: " + root.type;
  if (root.type == "text/calendar") return "it is an invitation alone";
  return std::nullopt;
}

}  // namespace mailreeve::mail
