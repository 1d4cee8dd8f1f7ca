#include "core/mail/splice.h"

#include <algorithm>

#include "core/mail/charset.h"

namespace mailreeve::mail {

namespace {

Error broken(std::string what) {
  return Error{ErrorCode::Internal, "splice: " + std::move(what)};
}

bool contains(const std::vector<std::size_t>& nodes, std::size_t node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

Range whole(const MimeNode& node) {
  return {node.headers.begin, node.body.end};
}

bool isConfined(const Splice& splice,
                const MimeTree& tree,
                const std::vector<std::size_t>& edited) {
  return std::any_of(edited.begin(), edited.end(), [&](std::size_t node) {
    const auto& leaf = tree.nodes()[node];
    return leaf.isLeaf() && splice.replaced.begin >= whole(leaf).begin &&
           splice.replaced.end <= whole(leaf).end;
  });
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

Parameters withoutCharset(Parameters parameters) {
  std::erase_if(parameters,
                [](const auto& entry) { return entry.first == "charset"; });
  return parameters;
}

// What may not differ between a node and itself after an edit.
bool sameKind(const MimeNode& a, const MimeNode& b) {
  return a.type == b.type && a.parent == b.parent && a.children == b.children &&
         a.disposition == b.disposition && a.names == b.names &&
         a.contentId == b.contentId &&
         withoutCharset(a.parameters) == withoutCharset(b.parameters);
}

bool sameFindings(const MimeTree& a, const MimeTree& b) {
  return std::equal(a.findings().begin(),
                    a.findings().end(),
                    b.findings().begin(),
                    b.findings().end(),
                    [](const MimeFinding& x, const MimeFinding& y) {
                      return x.defect == y.defect && x.node == y.node;
                    });
}

bool isValidText(const MimeNode& leaf, std::string_view bytes) {
  const Charset* charset = findCharset(leaf.charset);
  return charset != nullptr && toUtf8(decode(leaf, bytes), *charset).ok();
}

Result<Done> proveLeaf(const MimeNode& was,
                       std::string_view before,
                       const MimeNode& is,
                       std::string_view after) {
  const auto bodyWas = was.body.of(before);
  const auto bodyIs = is.body.of(after);
  if (longestLine(bodyIs) > std::max(kMaxLine, longestLine(bodyWas)))
    return broken("a line became too long");
  if (isAscii(bodyWas) && !isAscii(bodyIs))
    return broken("a 7-bit part became 8-bit");
  if (!isValidText(is, after) && isValidText(was, before))
    return broken("the text left its charset");
  return Done{};
}

Result<Done> prove(std::string_view before,
                   const MimeTree& was,
                   std::string_view after,
                   const std::vector<std::size_t>& edited) {
  const auto is = MimeTree::parse(after);
  if (is.nodes().size() != was.nodes().size() || !sameFindings(was, is))
    return broken("the structure changed");
  for (std::size_t i = 0; i < was.nodes().size(); ++i) {
    const auto& a = was.nodes()[i];
    const auto& b = is.nodes()[i];
    if (!sameKind(a, b)) return broken("a part changed its kind");
    if (contains(edited, i)) {
      auto proved = proveLeaf(a, before, b, after);
      if (!proved) return proved;
    } else if (a.headers.of(before) != b.headers.of(after) ||
               (a.isLeaf() && a.body.of(before) != b.body.of(after))) {
      return broken("another part changed");
    }
  }
  return Done{};
}

}  // namespace

Result<SpooledBytes> applySplices(std::string_view bytes,
                                  std::vector<Splice> splices,
                                  SpoolOptions options) {
  std::stable_sort(
      splices.begin(), splices.end(), [](const Splice& a, const Splice& b) {
        return a.replaced.begin < b.replaced.begin;
      });
  options.limit = bytes.size();
  for (const auto& splice : splices) options.limit += splice.with.size();
  Spool out(std::move(options));
  std::size_t at = 0;
  for (const auto& [replaced, with] : splices) {
    if (replaced.begin < at || replaced.end < replaced.begin ||
        replaced.end > bytes.size())
      return broken("ranges overlap or lie outside");
    auto added = out.append(bytes.substr(at, replaced.begin - at));
    if (added) added = out.append(with);
    if (!added) return std::move(added).error();
    at = replaced.end;
  }
  auto added = out.append(bytes.substr(at));
  if (!added) return std::move(added).error();
  return SpooledBytes::from(std::move(out));
}

Result<SpooledBytes> spliceLeaves(std::string_view bytes,
                                  const MimeTree& tree,
                                  std::vector<Splice> splices,
                                  const std::vector<std::size_t>& edited,
                                  SpoolOptions options) {
  for (const auto& splice : splices)
    if (!isConfined(splice, tree, edited))
      return broken("a range lies outside the edited parts");
  auto spliced = applySplices(bytes, std::move(splices), std::move(options));
  if (!spliced) return spliced;
  auto proved = prove(bytes, tree, spliced->view(), edited);
  if (!proved) return std::move(proved).error();
  return spliced;
}

std::size_t longestLine(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    auto line = text.substr(0, newline);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    longest = std::max(longest, line.size());
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return longest;
}

}  // namespace mailreeve::mail
