// Fills Settings from a YAML tree, along the description.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/config/describe.h"
#include "core/config/yaml_tree.h"

namespace mailreeve::config {

struct Position {
  std::size_t source = 0;
  std::size_t line = 0;
  std::size_t column = 0;
};

// Where each key stood: "domains[2].limits" -> file, line, column.
using Positions = std::unordered_map<std::string, Position>;

// Problems are appended; a value that is wrong keeps its default.
void readSettings(const YamlNode& root,
                  const std::vector<Source>& sources,
                  Secrets secrets,
                  Settings& settings,
                  Positions& positions,
                  std::vector<Problem>& problems);

}  // namespace mailreeve::config
