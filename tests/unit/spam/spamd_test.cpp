// The client against servers that do what a spamd in trouble does: real
// sockets, and every failure ends within its time limit.
#include "core/spam/spamd.h"

#include <array>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/net/unix_socket.h"
#include "tests/unit/scratch.h"

namespace mailreeve::spam {

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

const std::string kAnswer =
    "SPAMD/1.1 0 EX_OK\r\nContent-length: 5\r\n"
    "Spam: True ; 15.0 / 5.0\r\n\r\nGTUBE";

// Up to the end of what the client sends.
std::string readAll(int fd) {
  std::string all;
  std::array<char, 4096> piece{};
  for (ssize_t n = 0; (n = ::recv(fd, piece.data(), piece.size(), 0)) > 0;)
    all.append(piece.data(), static_cast<std::size_t>(n));
  return all;
}

void say(int fd, std::string_view text) {
  (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

// Each connection is handled by `handle`, which is given its descriptor; it is
// closed afterwards.
class Server {
 public:
  using Handle = std::function<void(int)>;

  explicit Server(Handle handle) : handle_(std::move(handle)) {
    auto listening = net::listenUnix(path(), 0600);
    REQUIRE(listening);
    listening_ = *std::move(listening);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  [[nodiscard]] std::filesystem::path path() const {
    return scratch_.path / "spamd.sock";
  }

 private:
  void run(const std::stop_token& stop) {
    std::vector<std::jthread> children;
    while (!stop.stop_requested()) {
      pollfd wait{listening_.get(), POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const int fd = ::accept(listening_.get(), nullptr, nullptr);
      if (fd < 0) continue;
      children.emplace_back([this, fd] {
        const Fd owned(fd);
        handle_(fd);
      });
    }
  }

  Handle handle_;
  Scratch scratch_;
  Fd listening_;
  std::jthread thread_;
};

std::shared_ptr<Spamd> clientOf(const std::filesystem::path& path,
                                std::chrono::milliseconds limit = 5s,
                                std::size_t most = 5) {
  return Spamd::make({{path, "", 0}, "filter", limit, most});
}

}  // namespace

TEST_CASE("a message goes to spamd behind its hints") {
  std::string got;
  Server server([&](int fd) {
    got = readAll(fd);
    say(fd, kAnswer);
  });
  const auto answer =
      clientOf(server.path())->ask(Verb::Symbols, "A: b\r\n", "C: d\r\n\r\nx");
  REQUIRE(answer);
  CHECK(answer->score == Decimal::of(15));
  CHECK(answer->body == "GTUBE");
  CHECK(got ==
        "SYMBOLS SPAMC/1.5\r\nUser: filter\r\nContent-length: 15\r\n\r\n"
        "A: b\r\nC: d\r\n\r\nx");
}

TEST_CASE("a message larger than a socket takes at once arrives whole") {
  std::size_t got = 0;
  Server server([&](int fd) {
    got = readAll(fd).size();
    say(fd, kAnswer);
  });
  const std::string large(3'000'000, 'x');
  const auto spamd = clientOf(server.path());
  const auto conversation = spamd->begin(Verb::Symbols, "", large);
  conversation->advance();
  REQUIRE(conversation->finish());
  CHECK(got > large.size());
}

TEST_CASE("every way of failing ends in time, with its own words") {
  struct Row {
    std::string label;
    Server::Handle handle;
    std::string want;  // In the error.
  };

  const Row rows[] = {
      {"it never answers",
       [](int fd) {
         readAll(fd);
         std::this_thread::sleep_for(600ms);
       },
       "no progress in time"},
      {"it never reads",
       [](int) { std::this_thread::sleep_for(600ms); },
       "in time"},
      {"it closes at once", [](int) {}, ""},
      {"it closes after reading",
       [](int fd) { readAll(fd); },
       "closed without an answer"},
      {"it refuses before it has read",
       [](int fd) {
         say(fd, "SPAMD/1.1 76 Bad header line\r\n");
         std::array<char, 64> some{};
         (void)::recv(fd, some.data(), some.size(), 0);
         ::shutdown(fd, SHUT_WR);
         readAll(fd);
       },
       "EX_PROTOCOL"},
      {"it answers nonsense",
       [](int fd) {
         readAll(fd);
         say(fd, "220 mail.example.com ESMTP\r\n");
       },
       "nonsense"},
      {"it never stops answering",
       [](int fd) {
         readAll(fd);
         const std::string much(100'000, 'x');
         for (int i = 0; i < 100; ++i) say(fd, much);
       },
       "bytes of answer"},
      {"it dribbles",
       [](int fd) {
         readAll(fd);
         for (int i = 0; i < 60; ++i) {
           say(fd, "x");
           std::this_thread::sleep_for(10ms);
         }
       },
       "in time"},
  };
  const std::string message(1'000'000, 'x');
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Server server(row.handle);
    const auto start = Steady::now();
    const auto answer =
        clientOf(server.path(), 300ms)->ask(Verb::Symbols, "", message);
    CHECK_FALSE(answer);
    if (!answer)
      CHECK_MESSAGE(answer.error().what.find(row.want) != std::string::npos,
                    answer.error().what);
    CHECK(Steady::now() - start < 3s);
  }
}

TEST_CASE("nobody listens") {
  const Scratch scratch;
  const auto answer = clientOf(scratch.path / "nobody")->ping();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::Unavailable);
}

TEST_CASE("spamd is alive") {
  Server server([](int fd) {
    readAll(fd);
    say(fd, "SPAMD/1.5 0 PONG\r\n");
  });
  CHECK(clientOf(server.path())->ping());
}

TEST_CASE("no more requests are under way than spamd has children for") {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  Server server([&](int fd) {
    most = std::max(most.load(), ++now);
    readAll(fd);
    std::this_thread::sleep_for(30ms);
    --now;
    say(fd, kAnswer);
  });
  const auto spamd = clientOf(server.path(), 5s, 2);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        if (spamd->ask(Verb::Symbols, "", "x")) ++good;
      });
  }
  CHECK(good == 8);
  CHECK(most <= 2);
  CHECK(spamd->load() == 0);
}

TEST_CASE(
    "who waits for his turn in vain is told, and a dropped one frees it") {
  Server server([](int fd) { readAll(fd); });
  const auto spamd = clientOf(server.path(), 200ms, 1);
  auto first = spamd->begin(Verb::Symbols, "", "x");
  const auto second = spamd->ask(Verb::Symbols, "", "y");
  REQUIRE_FALSE(second);
  CHECK(second.error().what.find("1 requests are under way") !=
        std::string::npos);
  first.reset();
  CHECK(spamd->load() == 0);
}

}  // namespace mailreeve::spam
