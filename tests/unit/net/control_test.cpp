#include "core/net/control.h"

#include <atomic>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/net/line_socket.h"
#include "core/net/unix_socket.h"
#include "tests/unit/scratch.h"

namespace mailreeve::net {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

Result<json> echo(const json& request, const Peer& peer) {
  if (request["do"] == "throw") throw std::runtime_error("secret detail");
  if (request["do"] == "refuse")
    return Error{ErrorCode::NotFound, "no such thing"};
  if (request["do"] == "flood")
    return json{{"text", std::string(2U << 20U, 'x')}};
  if (request["do"] == "bytes") return json{{"text", "\xff\xfe"}};
  return json{{"echo", request["do"]},
              {"uid", peer.uid},
              {"gid", peer.gid},
              {"pid", peer.pid},
              {"groups", peer.groups}};
}

std::unique_ptr<ControlServer> serve(const std::filesystem::path& path,
                                     Handler handler = echo,
                                     const ControlLimits& limits = {}) {
  auto server = ControlServer::start(path, 0600, std::move(handler), limits);
  REQUIRE_MESSAGE(server.ok(), (server ? "" : server.error().what));
  return std::move(*server);
}

// What comes back for raw bytes; "" when the connection just ends.
std::string rawAnswer(const std::filesystem::path& path,
                      const std::string& bytes) {
  auto socket = connectUnix(path, seconds(5));
  REQUIRE(socket);
  LineSocket lines(std::move(*socket), 1U << 20U);
  const auto deadline = std::chrono::steady_clock::now() + seconds(10);
  (void)lines.write(bytes, deadline);
  std::string line;
  if (lines.read(line, deadline) != LineSocket::Got::Line) return "";
  return line;
}

}  // namespace

TEST_CASE("a call brings the answer and who called") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path);
  const auto answer = call(path, {{"do", "status"}});
  REQUIRE(answer);
  CHECK((*answer)["ok"] == true);
  CHECK((*answer)["echo"] == "status");
  CHECK((*answer)["uid"] == ::getuid());
  CHECK((*answer)["gid"] == ::getgid());
  CHECK((*answer)["pid"] == ::getpid());
  std::vector<gid_t> mine(static_cast<std::size_t>(::getgroups(0, nullptr)));
  REQUIRE(::getgroups(static_cast<int>(mine.size()), mine.data()) >= 0);
  CHECK((*answer)["groups"].get<std::vector<gid_t>>() == mine);
}

TEST_CASE("what a handler cannot do is an error in words fit for the caller") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path);

  struct Row {
    std::string label;
    std::string request;
    ErrorCode code;
    std::string what;
  };

  const Row rows[] = {
      {"an Error keeps its code", "refuse", ErrorCode::NotFound, "no such"},
      {"an exception's text stays in the log",
       "throw",
       ErrorCode::Internal,
       "internal error; see the log"},
      {"an answer over the line limit is refused, not cut",
       "flood",
       ErrorCode::Invalid,
       "too long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto answer = call(path, {{"do", row.request}});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == row.code);
    CHECK(answer.error().what.find(row.what) != std::string::npos);
  }
  CHECK(call(path, {{"do", "bytes"}}));
}

TEST_CASE("garbage gets an error, and too much of it the end") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path);

  struct Row {
    std::string label;
    std::string bytes;
    std::string want;  // Part of the answer; empty: none comes.
  };

  const Row rows[] = {
      {"no JSON", "hello\n", "one JSON object"},
      {"an empty line", "\n", "one JSON object"},
      {"an array", "[1]\n", "one JSON object"},
      {"an object without do", "{}\n", "one JSON object"},
      {"a do that is no string", "{\"do\":1}\n", "one JSON object"},
      {"JSON nested too deep",
       "{\"do\":\"x\",\"a\":" + std::string(100, '[') + std::string(100, ']') +
           "}\n",
       "one JSON object"},
      {"half a million brackets",
       std::string(500'000, '[') + "\n",
       "one JSON object"},
      {"NUL bytes", std::string(10, '\0') + "\n", "one JSON object"},
      {"a line of 1 MiB and a byte",
       std::string((1U << 20U) + 1, 'x') + "\n",
       "line too long"},
      {"a line that never ends", std::string(3U << 20U, 'x'), "line too long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(rawAnswer(path, row.bytes).find(row.want) != std::string::npos);
  }
  CHECK(call(path, {{"do", "still alive"}}));
}

TEST_CASE("several requests of one connection are answered in order") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path);
  auto socket = connectUnix(path, seconds(5));
  REQUIRE(socket);
  LineSocket lines(std::move(*socket), 1U << 20U);
  const auto deadline = std::chrono::steady_clock::now() + seconds(10);
  REQUIRE(lines.write("{\"do\":\"one\"}\n{\"do\":\"two\"}\n", deadline));
  for (const std::string want : {"one", "two"}) {
    std::string line;
    REQUIRE(lines.read(line, deadline) == LineSocket::Got::Line);
    CHECK(json::parse(line)["echo"] == want);
  }
}

