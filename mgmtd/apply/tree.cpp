#include "mgmtd/apply/tree.h"

#include "core/base/file.h"

namespace mailreeve::apply {

std::string_view bodyOf(std::string_view bytes) {
  const auto end = bytes.find('\n');
  return end == std::string_view::npos ? std::string_view()
                                       : bytes.substr(end + 1);
}

RenderedTree carryOver(RenderedTree tree, const RenderedTree& former) {
  for (auto& [path, file] : tree) {
    const auto old = former.find(path);
    if (old == former.end()) continue;
    if (bodyOf(old->second.bytes) == bodyOf(file.bytes))
      file.bytes = old->second.bytes;
  }
  return tree;
}

std::filesystem::path below(const std::filesystem::path& root,
                            const std::filesystem::path& path) {
  return root / path.relative_path();
}

Result<Done> writeTree(const RenderedTree& tree,
                       const std::filesystem::path& root) {
  for (const auto& [path, file] : tree) {
    const auto target = below(root, path);
    auto made = makeDirectories(target.parent_path());
    if (!made) return made;
    auto written = writeNewFile(target, file.bytes, file.mode);
    if (written) written = syncDirectory(target.parent_path());
    if (!written) return written;
  }
  return Done{};
}

}  // namespace mailreeve::apply
