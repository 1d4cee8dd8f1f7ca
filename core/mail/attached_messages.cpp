#include "core/mail/attached_messages.h"

#include "core/base/text.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

namespace {

bool isMessage(const MimeNode& node) {
  return node.type == "message/rfc822" || node.type == "message/global";
}

bool beginsLikeHeader(std::string_view bytes) {
  HeaderBlock block(bytes, 0, bytes.size());
  Field field;
  return block.next(field) && block.next(field);
}

bool isNamedMessage(const MimeNode& node) {
  return node.isLeaf() && node.filename.size() > 4 &&
         equalsIgnoringCase(
             std::string_view(node.filename).substr(node.filename.size() - 4),
             ".eml");
}

}  // namespace

std::vector<std::string> attachedMessages(const Message& message,
                                          std::size_t most) {
  std::vector<std::string> found;
  const auto& tree = message.tree();
  const auto& nodes = tree.nodes();
  for (std::size_t i = 1; i < nodes.size() && found.size() < most; ++i) {
    const auto& node = nodes[i];
    const bool inner =
        node.parent != MimeNode::kNone &&
        tree.anyAncestorOrSelf(node.parent, [&](const MimeNode& above) {
          return &above != &nodes.front() && isMessage(above);
        });
    if (inner) continue;
    if (isMessage(node)) {
      const auto bytes = node.body.of(message.bytes());
      if (!bytes.empty()) found.emplace_back(bytes);
    } else if (isNamedMessage(node)) {
      auto bytes = decode(node, message.bytes());
      if (beginsLikeHeader(bytes)) found.push_back(std::move(bytes));
    }
  }
  return found;
}

}  // namespace mailreeve::mail
