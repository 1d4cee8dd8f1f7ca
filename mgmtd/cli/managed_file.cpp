#include "mgmtd/cli/managed_file.h"

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/config/load.h"

namespace mailreeve::cli {

namespace fs = std::filesystem;

namespace {

Result<Done> removeFile(const fs::path& path) {
  std::error_code problem;
  fs::remove(path, problem);
  if (!problem) return Done{};
  return Error{ErrorCode::Unavailable,
               path.string() + ": " + problem.message()};
}

Result<Done> put(const fs::path& path, const std::string& yaml) {
  return yaml.empty() ? removeFile(path) : replaceFile(path, yaml, 0640);
}

}  // namespace

Result<Done> writeManaged(const Context& context,
                          const fs::path& path,
                          const std::string& yaml) {
  auto done = makeDirectories(path.parent_path());
  if (!done) return done;
  // The whole must stay valid, or the next apply would be stuck on our file.
  const auto before = readFile(path);
  done = put(path, yaml);
  if (!done) return done;
  const auto loaded = config::load(context.paths.config);
  if (loaded.ok()) return Done{};
  Error error{ErrorCode::Invalid,
              "nothing was changed: " + loaded.problems.front().text()};
  const auto undone = put(path, before ? *before : "");
  if (!undone) error.what += "; and " + undone.error().what;
  return error;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump();
}

std::string quotedList(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  out.reserve(texts.size());
  for (const auto& text : texts) out.push_back(quoted(text));
  return "[" + join(out, ", ") + "]";
}

}  // namespace mailreeve::cli
