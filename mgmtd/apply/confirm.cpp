#include "mgmtd/apply/confirm.h"

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/unix_time.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

constexpr auto kStep = std::chrono::milliseconds(500);

fs::path pendingPath(const Paths& paths) {
  return paths.generations() / "unconfirmed.json";
}

}  // namespace

Result<std::optional<Pending>> readPending(const Paths& paths) {
  const auto path = pendingPath(paths);
  if (!fs::exists(path)) return std::optional<Pending>();
  auto text = readFile(path, 4096);
  if (!text) return std::move(text).error();
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  try {
    Pending pending;
    pending.number = json.at("generation").get<Number>();
    pending.former = json.at("former").get<Number>();
    pending.deadline = fromSeconds(json.at("deadline").get<std::int64_t>());
    return std::optional(pending);
  } catch (const nlohmann::json::exception& e) {
    return Error{ErrorCode::Internal, path.string() + ": " + e.what()};
  }
}

Result<Done> writePending(const Paths& paths, const Pending& pending) {
  const nlohmann::json json = {{"generation", pending.number},
                               {"former", pending.former},
                               {"deadline", toSeconds(pending.deadline)}};
  return replaceFile(pendingPath(paths), json.dump() + "\n");
}

Result<Done> removePending(const Paths& paths) {
  const auto path = pendingPath(paths);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return Error{ErrorCode::Unavailable,
                 path.string() + ": remove: " + errnoText(errno)};
  return Done{};
}

Result<Done> startGuard(const Paths& paths) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd)
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<std::string> argv = {"mgmtctl",
                                   "--config-dir",
                                   paths.config,
                                   "--state-dir",
                                   paths.state,
                                   "--run-dir",
                                   paths.run,
                                   "guard"};
  std::vector<char*> pointers;
  for (auto& word : argv) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  const int problem = ::posix_spawn(
      &pid, "/proc/self/exe", &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0)
    return Error{ErrorCode::Unavailable, "guard: " + errnoText(problem)};
  return Done{};
}

bool awaitDeadline(const Paths& paths, const Clock& clock) {
  const GenerationStore store(paths);
  for (;;) {
    const auto pending = readPending(paths);
    if (!pending || !*pending || store.current() != (*pending)->number)
      return false;
    if (clock.now() >= (*pending)->deadline) return true;
    std::this_thread::sleep_for(kStep);
  }
}

}  // namespace mailreeve::apply
