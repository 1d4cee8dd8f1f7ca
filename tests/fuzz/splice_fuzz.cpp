// Edits one leaf of any message at any place. The first three bytes choose
// leaf, place and text; the rest is the message. An edit that is accepted must
// have put exactly that text there, and must have changed nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/mail/charset.h"
#include "core/mail/leaf_edit.h"
#include "core/mail/splice.h"

using namespace mailreeve::mail;

namespace {

constexpr std::string_view kTexts[] = {
    "", "x", "a\r\nb=c\r\n", "\xc3\xa4", "\xe2\x82\xac \xf0\x9f\x98\x80\r\n"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 3) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 3, size - 3);
  const auto message = messageFromBytes(raw, {});
  if (!message) std::abort();
  const auto& tree = message->tree();
  const std::size_t leaf = data[0] % tree.nodes().size();
  if (!tree.nodes()[leaf].isLeaf()) return 0;

  std::string want;
  // Text of a charset such as ISO-8859-1 is planned in as it is, and in UTF-8
  // if that charset does not hold the insertion.
  const Charset* before = findCharset(tree.nodes()[leaf].charset);
  int plans = 0;
  bool inUtf8 = true;
  const auto plan = [&](std::string_view text) {
    const std::size_t offset = data[1] % (text.size() + 1);
    const Insertion insertion{offset, std::string(kTexts[data[2] % 5])};
    want = std::string(text).insert(offset, insertion.text);
    inUtf8 = isAscii(text) || before->name == "utf-8" ||
             !before->asciiTransparent || ++plans == 2;
    return insertion;
  };
  const auto edit = editLeaf(*message, leaf, plan);
  if (!edit) return 0;
  const auto bytes =
      spliceLeaves(message->bytes(), tree, edit->splices, {leaf});
  if (!bytes) return 0;

  const auto after = MimeTree::parse(bytes->view());
  const auto& node = after.nodes()[leaf];
  const Charset* charset = findCharset(node.charset);
  if (charset == nullptr) std::abort();
  const std::string got = decode(node, bytes->view());
  const auto text = toUtf8(got, *charset);
  // Line ends of text in quoted-printable are canonical, so length may differ
  // only there; what was never valid cannot be compared as text.
  if (text && inUtf8 && isValidUtf8(want) &&
      want.find('\n') == std::string::npos &&
      want.find('\r') == std::string::npos && *text != want)
    std::abort();
  return 0;
}
