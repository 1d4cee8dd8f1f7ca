// YAML text as a tree that remembers where everything stood.
//
// yaml-cpp's own nodes take duplicate keys silently and forget how a scalar was
// written, so the tree is built from its parser's events, under limits: an
// alias that multiplies (the "billion laughs") runs into the node limit, not
// out of memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/load.h"

namespace mailreeve::config {

struct YamlLimits {
  std::size_t bytes = 16U << 20U;  // Of one file.
  std::size_t depth = 24;
  std::size_t nodes = 2000000;  // Of all files together.
};

struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Map };

  struct Entry;

  Kind kind = Kind::Null;
  bool quoted = false;  // A quoted scalar is text, never a number.
  std::string scalar;
  std::vector<YamlNode> items;
  std::vector<Entry> entries;
  std::size_t source = 0;  // Index of the file.
  std::size_t line = 0;    // From 1.
  std::size_t column = 0;  // From 1.

  [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  std::size_t source = 0;
  std::size_t line = 0;
  std::size_t column = 0;
  YamlNode value;
};

// Parses one document; nothing when it cannot be read to its end (syntax,
// limits). Problems, duplicate keys among them, are appended to `problems`.
// `nodes` counts over calls.
[[nodiscard]] std::optional<YamlNode> parseYaml(const Source& source,
                                                std::size_t index,
                                                const YamlLimits& limits,
                                                std::size_t& nodes,
                                                std::vector<Problem>& problems);

// Adds an element to the list at `path`. A domain that another file describes
// too is joined with it, so that one file can add to what another began.
void addItem(YamlNode& list,
             YamlNode item,
             const std::string& path,
             const std::vector<Source>& sources,
             std::vector<Problem>& problems);

// Joins the tops of several files: maps key by key, lists of maps one after the
// other. Any other key that two files set is a problem that names both.
void mergeYaml(YamlNode& into,
               YamlNode from,
               const std::string& path,
               const std::vector<Source>& sources,
               std::vector<Problem>& problems);

}  // namespace mailreeve::config
