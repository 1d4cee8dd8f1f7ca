#include "core/config/load.h"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "core/base/file.h"
#include "core/config/reader.h"
#include "core/config/validate.h"
#include "core/config/yaml_tree.h"

namespace mailreeve::config {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 20000;

// The *.yaml of one directory, in the order of their names.
std::vector<fs::path> yamlFiles(const fs::path& directory,
                                std::vector<Problem>& problems) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator entry(directory, problem), end;
       !problem && entry != end;
       entry.increment(problem)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".yml")
      problems.push_back(
          {path.string(),
           0,
           0,
           "",
           "is not read: name it " + path.stem().string() + ".yaml"});
    if (path.extension() != ".yaml" ||
        path.filename().string().starts_with('.'))
      continue;
    files.push_back(path);
    if (files.size() > kMostFiles) {
      problems.push_back(
          {directory.string(),
           0,
           0,
           "",
           "more than " + std::to_string(kMostFiles) + " files"});
      break;
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void readSources(const fs::path& directory,
                 bool domains,
                 std::vector<Source>& sources,
                 std::vector<Problem>& problems) {
  for (const auto& path : yamlFiles(directory, problems)) {
    auto text = readFile(path, YamlLimits{}.bytes);
    if (text)
      sources.push_back({path.string(), std::move(*text), domains});
    else
      problems.push_back({path.string(), 0, 0, "", text.error().what});
  }
}

// The nearest key above `key` whose place is known.
Position placeOf(const Positions& positions, std::string key) {
  for (;;) {
    const auto found = positions.find(key);
    if (found != positions.end()) return found->second;
    const auto cut = key.find_last_of(".[");
    if (cut == std::string::npos) return {};
    key.resize(cut);
  }
}

// A file of domains/ as if it stood in a list of domains.
YamlNode asDomains(YamlNode domain) {
  YamlNode list;
  list.kind = YamlNode::Kind::Sequence;
  YamlNode top;
  top.kind = YamlNode::Kind::Map;
  list.source = top.source = domain.source;
  list.line = top.line = domain.line;
  list.column = top.column = domain.column;
  list.items.push_back(std::move(domain));
  top.entries.push_back(
      {"domains", list.source, list.line, list.column, std::move(list)});
  return top;
}

// Nothing when a file cannot be read to its end: what it would have set must
// not be reported as missing.
std::optional<YamlNode> joinSources(const std::vector<Source>& sources,
                                    std::vector<Problem>& problems) {
  YamlNode root;
  root.kind = YamlNode::Kind::Map;
  root.line = 1;
  root.column = 1;
  std::size_t nodes = 0;
  bool whole = true;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto top = parseYaml(sources[i], i, YamlLimits{}, nodes, problems);
    whole = whole && top && top->kind != YamlNode::Kind::Sequence &&
            top->kind != YamlNode::Kind::Scalar;
    if (!top || top->kind == YamlNode::Kind::Null) continue;
    if (top->kind != YamlNode::Kind::Map)
      problems.push_back({sources[i].name,
                          top->line,
                          top->column,
                          "",
                          "must be a map of settings"});
    else
      mergeYaml(
          root,
          sources[i].domain ? asDomains(std::move(*top)) : std::move(*top),
          "",
          sources,
          problems);
  }
  if (!whole) return std::nullopt;
  return root;
}

// Whether a problem of `key` or of something within it has been reported: one
// mistake is told once.
bool isTold(const std::set<std::string>& told, const std::string& key) {
  const auto next = told.lower_bound(key);
  return next != told.end() && next->starts_with(key) &&
         (next->size() == key.size() || (*next)[key.size()] == '.' ||
          (*next)[key.size()] == '[');
}

}  // namespace

std::string Problem::text() const {
  std::string out = file;
  if (line > 0)
    out += ":" + std::to_string(line) + ":" + std::to_string(column);
  out += ": ";
  if (!key.empty()) out += key + ": ";
  return out + what;
}

Files readFiles(const fs::path& directory) {
  Files files;
  auto& [sources, problems] = files;
  readSources(directory, false, sources, problems);
  readSources(directory / "managed", false, sources, problems);
  readSources(directory / "domains", true, sources, problems);
  if (sources.empty() && problems.empty())
    problems.push_back({directory.string(),
                        0,
                        0,
                        "",
                        "holds no *.yaml file; `mgmtctl init` writes one"});
  return files;
}

Loaded load(const fs::path& directory, Secrets secrets) {
  auto [sources, problems] = readFiles(directory);
  if (sources.empty()) return {{}, std::move(problems)};

  Loaded loaded = parse(sources, secrets);
  loaded.problems.insert(loaded.problems.begin(),
                         std::make_move_iterator(problems.begin()),
                         std::make_move_iterator(problems.end()));
  return loaded;
}

Loaded parse(const std::vector<Source>& sources, Secrets secrets) {
  Loaded loaded;
  const auto root = joinSources(sources, loaded.problems);
  if (!root) return loaded;
  Positions positions;
  readMap(
      *root, sources, secrets, positions, loaded.problems, [&](Fields& fields) {
        describe(fields, loaded.settings);
      });
  std::set<std::string> told;
  for (const auto& problem : loaded.problems) told.insert(problem.key);
  validate(loaded.settings, [&](const std::string& key, std::string what) {
    if (isTold(told, key)) return;
    const Position place = placeOf(positions, key);
    loaded.problems.push_back({sources[place.source].name,
                               place.line,
                               place.column,
                               key,
                               std::move(what)});
  });
  // In reading order, so that a person mends from top to bottom.
  std::stable_sort(loaded.problems.begin(),
                   loaded.problems.end(),
                   [](const Problem& a, const Problem& b) {
                     return std::tie(a.file, a.line, a.column) <
                            std::tie(b.file, b.line, b.column);
                   });
  return loaded;
}

}  // namespace mailreeve::config
