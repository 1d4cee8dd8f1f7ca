#include "core/auth/dkim/transport_safety.h"

#include <algorithm>

#include "core/base/byte_block.h"

namespace mailreeve::dkim {

namespace {

// RFC 5321 section 4.5.3.1.6: 1000 with the line end.
constexpr std::size_t kMaxLine = 998;

using mail::MimeNode;
using mail::MimeTree;

// Encoding what is inside would break a signature of another kind, or is
// forbidden (RFC 2045 section 6.4).
bool mustStayAsItIs(const MimeNode& node) {
  return node.type == "multipart/signed" ||
         node.type == "multipart/encrypted" ||
         node.type.compare(0, 8, "message/") == 0;
}

// Without a line end in it.
bool isSafeText(std::string_view line) {
  const char* at = line.data();
  std::size_t left = line.size();
  for (; left >= block::kSize; at += block::kSize, left -= block::kSize) {
    const auto word = block::load(at);
    if ((block::aboveAscii(word) | block::equal(word, '\0') |
         block::equal(word, '\r')) != 0)
      return false;
  }
  return std::all_of(at, at + left, [](char c) {
    return c != '\0' && c != '\r' && static_cast<unsigned char>(c) <= 127;
  });
}

mail::Encoding encodingFor(const MimeNode& node, std::string_view content) {
  if (node.type.compare(0, 5, "text/") != 0) return mail::Encoding::Base64;
  const auto high = std::count_if(content.begin(), content.end(), [](char c) {
    return static_cast<unsigned char>(c) > 127;
  });
  const bool readable = static_cast<std::size_t>(high) * 4 < content.size();
  return readable ? mail::Encoding::QuotedPrintable : mail::Encoding::Base64;
}

}  // namespace

bool isTransportSafe(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    auto line = bytes.substr(0, newline);
    bytes.remove_prefix(newline == std::string_view::npos ? bytes.size()
                                                          : newline + 1);
    if (newline != std::string_view::npos) {
      if (line.empty() || line.back() != '\r') return false;
      line.remove_suffix(1);
    }
    if (line.size() > kMaxLine || !isSafeText(line)) return false;
  }
  return true;
}

TransportSafety judgeTransport(const MimeTree& tree, std::string_view bytes) {
  TransportSafety safety;
  const std::size_t bodyBegin = tree.root().headers.end;
  if (isTransportSafe(bytes.substr(bodyBegin))) return safety;
  safety.safe = false;

  std::size_t between = bodyBegin;  // Where the bytes of no leaf go on.
  const auto& nodes = tree.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& node = nodes[i];
    if (!node.isLeaf() || node.body.begin < between) continue;
    const auto gap = bytes.substr(between, node.body.begin - between);
    safety.curable = safety.curable && isTransportSafe(gap);
    between = node.body.end;
    const auto content = node.body.of(bytes);
    if (isTransportSafe(content)) continue;
    if (tree.anyAncestorOrSelf(i, mustStayAsItIs))
      safety.curable = false;
    else
      safety.leaves.push_back({i, encodingFor(node, content)});
  }
  safety.curable = safety.curable && isTransportSafe(bytes.substr(between));
  return safety;
}

}  // namespace mailreeve::dkim
