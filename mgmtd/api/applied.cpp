#include "mgmtd/api/applied.h"

#include <filesystem>

namespace mailreeve::api {

std::string Applied::generation() const {
  std::error_code missing;
  const auto target =
      std::filesystem::read_symlink(paths_.generations() / "current", missing);
  return missing ? "" : target.filename().string();
}

Result<directory::PolicyPtr> Applied::policy() {
  const std::string now = generation();
  if (now.empty())
    return Error{ErrorCode::NotFound,
                 "no settings are in force yet; run `mgmtctl apply` first"};
  const std::lock_guard lock(mutex_);
  if (policy_ && loaded_ == now) return policy_;
  auto fresh = directory::loadPolicy(paths_.currentYaml());
  if (!fresh) return std::move(fresh).error().within("settings in force");
  policy_ = std::move(*fresh);
  loaded_ = now;
  return policy_;
}

}  // namespace mailreeve::api
