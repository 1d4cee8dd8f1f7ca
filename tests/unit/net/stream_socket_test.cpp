#include "core/net/stream_socket.h"

#include <array>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/net/unix_socket.h"
#include "tests/unit/scratch.h"

namespace mailreeve::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

StreamSocket::Deadline in(milliseconds limit) {
  return std::chrono::steady_clock::now() + limit;
}

// The two ends of one connection.
struct Pair {
  StreamSocket near;
  Fd far;

  static Pair make() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) ==
            0);
    Fd near(ends[0]);
    REQUIRE(::fcntl(near.get(), F_SETFL, O_NONBLOCK) == 0);
    return {StreamSocket(std::move(near), "peer"), Fd(ends[1])};
  }
};

void say(const Fd& fd, std::string_view text) {
  REQUIRE(::send(fd.get(), text.data(), text.size(), 0) ==
          static_cast<ssize_t>(text.size()));
}

// A TCP port of loopback at which nobody listens.
std::uint16_t deadPort() {
  const Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT
  REQUIRE(::bind(fd.get(), generic, size) == 0);
  REQUIRE(::getsockname(fd.get(), generic, &size) == 0);
  return ntohs(address.sin_port);
}

struct Place {
  std::string label;
  std::string text;
  std::string wanted;  // Empty: refused.
};

}  // namespace

TEST_CASE("Endpoint: where a server may listen") {
  const std::vector<Place> places = {
      {"a path is a Unix socket", "/run/a.ctl", "/run/a.ctl"},
      {"the kind may be named", "unix:/run/a.ctl", "/run/a.ctl"},
      {"an IPv4 address and a port", "127.0.0.1:783", "127.0.0.1:783"},
      {"an IPv6 address and a port", "[::1]:783", "[::1]:783"},
      {"the port may be the usual one", "192.0.2.1", "192.0.2.1:1344"},
      {"also behind IPv6 in brackets", "[2001:db8::1]", "[2001:db8::1]:1344"},
      {"also behind IPv6 without them", "2001:db8::1", "[2001:db8::1]:1344"},
      {"localhost is no question to DNS", "localhost:3310", "127.0.0.1:3310"},
      {"other names are refused", "scanner.example.com:1344", ""},
      {"port 0 is none", "127.0.0.1:0", ""},
      {"ports end at 65535", "127.0.0.1:65536", ""},
      {"a port is a number", "127.0.0.1:icap", ""},
      {"a relative path is refused", "unix:a.ctl", ""},
      {"brackets that do not close", "[::1", ""},
      {"words behind the brackets", "[::1]1344", ""},
      {"nothing at all", "", ""}};
  for (const auto& row : places) {
    CAPTURE(row.label);
    const auto endpoint = Endpoint::parse(row.text, 1344);
    CHECK((endpoint ? endpoint->text() : "") == row.wanted);
  }
  CHECK_FALSE(Endpoint::parse("127.0.0.1"));
}

TEST_CASE("StreamSocket: both ways until the end") {
  auto pair = Pair::make();
  REQUIRE(pair.near.send("question", in(seconds(5))));
  pair.near.endSending();
  std::array<char, 64> got{};
  CHECK(::recv(pair.far.get(), got.data(), got.size(), 0) == 8);
  CHECK(::recv(pair.far.get(), got.data(), got.size(), 0) == 0);
  say(pair.far, "answer");
  pair.far.reset();
  const auto all = pair.near.receiveAll(100, in(seconds(5)));
  REQUIRE(all);
  CHECK(*all == "answer");
}

TEST_CASE("StreamSocket: more than a socket holds is sent as it is read") {
  auto pair = Pair::make();
  const std::string much(std::size_t{4} << 20U, 'x');
  const auto first = pair.near.trySend(much);
  REQUIRE(first);
  CHECK(*first < much.size());
  std::size_t total = 0;
  std::jthread reader([&] {
    std::array<char, 65536> piece{};
    for (ssize_t n = 1; n > 0; total += static_cast<std::size_t>(n))
      n = ::recv(pair.far.get(), piece.data(), piece.size(), 0);
  });
  CHECK(pair.near.send(std::string_view(much).substr(*first), in(seconds(20))));
  pair.near.endSending();
  reader.join();
  CHECK(total == much.size());
}

TEST_CASE("StreamSocket: silence ends at the deadline") {
  auto pair = Pair::make();
  std::string into;
  const auto got = pair.near.receive(into, 100, in(milliseconds(20)));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::Unavailable);
  const std::string much(std::size_t{4} << 20U, 'x');
  CHECK_FALSE(pair.near.send(much, in(milliseconds(20))));
}

TEST_CASE("StreamSocket: an answer over the limit is refused") {
  auto pair = Pair::make();
  say(pair.far, "0123456789");
  std::string into;
  const auto got = pair.near.receive(into, 9, in(seconds(5)));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::Invalid);
}

TEST_CASE("StreamSocket: what a peer said before it left is heard") {
  auto pair = Pair::make();
  say(pair.far, "no");
  pair.far.reset();
  CHECK_FALSE(pair.near.send("more", in(seconds(5))));
  std::string into;
  const auto got = pair.near.receive(into, 100, in(seconds(5)));
  REQUIRE(got);
  CHECK(into == "no");
}

TEST_CASE("StreamSocket: an idle connection is told from a dead one") {
  auto pair = Pair::make();
  CHECK(pair.near.idle());
  SUBCASE("closed") {
    pair.far.reset();
    CHECK_FALSE(pair.near.idle());
  }
  SUBCASE("bytes that nobody asked for") {
    say(pair.far, "x");
    CHECK_FALSE(pair.near.idle());
  }
}

TEST_CASE("StreamSocket: nobody listens") {
  const Scratch scratch;
  const auto now = in(milliseconds(0));
  SUBCASE("on a Unix socket: known at once") {
    CHECK_FALSE(StreamSocket::connect({scratch.path / "none", {}, 0}, now));
  }
  SUBCASE("on a TCP port: known when something is sent") {
    auto socket = StreamSocket::connect({{}, "127.0.0.1", deadPort()}, now);
    // Loopback may refuse at once.
    if (!socket) return;
    const auto sent = socket->send("x", in(seconds(5)));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().what.find("refused") != std::string::npos);
  }
}

TEST_CASE("StreamSocket: connects to a Unix socket that listens") {
  const Scratch scratch;
  const auto path = scratch.path / "s";
  const auto listener = listenUnix(path, 0600);
  REQUIRE(listener);
  auto socket = StreamSocket::connect({path, {}, 0}, in(seconds(5)));
  REQUIRE(socket);
  CHECK(socket->peer() == path.string());
  CHECK(socket->idle());
}

}  // namespace mailreeve::net
