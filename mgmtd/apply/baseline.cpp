#include "mgmtd/apply/baseline.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/time_text.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const char* kindName(HostFile::Kind kind) {
  switch (kind) {
    case HostFile::Kind::File:
      return "file";
    case HostFile::Kind::Link:
      return "link";
    case HostFile::Kind::Absent:
      break;
  }
  return "absent";
}

HostFile::Kind kindOf(const std::string& name) {
  if (name == "file") return HostFile::Kind::File;
  return name == "link" ? HostFile::Kind::Link : HostFile::Kind::Absent;
}

json entryOf(const fs::path& path, const HostFile& file) {
  json entry = {{"path", path.string()}, {"kind", kindName(file.kind)}};
  if (file.kind == HostFile::Kind::Absent) return entry;
  entry["mode"] = file.mode;
  entry["uid"] = file.owner;
  entry["gid"] = file.group;
  entry["modified_ns"] = file.modified.value_or(0);
  if (file.kind == HostFile::Kind::Link) entry["target"] = file.bytes;
  return entry;
}

Result<HostFile> fileOf(const json& entry, const fs::path& tree) {
  HostFile file;
  file.kind = kindOf(entry.at("kind").get<std::string>());
  if (file.kind == HostFile::Kind::Absent) return file;
  file.mode = entry.at("mode").get<mode_t>();
  file.owner = entry.at("uid").get<uid_t>();
  file.group = entry.at("gid").get<gid_t>();
  file.modified = entry.at("modified_ns").get<std::int64_t>();
  if (file.kind == HostFile::Kind::Link) {
    file.bytes = entry.at("target").get<std::string>();
    return file;
  }
  auto bytes = readFile(below(tree, entry.at("path").get<std::string>()));
  if (!bytes) return std::move(bytes).error();
  file.bytes = *std::move(bytes);
  return file;
}

Result<Done> fillDirectory(const fs::path& directory,
                           const Baseline& baseline,
                           TimePoint now) {
  json files = json::array();
  for (const auto& [path, file] : baseline.files) {
    files.push_back(entryOf(path, file));
    if (file.kind != HostFile::Kind::File) continue;
    const auto copy = below(directory / "tree", path);
    auto kept = makeDirectories(copy.parent_path());
    // What was private stays private.
    if (kept) kept = writeNewFile(copy, file.bytes, 0600);
    if (kept) kept = syncDirectory(copy.parent_path());
    if (!kept) return kept;
  }
  auto made = makeDirectories(directory);
  if (!made) return made;
  const json meta = {
      {"generation", 0},
      {"time", utcText(now)},
      {"result", "the host before Mailreeve"},
      {"files", files},
      {"services",
       {{"postfix", baseline.postfixRan}, {"dovecot", baseline.dovecotRan}}}};
  made = writeNewFile(directory / "meta.json", meta.dump(1) + "\n");
  return made ? syncDirectory(directory) : made;
}

}  // namespace

Result<Baseline> readBaseline(const GenerationStore& store) {
  const auto directory = store.directory(0);
  auto text = readFile(directory / "meta.json");
  if (!text) return std::move(text).error();
  try {
    const auto meta = json::parse(*text);
    Baseline baseline;
    for (const auto& entry : meta.at("files")) {
      auto file = fileOf(entry, directory / "tree");
      if (!file) return std::move(file).error();
      baseline.files[entry.at("path").get<std::string>()] = *std::move(file);
    }
    baseline.postfixRan = meta.at("services").at("postfix").get<bool>();
    baseline.dovecotRan = meta.at("services").at("dovecot").get<bool>();
    return baseline;
  } catch (const json::exception& e) {
    return Error{ErrorCode::Internal,
                 (directory / "meta.json").string() + ": " + e.what()};
  }
}

Result<Done> writeBaseline(const GenerationStore& store,
                           const Baseline& baseline,
                           TimePoint now) {
  const auto target = store.directory(0);
  const fs::path fresh = target.string() + ".new";
  std::error_code ignored;
  fs::remove_all(fresh, ignored);
  auto written = fillDirectory(fresh, baseline, now);
  if (!written) return std::move(written).error().within("keep generation 0");
  const bool there = fs::exists(target);
  if (::renameat2(AT_FDCWD,
                  fresh.c_str(),
                  AT_FDCWD,
                  target.c_str(),
                  there ? RENAME_EXCHANGE : 0U) != 0)
    return Error{ErrorCode::Unavailable,
                 target.string() + ": rename: " + errnoText(errno)};
  fs::remove_all(fresh, ignored);
  return syncDirectory(target.parent_path());
}

Result<bool> extendBaseline(Baseline& known, const RenderedTree& tree) {
  bool added = false;
  for (const auto& [path, rendered] : tree) {
    if (known.files.contains(path)) continue;
    auto file = readHostFile(path);
    if (!file) return std::move(file).error();
    known.files[path] = *std::move(file);
    added = true;
  }
  return added;
}

Result<HostState> desiredState(const Baseline& baseline,
                               const RenderedTree& tree) {
  auto state = hostStateOf(tree);
  if (!state) return state;
  state->insert(baseline.files.begin(), baseline.files.end());
  return state;
}

}  // namespace mailreeve::apply
