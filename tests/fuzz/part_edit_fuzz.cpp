// Takes two parts of any message out, or puts a text in their place: a note, or
// what its HTML says. The first three bytes choose the parts and what becomes
// of them; the rest is the message. An edit that is accepted leaves a message
// that can be read again, in which every other part is what it was, to the
// byte.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/mail/html_text.h"
#include "core/mail/leaf_text.h"
#include "core/mail/part_edit.h"
#include "tests/fuzz/require.h"

using namespace mailreeve::mail;
using mailreeve::require;

namespace {

enum class Change { Cut, Note, HtmlToText };

PartEdit editOf(const Message& message, std::size_t part, Change change) {
  const auto& tree = message.tree();
  switch (change) {
    case Change::Cut:
      return {part, std::nullopt};
    case Change::Note:
      return {wholePart(tree, part),
              "The file \xc3\xa4.exe was removed.\nAsk for it.\n"};
    case Change::HtmlToText:
      break;
  }
  const auto& node = tree.nodes()[part];
  return {part,
          htmlToText(textInUtf8(node, decode(node, message.bytes())),
                     {.links = HtmlLinks::Numbered}) +
              "\n"};
}

// The parts that stay, header and all, in their order.
std::vector<std::string_view> leavesOf(const Message& message,
                                       const std::set<std::size_t>& without) {
  std::vector<std::string_view> leaves;
  const auto& tree = message.tree();
  for (std::size_t i = 1; i < tree.nodes().size(); ++i) {
    bool goes = false;
    for (auto at = i; at != MimeNode::kNone; at = tree.nodes()[at].parent)
      goes = goes || without.contains(at);
    const auto& node = tree.nodes()[i];
    if (!goes && node.isLeaf())
      leaves.push_back(
          Range{node.headers.begin, node.body.end}.of(message.bytes()));
  }
  return leaves;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 3) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 3, size - 3);
  const auto message = messageFromBytes(raw, {});
  require(message.ok());
  const std::size_t parts = message->tree().nodes().size();
  std::vector<PartEdit> edits;
  std::set<std::size_t> edited;
  for (const std::size_t i : {0U, 1U}) {
    edits.push_back(
        editOf(*message, data[i] % parts, static_cast<Change>(data[2] % 3)));
    edited.insert(edits.back().part);
  }
  const auto edit = editParts(*message, edits);
  if (!edit) return 0;
  const auto after = apply(*message, *edit);
  require(after.ok());
  require(after->tree().findings().empty());
  if (edited.contains(0)) {
    require(after->tree().root().type == "text/plain");
    return 0;
  }
  // What was put there stands between what stays.
  const auto stays = leavesOf(*message, edited);
  auto next = stays.begin();
  for (const auto leaf : leavesOf(*after, {}))
    if (next != stays.end() && leaf == *next) ++next;
  require(next == stays.end());
  return 0;
}
