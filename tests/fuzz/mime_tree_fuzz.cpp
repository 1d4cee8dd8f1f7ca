// Throws bytes at the MIME reader and checks that every range lies where it
// must: inside the message, inside its parent, behind its elder sibling.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/mail/charset.h"
#include "core/mail/mime_tree.h"
#include "tests/fuzz/require.h"

using namespace mailreeve::mail;
using mailreeve::require;

namespace {

void checkNode(const MimeTree& tree, std::size_t index, std::size_t size) {
  const auto& node = tree.nodes()[index];
  require(node.headers.begin <= node.headers.end);
  require(node.headers.end == node.body.begin);
  require(node.body.begin <= node.body.end && node.body.end <= size);
  require(isValidUtf8(node.filename));
  std::size_t at = node.body.begin;
  for (const auto child : node.children) {
    const auto& inner = tree.nodes()[child];
    require(child > index && inner.parent == index);
    require(inner.headers.begin >= at && inner.body.end <= node.body.end);
    at = inner.body.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const MimeLimits limits{.depth = 8, .parts = 50};
  const auto tree = MimeTree::parse(bytes, limits);
  require(!tree.nodes().empty() && tree.nodes().size() <= limits.parts);
  for (std::size_t i = 0; i < tree.nodes().size(); ++i) {
    checkNode(tree, i, size);
    const auto& node = tree.nodes()[i];
    require(decodedSize(node, bytes) == decode(node, bytes).size());
    require(decodedSize(node, bytes) <= node.body.size());
  }
  return 0;
}