TEST_CASE("a slow client is cut off and keeps nobody waiting") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path, echo, {.request = milliseconds(200)});
  auto slow = connectUnix(path, seconds(5));
  REQUIRE(slow);
  REQUIRE(::send(slow->get(), "{", 1, 0) == 1);
  CHECK(call(path, {{"do", "other"}}));

  // Each byte comes in time, the line does not: the end comes all the same.
  const auto begun = std::chrono::steady_clock::now();
  pollfd wait{slow->get(), POLLIN, 0};
  while (::poll(&wait, 1, 50) == 0) {
    REQUIRE(std::chrono::steady_clock::now() - begun < seconds(10));
    ::send(slow->get(), " ", 1, MSG_NOSIGNAL);
  }
  char byte = 0;
  CHECK(::recv(slow->get(), &byte, 1, 0) <= 0);
}

TEST_CASE("many clients at once, more than there may be connections") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto server = serve(path, echo, {.connections = 4});
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 100; ++i)
      clients.emplace_back([&] {
        if (call(path, {{"do", "x"}}, seconds(30))) ++good;
      });
  }
  CHECK(good == 100);
}

TEST_CASE("a stale socket is replaced, a living one is not stolen") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  { REQUIRE(listenUnix(path, 0600)); }  // Its process has ended.
  REQUIRE(std::filesystem::exists(path));
  const auto server = serve(path);

  const auto second = ControlServer::start(path, 0600, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().what.find("another process answers") !=
        std::string::npos);
  CHECK(call(path, {{"do", "x"}}));
}

TEST_CASE("what is no socket is left alone") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  std::ofstream(path) << "mine";
  const auto server = ControlServer::start(path, 0600, echo);
  REQUIRE_FALSE(server);
  CHECK(std::filesystem::file_size(path) == 4);
}

TEST_CASE("the socket has the permissions asked for and goes with its server") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  {
    const auto server = ControlServer::start(path, 0660, echo);
    REQUIRE(server);

    struct stat found {};

    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777U) == 0660);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  const auto answer = call(path, {{"do", "x"}});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::Unavailable);
}

TEST_CASE("a path too long for a socket is an error, not a shorter path") {
  const Scratch scratch;
  const auto path = scratch.path / std::string(120, 'x');
  const auto server = ControlServer::start(path, 0600, echo);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == ErrorCode::Invalid);
}

TEST_CASE("a server that ends lets a running request have its answer") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  std::promise<void> begun;
  std::promise<void> go;
  auto server = serve(path, [&](const json&, const Peer&) -> Result<json> {
    begun.set_value();
    go.get_future().wait();
    return json{{"late", true}};
  });
  auto answer = std::async(std::launch::async, [&] {
    return call(path, {{"do", "x"}}, seconds(30));
  });
  begun.get_future().wait();
  auto ending = std::async(std::launch::async, [&] { server.reset(); });
  // The socket's name goes first, then the running request is waited for.
  while (std::filesystem::exists(path)) std::this_thread::yield();
  go.set_value();
  const auto got = answer.get();
  REQUIRE(got);
  CHECK((*got)["late"] == true);
}

TEST_CASE("an idle connection does not keep a server from ending") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  auto server = serve(path);
  const auto idle = connectUnix(path, seconds(5));
  REQUIRE(idle);
  REQUIRE(call(path, {{"do", "x"}}));
  server.reset();
  char byte = 0;
  pollfd wait{idle->get(), POLLIN, 0};
  REQUIRE(::poll(&wait, 1, 10'000) == 1);
  CHECK(::recv(idle->get(), &byte, 1, 0) == 0);
}

TEST_CASE("a server that never answers is unavailable after the limit") {
  const Scratch scratch;
  const auto path = scratch.path / "a.ctl";
  const auto listener = listenUnix(path, 0600);
  REQUIRE(listener);
  const auto answer = call(path, {{"do", "x"}}, milliseconds(50));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::Unavailable);
}

}  // namespace mailreeve::net
