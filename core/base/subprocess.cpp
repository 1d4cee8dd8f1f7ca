#include "core/base/subprocess.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace mailreeve {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kPath = "/usr/sbin:/usr/bin:/sbin:/bin";

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> makePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return Error{ErrorCode::Unavailable, "pipe: " + errnoText(errno)};
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// Where a program that leaves a daemon behind writes: its daemon can go on
// doing so without ever meeting a closed pipe.
Result<Pipe> makeMemory() {
  Fd write(::memfd_create("output", MFD_CLOEXEC));
  Fd read(::dup(write.get()));
  if (!write.open() || !read.open())
    return Error{ErrorCode::Unavailable, "memfd: " + errnoText(errno)};
  return Pipe{std::move(read), std::move(write)};
}

// All that has been written to a file, from its start.
void readBack(int fd, std::string& into, std::size_t limit) {
  std::array<char, 16384> chunk{};
  while (into.size() < limit) {
    const ssize_t n = ::pread(fd,
                              chunk.data(),
                              std::min(chunk.size(), limit - into.size()),
                              static_cast<off_t>(into.size()));
    if (n <= 0) return;
    into.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

std::string resolve(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  for (const auto directory : split(kPath, ':')) {
    std::string candidate = std::string(directory) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return program;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  // posix_spawn takes char* and does not write through it.
  for (const auto& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast)
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn(const std::vector<std::string>& argv,
                    const RunOptions& options,
                    const Pipe& in,
                    const Pipe& out,
                    const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);

  // Its own process group, so that a limit ends its children too, and no
  // signal mask or ignored signal of ours.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigemptyset(&all);
  sigaddset(&all, SIGPIPE);
  sigaddset(&all, SIGTERM);
  sigaddset(&all, SIGINT);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes,
      POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> environment = {"PATH=" + std::string(kPath),
                                          "LC_ALL=C"};
  environment.insert(environment.end(),
                     options.environment.begin(),
                     options.environment.end());
  const std::string program = resolve(argv.front());
  pid_t pid = -1;
  const int problem = posix_spawn(&pid,
                                  program.c_str(),
                                  &actions,
                                  &attributes,
                                  pointers(argv).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0)
    return Error{
        problem == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
        argv.front() + ": " + errnoText(problem)};
  return pid;
}

// Moves what is ready on one output; false when it has ended.
bool drain(int fd, std::string& into, std::size_t limit) {
  std::array<char, 16384> chunk{};
  const ssize_t n = ::read(fd, chunk.data(), chunk.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  const auto got = static_cast<std::size_t>(n);
  into.append(chunk.data(),
              std::min(got, limit - std::min(limit, into.size())));
  return n > 0;
}

// Feeds standard input; false when it is all written or the reader is gone.
bool feed(int fd, std::string_view& rest) {
  const ssize_t n = ::write(fd, rest.data(), rest.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  rest.remove_prefix(static_cast<std::size_t>(n));
  return !rest.empty();
}

// True when both outputs have ended in time.
bool exchange(Pipe& in,
              Pipe& out,
              Pipe& err,
              const RunOptions& options,
              SteadyClock::time_point deadline,
              Finished& result) {
  std::string_view rest = options.input;
  if (rest.empty()) in.write.reset();
  while (out.read.open() || err.read.open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 3> waits = {{{out.read.get(), POLLIN, 0},
                                    {err.read.get(), POLLIN, 0},
                                    {in.write.get(), POLLOUT, 0}}};
    if (::poll(waits.data(), waits.size(), static_cast<int>(left.count())) < 0)
      continue;
    if (waits[0].revents != 0 &&
        !drain(out.read.get(), result.out, options.outputLimit))
      out.read.reset();
    if (waits[1].revents != 0 &&
        !drain(err.read.get(), result.err, options.outputLimit))
      err.read.reset();
    if (waits[2].revents != 0 && !feed(in.write.get(), rest)) in.write.reset();
  }
  return true;
}

// The exit status, or nothing when the process outlives the deadline.
std::optional<int> await(pid_t pid, SteadyClock::time_point deadline) {
  for (;;) {
    int status = 0;
    const pid_t got = ::waitpid(pid, &status, WNOHANG);
    if (got == pid)
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (SteadyClock::now() >= deadline) return std::nullopt;
    ::usleep(1000);
  }
}

}  // namespace

Result<Finished> run(const std::vector<std::string>& argv,
                     const RunOptions& options) {
  auto in = makePipe();
  auto out = options.leavesDaemon ? makeMemory() : makePipe();
  auto err = options.leavesDaemon ? makeMemory() : makePipe();
  if (!in || !out || !err)
    return Error{ErrorCode::Unavailable, argv.front() + ": no pipes left"};
  ::fcntl(in->write.get(), F_SETFL, O_NONBLOCK);

  const auto deadline = SteadyClock::now() + options.limit;
  auto pid = spawn(argv, options, *in, *out, *err);
  if (!pid) return std::move(pid).error();
  in->read.reset();
  out->write.reset();
  err->write.reset();

  Finished result;
  const bool ended = options.leavesDaemon ||
                     exchange(*in, *out, *err, options, deadline, result);
  const auto status = ended ? await(*pid, deadline) : std::nullopt;
  if (!status) {
    ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, nullptr, 0);
    return Error{ErrorCode::Unavailable,
                 argv.front() + ": no end after " +
                     std::to_string(options.limit.count()) + " ms, killed"};
  }
  if (options.leavesDaemon) {
    readBack(out->read.get(), result.out, options.outputLimit);
    readBack(err->read.get(), result.err, options.outputLimit);
  }
  result.status = *status;
  return result;
}

}  // namespace mailreeve
