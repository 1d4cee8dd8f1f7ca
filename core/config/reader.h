// Fills values from a YAML tree, along their description.
#pragma once

#include <functional>
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

// Reads the map `root` along `description`; unknown keys are problems, and a
// value that is wrong keeps its default. Problems are appended.
void readMap(const YamlNode& root,
             const std::vector<Source>& sources,
             Secrets secrets,
             Positions& positions,
             std::vector<Problem>& problems,
             const std::function<void(Fields&)>& description);

}  // namespace mailreeve::config
