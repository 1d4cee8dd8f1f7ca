// The client against servers that do what a spamd in trouble does: real
// sockets, and every failure ends within its time limit.
#include "core/spam/spamd.h"

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
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

// Until the client is gone.
void stay(int fd) {
  pollfd wait{fd, 0, 0};
  (void)::poll(&wait, 1, 5000);
}

template <class Condition>
bool await(const Condition& condition) {
  for (int i = 0; i < 1000 && !condition(); ++i)
    std::this_thread::sleep_for(5ms);
  return condition();
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
       "no answer in time"},
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

TEST_CASE("who waits for his turn in vain is told") {
  Server server([](int fd) {
    readAll(fd);
    stay(fd);
  });
  const auto spamd = clientOf(server.path(), 200ms, 1);
  auto first = spamd->begin(Verb::Symbols, "", "x");
  const auto second = spamd->ask(Verb::Symbols, "", "y");
  REQUIRE_FALSE(second);
  CHECK(second.error().what.find("in time") != std::string::npos);
}

TEST_CASE("an owner who asks late for his answer keeps nobody waiting") {
  Server server([](int fd) {
    readAll(fd);
    say(fd, kAnswer);
  });
  const auto spamd = clientOf(server.path(), 2s, 1);
  const auto slow = spamd->begin(Verb::Symbols, "", "x");
  const auto start = Steady::now();
  CHECK(spamd->ask(Verb::Symbols, "", "y"));
  CHECK(Steady::now() - start < 1s);
  CHECK(slow->finish());
}

TEST_CASE("a large message is sent and judged before its owner asks") {
  Server server([](int fd) {
    readAll(fd);
    say(fd, kAnswer);
  });
  const std::string large(3'000'000, 'x');
  const auto spamd = clientOf(server.path(), 300ms);
  const auto conversation = spamd->begin(Verb::Symbols, "", large);
  std::this_thread::sleep_for(600ms);  // As a slow name server would.
  CHECK(conversation->finish());
}

TEST_CASE("the time limit is for spamd's work, not for the wait for others") {
  Server server([](int fd) {
    readAll(fd);
    std::this_thread::sleep_for(100ms);
    say(fd, kAnswer);
  });
  const auto spamd = clientOf(server.path(), 300ms, 1);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&] {
        if (spamd->ask(Verb::Symbols, "", "x")) ++good;
      });
  }
  CHECK(good == 6);
}

TEST_CASE("nobody waits for ever, however well others get on") {
  Server server([](int fd) {
    readAll(fd);
    std::this_thread::sleep_for(100ms);
    say(fd, kAnswer);
  });
  const auto spamd =
      Spamd::make({{server.path(), "", 0}, "filter", 300ms, 1, 150ms});
  std::vector<std::unique_ptr<Spamd::Conversation>> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(spamd->begin(Verb::Symbols, "", "x"));
  CHECK(all.front()->finish());
  const auto last = all.back()->finish();
  REQUIRE_FALSE(last);
  CHECK(last.error().what.find("1 requests are under way") !=
        std::string::npos);
}

TEST_CASE("first come first served, but who has time lets others go first") {
  std::mutex mutex;
  std::string order;
  std::atomic<bool> open = false;
  Server server([&](int fd) {
    const std::string got = readAll(fd);
    {
      const std::lock_guard lock(mutex);
      order += got.back();
    }
    await([&] { return open.load(); });
    say(fd, kAnswer);
  });
  const auto spamd = clientOf(server.path(), 5s, 1);
  const auto ordered = [&] {
    const std::lock_guard lock(mutex);
    return order;
  };
  const auto a = spamd->begin(Verb::Symbols, "", "a");
  await([&] { return ordered() == "a"; });
  const auto b = spamd->begin(Verb::Symbols, "", "b");
  const auto c = spamd->begin(Verb::Symbols, "", "c");
  const auto d = spamd->begin(Verb::Symbols, "", "d");
  {
    const std::jthread last([&] { CHECK(d->finish()); });
    const std::jthread first([&] { CHECK(c->finish()); });
    std::this_thread::sleep_for(50ms);  // Until both wait.
    open = true;
  }
  CHECK(b->finish());
  CHECK(a->finish());
  CHECK(ordered() == "acdb");
}

TEST_CASE("a request that is dropped gives back its turn with spamd's work") {
  struct Row {
    std::string label;
    std::size_t size;
    bool works;  // Whether spamd does not notice.
  };

  const Row rows[] = {{"spamd has all of it", 10, true},
                      {"spamd has a part of it", 3'000'000, false}};
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::atomic<int> got = 0;
    std::atomic<bool> open = false;
    Server server([&](int fd) {
      ++got;
      if (row.works) {
        readAll(fd);
        await([&] { return open.load(); });
      }
      stay(fd);
    });
    const auto spamd = clientOf(server.path(), 5s, 1);
    auto dropped = std::make_unique<std::string>(row.size, 'x');
    auto first = spamd->begin(Verb::Symbols, "", *dropped);
    await([&] { return got == 1; });
    std::this_thread::sleep_for(50ms);  // Until it is sent.
    first.reset();
    dropped.reset();
    if (row.works) {
      std::this_thread::sleep_for(100ms);
      CHECK(spamd->load() == 1);
      open = true;
    }
    CHECK(await([&] { return spamd->load() == 0; }));
  }
}

TEST_CASE("a listener whose queue is full is tried again") {
  const Scratch scratch;
  const auto path = scratch.path / "busy.sock";
  auto listening = net::listenUnix(path, 0600);
  REQUIRE(listening);
  REQUIRE(::listen(listening->get(), 0) == 0);
  std::vector<Fd> crowd;
  for (auto one = net::tryConnectUnix(path); one && *one;
       one = net::tryConnectUnix(path))
    crowd.push_back(**std::move(one));
  const auto conversation =
      clientOf(path)->begin(Verb::Symbols, "", "the message");
  std::this_thread::sleep_for(50ms);
  const std::jthread server([&] {
    for (;;) {
      const Fd fd(::accept(listening->get(), nullptr, nullptr));
      pollfd wait{listening->get(), POLLIN, 0};
      if (fd.open() && readAll(fd.get()).ends_with("the message"))
        return say(fd.get(), kAnswer);
      if (::poll(&wait, 1, 5000) <= 0) return;
    }
  });
  crowd.clear();
  CHECK(conversation->finish());
}

}  // namespace mailreeve::spam
