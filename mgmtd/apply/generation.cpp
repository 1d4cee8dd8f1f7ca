#include "mgmtd/apply/generation.h"

#include <algorithm>
#include <ctime>

#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr mode_t kYamlMode = 0640;

json metaOf(const Generation& generation) {
  json files = json::array();
  for (const auto& [path, file] : generation.tree)
    files.push_back({{"path", path.string()},
                     {"mode", file.mode},
                     {"owner", file.owner},
                     {"group", file.group}});
  return {{"generation", generation.number},
          {"former", generation.former},
          {"time", generation.time},
          {"result", generation.result},
          {"summary", generation.summary},
          {"files", files}};
}

Result<json> readMeta(const fs::path& directory) {
  auto text = readFile(directory / "meta.json");
  if (!text) return std::move(text).error();
  auto meta = json::parse(*text, nullptr, false);
  if (!meta.is_object())
    return Error{ErrorCode::Internal,
                 (directory / "meta.json").string() + ": damaged"};
  return meta;
}

Result<RenderedTree> readTree(const fs::path& directory, const json& files) {
  RenderedTree tree;
  for (const auto& entry : files) {
    const fs::path path = entry.at("path").get<std::string>();
    auto bytes = readFile(below(directory / "tree", path));
    if (!bytes) return std::move(bytes).error();
    tree[path] = {*std::move(bytes),
                  entry.at("mode").get<mode_t>(),
                  entry.at("owner").get<std::string>(),
                  entry.at("group").get<std::string>()};
  }
  return tree;
}

// The daemons, whose group the databases' directory has, may read the YAML.
Result<Done> openToDaemons(const fs::path& yaml, const fs::path& databases) {
  struct stat seen {};

  if (::stat(databases.c_str(), &seen) != 0) return Done{};
  std::error_code problem;
  for (fs::recursive_directory_iterator entry(yaml, problem), end;
       !problem && entry != end;
       entry.increment(problem))
    if (::lchown(entry->path().c_str(), static_cast<uid_t>(-1), seen.st_gid) !=
        0)
      return Error{ErrorCode::Unavailable,
                   entry->path().string() + ": chown: " + errnoText(errno)};
  if (problem)
    return Error{ErrorCode::Unavailable,
                 yaml.string() + ": " + problem.message()};
  return Done{};
}

Result<Done> writeYaml(const std::vector<config::Source>& sources,
                       const fs::path& config,
                       const fs::path& to) {
  auto made = makeDirectories(to);
  for (const auto& source : sources) {
    if (!made) return made;
    const auto target = to / fs::path(source.name).lexically_relative(config);
    made = makeDirectories(target.parent_path());
    if (made) made = writeNewFile(target, source.text, kYamlMode);
    if (made) made = syncDirectory(target.parent_path());
  }
  return made;
}

}  // namespace

Number GenerationStore::current() const {
  std::error_code problem;
  const auto target =
      fs::read_symlink(paths_.generations() / "current", problem);
  if (problem) return 0;
  return parseNumber(target.filename().string()).value_or(0);
}

std::vector<Number> GenerationStore::list() const {
  std::vector<Number> numbers;
  std::error_code problem;
  for (fs::directory_iterator entry(paths_.generations(), problem), end;
       !problem && entry != end;
       entry.increment(problem)) {
    const auto number = parseNumber(entry->path().filename().string());
    if (number && entry->is_directory()) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Number GenerationStore::next() const {
  const auto numbers = list();
  return numbers.empty() ? 1 : numbers.back() + 1;
}

Result<Generation> GenerationStore::read(Number number) const {
  const auto where = directory(number);
  auto meta = readMeta(where);
  if (!meta) return std::move(meta).error();
  try {
    Generation generation;
    generation.number = number;
    generation.former = meta->value("former", Number{0});
    generation.time = meta->value("time", "");
    generation.result = meta->value("result", "");
    generation.summary = meta->value("summary", std::vector<std::string>());
    if (number == 0) return generation;
    auto tree = readTree(where, meta->at("files"));
    if (!tree) return std::move(tree).error();
    generation.tree = *std::move(tree);
    return generation;
  } catch (const json::exception& e) {
    return Error{ErrorCode::Internal,
                 (where / "meta.json").string() + ": " + e.what()};
  }
}

Result<config::Settings> GenerationStore::settings(Number number) const {
  if (number == 0) return config::Settings{};
  auto loaded =
      config::load(directory(number) / "yaml", config::Secrets::Leave);
  if (!loaded.ok())
    return Error{ErrorCode::Invalid,
                 "generation " + std::to_string(number) + ": " +
                     loaded.problems.front().text()};
  return std::move(loaded.settings);
}

Result<Done> GenerationStore::write(const Generation& generation,
                                    const std::vector<config::Source>& sources,
                                    const fs::path& config) const {
  const auto target = directory(generation.number);
  const fs::path fresh = target.string() + ".new";
  std::error_code ignored;
  fs::remove_all(fresh, ignored);
  auto done = writeYaml(sources, config, fresh / "yaml");
  if (done) done = openToDaemons(fresh / "yaml", paths_.databases());
  if (done) done = writeTree(generation.tree, fresh / "tree");
  if (done)
    done = writeNewFile(fresh / "meta.json", metaOf(generation).dump(1) + "\n");
  if (done) done = syncDirectory(fresh);
  if (done && ::rename(fresh.c_str(), target.c_str()) != 0)
    done = Error{ErrorCode::Unavailable,
                 target.string() + ": rename: " + errnoText(errno)};
  if (!done) {
    fs::remove_all(fresh, ignored);
    return std::move(done).error().within("write generation " +
                                          std::to_string(generation.number));
  }
  return syncDirectory(paths_.generations());
}

Result<Done> GenerationStore::setResult(Number number,
                                        const std::string& result) const {
  auto meta = readMeta(directory(number));
  if (!meta) return std::move(meta).error();
  (*meta)["result"] = result;
  return replaceFile(directory(number) / "meta.json", meta->dump(1) + "\n");
}

Result<Done> GenerationStore::switchTo(Number number) const {
  const auto link = paths_.generations() / "current";
  const auto fresh = link.string() + ".new";
  ::unlink(fresh.c_str());
  if (::symlink(std::to_string(number).c_str(), fresh.c_str()) != 0 ||
      ::rename(fresh.c_str(), link.c_str()) != 0)
    return Error{ErrorCode::Unavailable,
                 link.string() + ": switch: " + errnoText(errno)};
  return syncDirectory(paths_.generations());
}

Result<Done> GenerationStore::keepLocalEdit(Number number,
                                            const fs::path& path,
                                            const std::string& bytes) const {
  const auto target = below(directory(number) / "local-edits", path);
  auto made = makeDirectories(target.parent_path());
  if (!made) return made;
  return replaceFile(target, bytes, 0600);
}

}  // namespace mailreeve::apply
