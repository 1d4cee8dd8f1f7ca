// Templates: text with {{MARKERS}}, {{#SECTIONS}}..{{/SECTIONS}} that appear
// once for each of their values, and {{^SECTIONS}} that appear for none.
//
// A marker that the values do not know is an error with file and line, never an
// empty text: a misspelt marker in an override must not switch a limit off.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::apply {

struct TemplateValues {
  std::map<std::string, std::string> texts;
  // A section that is off is present here with no values.
  std::map<std::string, std::vector<TemplateValues>> sections;

  // A section that appears once or not at all.
  void show(const std::string& section, bool visible) {
    sections[section] = visible ? std::vector<TemplateValues>(1)
                                : std::vector<TemplateValues>();
  }

  // A section that appears once for each of `texts`, as `marker`.
  void repeat(const std::string& section,
              const std::string& marker,
              const std::vector<std::string>& values) {
    auto& rows = sections[section];
    rows.clear();
    for (const auto& value : values) rows.push_back({{{marker, value}}, {}});
  }
};

// The text of a template and where it was read.
struct Template {
  std::string name;  // As errors name it: a path.
  std::string text;
};

// Where templates are looked for: overrides first.
struct TemplateSource {
  std::vector<std::filesystem::path> directories;

  // `name`: "postfix/main.cf.tpl".
  [[nodiscard]] Result<Template> read(const std::string& name) const;
};

// A value with a control character, a line break included, is refused: it
// would be a line of configuration nobody wrote. Inside a section that is off
// markers are not checked, as nobody knows them.
[[nodiscard]] Result<std::string> expand(const Template& source,
                                         const TemplateValues& values);

}  // namespace mailreeve::apply
