// Reads the administrator's YAML into Settings, or says everything that is
// wrong with it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/config/settings.h"

namespace mailreeve::config {

// One thing wrong, at one place: "mail.yaml:12:5: domains[0].name: ...".
struct Problem {
  std::string file;
  std::size_t line = 0;    // From 1; 0 when the file as a whole is meant.
  std::size_t column = 0;  // From 1.
  std::string key;         // "domains[2].limits.daily_messages"; may be empty.
  std::string what;

  [[nodiscard]] std::string text() const;
};

struct Loaded {
  Settings settings;              // Defaults where problems are.
  std::vector<Problem> problems;  // Empty: the settings are valid.

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

// The YAML files of one configuration, with their text, in reading order.
struct Source {
  std::string name;  // As errors name it: a path.
  std::string text;
  bool domain = false;  // domains/*.yaml: the file is one element of `domains`.
};

// The files `load` would read, and what is wrong with them as files.
struct Files {
  std::vector<Source> sources;
  std::vector<Problem> problems;
};

[[nodiscard]] Files readFiles(const std::filesystem::path& directory);

// Whether values given as {file: PATH} or {env: NAME} are read. The daemons do
// not need them and may not be able to read them.
enum class Secrets { Resolve, Leave };

// Reads `directory`/*.yaml, `directory`/domains/*.yaml and
// `directory`/managed/*.yaml. Problems with the files themselves (unreadable,
// too large) are reported like all others.
[[nodiscard]] Loaded load(const std::filesystem::path& directory,
                          Secrets secrets = Secrets::Resolve);

// The same for text in memory: what `load` does once the files are read.
[[nodiscard]] Loaded parse(const std::vector<Source>& sources,
                           Secrets secrets = Secrets::Resolve);

// The settings as one YAML document with every value spelt out and keys in
// the order of their description. parse(show(s)) gives s again. Secrets are
// shown as where they come from, never as what they are.
[[nodiscard]] std::string show(const Settings& settings);

// JSON Schema (draft 2020-12) of the whole YAML, for editors.
enum class SchemaOf { Settings, DomainFile };
[[nodiscard]] std::string schema(SchemaOf what = SchemaOf::Settings);

// The reference manual page mailreeve.yaml(5), in mdoc(7).
[[nodiscard]] std::string referencePage();

// One line for each value that differs: "domain example.com: limits.
// daily_messages 500 -> 200". List elements are told apart by name.
[[nodiscard]] std::vector<std::string> differences(const Settings& before,
                                                   const Settings& after);

}  // namespace mailreeve::config
