// One thread accepts, one thread serves each connection: a request may take its
// time (a job, a database) without keeping another client waiting.
#include <array>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/net/control.h"
#include "core/net/line_socket.h"
#include "core/net/unix_socket.h"

namespace mailreeve::net {

namespace {

using nlohmann::json;

constexpr int kDepth = 32;  // Of nested arrays and objects in a request.

const char* nameOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::Invalid:
      return "invalid";
    case ErrorCode::NotFound:
      return "not found";
    case ErrorCode::Unavailable:
      return "unavailable";
    case ErrorCode::Internal:
      break;
  }
  return "internal";
}

json refusal(const Error& error) {
  return {{"ok", false}, {"error", error.what}, {"code", nameOf(error.code)}};
}

// The request's object, or null when it is none.
json parseRequest(const std::string& line) {
  bool deep = false;
  const auto shallow = [&deep](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kDepth;
    return !deep;
  };
  json request = json::parse(line, shallow, false);
  if (deep || request.is_discarded() || !request.is_object()) return nullptr;
  return request;
}

Peer peerOf(int fd) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  Peer peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return peer;
  peer.uid = credentials.uid;
  peer.gid = credentials.gid;
  peer.pid = credentials.pid;

  // The first call says how much room the groups need.
  socklen_t bytes = 0;
  ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, nullptr, &bytes);
  peer.groups.resize(bytes / sizeof(gid_t));
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &bytes) !=
      0)
    peer.groups.clear();
  return peer;
}

}  // namespace

struct ControlServer::State {
  std::filesystem::path path;
  ino_t inode = 0;  // Of the socket we made: another one is not ours to remove.
  Handler handler;
  ControlLimits limits;
  Fd listener;
  Fd stop;  // Readable once the server is to end.
  std::jthread acceptor;
  std::mutex mutex;
  std::condition_variable fewer;
  unsigned connections = 0;  // Guarded by mutex.
  bool stopping = false;     // Guarded by mutex.

  void acceptAll();
  void serve(Fd socket, const Peer& peer);
  [[nodiscard]] json answer(const std::string& line, const Peer& peer) const;
  [[nodiscard]] std::string encode(const json& answer) const;
  void finish();

 private:
  [[nodiscard]] bool awaitRoom();
  void startThread(Fd socket);
};

// False once the server is to end.
bool ControlServer::State::awaitRoom() {
  std::unique_lock lock(mutex);
  fewer.wait(lock,
             [this] { return stopping || connections < limits.connections; });
  return !stopping;
}

void ControlServer::State::acceptAll() {
  while (awaitRoom()) {
    std::array<pollfd, 2> waits = {
        {{listener.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
    ::poll(waits.data(), waits.size(), -1);
    if (waits[1].revents != 0) return;
    Fd socket(::accept4(
        listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.open()) {
      startThread(std::move(socket));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      // The connection stays in the queue: give others time to end.
      log::warn(path.string() + ": accept: " + errnoText(errno));
      ::poll(&waits[1], 1, 100);
    }
  }
}

void ControlServer::State::startThread(Fd socket) {
  const std::lock_guard lock(mutex);
  try {
    std::thread([this, own = std::move(socket)]() mutable {
      const Peer peer = peerOf(own.get());
      serve(std::move(own), peer);
      const std::lock_guard done(mutex);
      --connections;
      // Under the lock: once it is free, finish() may destroy `fewer`.
      fewer.notify_all();
    }).detach();
    ++connections;
  } catch (const std::system_error& e) {
    log::warn(path.string() + ": no thread for a connection: " + e.what());
  }
}

json ControlServer::State::answer(const std::string& line,
                                  const Peer& peer) const {
  const json request = parseRequest(line);
  if (!request.is_object() || !request.contains("do") ||
      !request["do"].is_string())
    return refusal({ErrorCode::Invalid,
                    "a request is one JSON object with a string \"do\""});
  try {
    auto result = handler(request, peer);
    if (!result) return refusal(result.error());
    json out = result->is_object() ? std::move(*result) : json::object();
    out["ok"] = true;
    return out;
  } catch (const std::exception& e) {
    // What it says may hold anything, so it goes to the log alone.
    log::error("control request " + request["do"].get<std::string>() + ": " +
               e.what());
    return refusal({ErrorCode::Internal, "internal error; see the log"});
  }
}

std::string ControlServer::State::encode(const json& answer) const {
  const auto dump = [](const json& value) {
    // Mail may have put anything into a text; it is shown, never refused.
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  std::string text = dump(answer);
  if (text.size() > limits.line)
    text = dump(refusal(
        {ErrorCode::Invalid, "the answer would be too long; ask for less"}));
  return text + "\n";
}

void ControlServer::State::serve(Fd socket, const Peer& peer) {
  LineSocket lines(std::move(socket), limits.line, stop.get());
  const auto deadline = [this] {
    return std::chrono::steady_clock::now() + limits.request;
  };
  std::string line;
  for (;;) {
    const auto got = lines.read(line, deadline());
    if (got == LineSocket::Got::TooLong) {
      // Best effort: the peer may be busy writing.
      (void)lines.write(encode(refusal({ErrorCode::Invalid, "line too long"})),
                        deadline());
      return;
    }
    if (got != LineSocket::Got::Line) return;
    if (!lines.write(encode(answer(line, peer)), deadline())) return;
  }
}

void ControlServer::State::finish() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  fewer.notify_all();
  const std::uint64_t one = 1;
  // An eventfd takes eight bytes whole or not at all, and has room for them.
  (void)!::write(stop.get(), &one, sizeof(one));
  if (acceptor.joinable()) acceptor.join();
  listener.reset();

  struct stat now {};

  if (::lstat(path.c_str(), &now) == 0 && now.st_ino == inode)
    ::unlink(path.c_str());
  std::unique_lock lock(mutex);
  fewer.wait(lock, [this] { return connections == 0; });
}

ControlServer::ControlServer(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

ControlServer::~ControlServer() {
  state_->finish();
}

Result<std::unique_ptr<ControlServer>> ControlServer::start(
    const std::filesystem::path& path,
    mode_t mode,
    Handler handler,
    const ControlLimits& limits) {
  auto listener = listenUnix(path, mode);
  if (!listener) return std::move(listener).error().within("control socket");

  auto state = std::make_unique<State>();
  state->path = path;
  state->handler = std::move(handler);
  state->limits = limits;
  state->listener = std::move(*listener);
  state->stop = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!state->stop.open())
    return Error{ErrorCode::Unavailable, "eventfd: " + errnoText(errno)};

  struct stat made {};

  if (::lstat(path.c_str(), &made) == 0) state->inode = made.st_ino;
  state->acceptor = std::jthread([raw = state.get()] { raw->acceptAll(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

}  // namespace mailreeve::net
