// What rendering gives and installing takes: whole files, by absolute path.
//
// A tree is a plain value: making one touches no disk, so that it can be
// compared, tested and thrown away.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "core/base/result.h"

namespace mailreeve::apply {

struct RenderedFile {
  std::string bytes;
  mode_t mode = 0644;
  std::string owner = "root";
  std::string group = "root";

  bool operator==(const RenderedFile&) const = default;
};

using RenderedTree = std::map<std::filesystem::path, RenderedFile>;

// What stands after the first line, which names the generation and so is
// different each time.
[[nodiscard]] std::string_view bodyOf(std::string_view bytes);

// `tree` with the bytes of `former` for each file whose body is the same: a
// file that says the same thing is not touched by an apply.
[[nodiscard]] RenderedTree carryOver(RenderedTree tree,
                                     const RenderedTree& former);

// Writes `tree` below `root`, where none of it is yet, the absolute paths
// becoming relative ones. Ownership stays the caller's.
[[nodiscard]] Result<Done> writeTree(const RenderedTree& tree,
                                     const std::filesystem::path& root);

// Where `path` lies below `root`.
[[nodiscard]] std::filesystem::path below(const std::filesystem::path& root,
                                          const std::filesystem::path& path);

}  // namespace mailreeve::apply
