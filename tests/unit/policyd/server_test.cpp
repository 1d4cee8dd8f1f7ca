#include "policyd/server.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/net/unix_socket.h"
#include "tests/unit/scratch.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

std::string requestFor(const std::string& recipient) {
  return "request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=" +
         recipient + "\n\n";
}

std::string answerFor(const std::string& recipient) {
  return "action=seen " + recipient + "\n\n";
}

void echo(const Request& request, std::string& out) {
  out += "action=seen ";
  out += request.recipient;
  out += "\n\n";
}

// A server of its own for each test, in a directory of its own.
class Running {
 public:
  explicit Running(ServerLimits limits = {}) {
    auto listener = Listener::open(path(), 0600, static_cast<gid_t>(-1));
    REQUIRE(listener);
    auto server = Server::make(*std::move(listener), echo, limits);
    REQUIRE(server);
    server_ = *std::move(server);
    thread_ = std::thread([this] { CHECK(server_->run()); });
  }

  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Running(Running&&) = delete;
  Running& operator=(Running&&) = delete;

  ~Running() { stop(); }

  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  // Does not wait for the end.
  void askToStop() { server_->stop(); }

  void join() { thread_.join(); }

  [[nodiscard]] std::filesystem::path path() const {
    return scratch_.path / "policy.sock";
  }

  [[nodiscard]] const ServerCounts& counts() const { return server_->counts(); }

 private:
  Scratch scratch_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

class Client {
 public:
  explicit Client(const std::filesystem::path& path) {
    auto fd = net::connectUnix(path, 5s);
    REQUIRE(fd);
    fd_ = *std::move(fd);
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    REQUIRE(::fcntl(fd_.get(), F_SETFL, flags & ~O_NONBLOCK) == 0);
    const timeval limit{10, 0};
    REQUIRE(::setsockopt(
                fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
  }

  // False when the server has closed.
  [[nodiscard]] bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto put =
          ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  // What comes until `size` bytes are there or the server closes.
  [[nodiscard]] std::string receive(std::size_t size) const {
    std::string out;
    char piece[4096];
    while (out.size() < size) {
      const auto got = ::recv(
          fd_.get(), piece, std::min(sizeof piece, size - out.size()), 0);
      if (got <= 0) break;
      out.append(piece, static_cast<std::size_t>(got));
    }
    return out;
  }

  [[nodiscard]] std::string ask(const std::string& recipient) const {
    if (!send(requestFor(recipient))) return "closed";
    return receive(answerFor(recipient).size());
  }

  // Whether the server closes, without another byte.
  [[nodiscard]] bool closed() const { return receive(1).empty(); }

 private:
  Fd fd_;
};

// Asks and reads no answer, until the server closes.
void flood(const Client& deaf) {
  const std::string request = requestFor(std::string(1000, 'x'));
  while (deaf.send(request)) {
  }
}

}  // namespace

TEST_CASE("a connection serves many requests, one after the other") {
  const Running server;
  const Client client(server.path());
  for (int i = 0; i < 100; ++i) {
    const std::string recipient = std::to_string(i) + "@home.example";
    CHECK(client.ask(recipient) == answerFor(recipient));
  }
  CHECK(server.counts().requests == 100);
  CHECK(server.counts().accepted == 1);
}

TEST_CASE("pipelined requests are answered in order") {
  const Running server;
  const Client client(server.path());
  std::string requests;
  std::string answers;
  for (int i = 0; i < 500; ++i) {
    requests += requestFor(std::to_string(i));
    answers += answerFor(std::to_string(i));
  }
  REQUIRE(client.send(requests));
  CHECK(client.receive(answers.size()) == answers);
}

TEST_CASE("a request that comes byte by byte is answered") {
  const Running server;
  const Client client(server.path());
  const std::string request = requestFor("slow@home.example");
  for (const char c : request) REQUIRE(client.send({&c, 1}));
  const std::string want = answerFor("slow@home.example");
  CHECK(client.receive(want.size()) == want);
}

TEST_CASE("a client that reads nothing keeps nobody else waiting") {
  const Running server;
  const Client deaf(server.path());
  // More than both socket buffers hold: the server must stop reading.
  std::promise<void> done;
  std::thread flood([&deaf, &done] {
    const std::string request = requestFor(std::string(1000, 'x'));
    for (int i = 0; i < 2000; ++i)
      if (!deaf.send(request)) break;
    done.set_value();
  });
  const Client polite(server.path());
  for (int i = 0; i < 20; ++i) CHECK(polite.ask("a@b") == answerFor("a@b"));

  // And when it reads at last, it gets every answer.
  const std::size_t all = 2000 * answerFor(std::string(1000, 'x')).size();
  CHECK(deaf.receive(all).size() == all);
  flood.join();
  CHECK(done.get_future().wait_for(0s) == std::future_status::ready);
}

TEST_CASE("two hundred connections at once") {
  const Running server;
  std::vector<Client> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.emplace_back(server.path());
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i)
      REQUIRE(clients[i].send(requestFor(std::to_string(i))));
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const std::string want = answerFor(std::to_string(i));
      CHECK(clients[i].receive(want.size()) == want);
    }
  }
  CHECK(server.counts().open == 200);
}

TEST_CASE("what is malformed ends the connection without an answer") {
  struct Row {
    std::string label;
    std::string bytes;
  };

  const Row rows[] = {
      {"garbage", "\x01\x02\x03\n\n"},
      {"SMTP", "EHLO there\r\n\n\n"},
      {"an empty line", "\n"},
      {"a request of another kind", "request=other\n\n"},
      {"an attribute twice",
       "request=smtpd_access_policy\nsender=a\nsender=b\n\n"},
      {"a request without an end", std::string(kMostRequest + 2, 'x')},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Running server;
    const Client client(server.path());
    (void)client.send(row.bytes);
    CHECK(client.closed());
    const Client next(server.path());
    CHECK(next.ask("a@b") == answerFor("a@b"));
    CHECK(server.counts().malformed == 1);
  }
}

TEST_CASE("what came before the malformed request is answered") {
  const Running server;
  const Client client(server.path());
  REQUIRE(client.send(requestFor("a@b") + "junk\n\n" + requestFor("c@d")));
  CHECK(client.receive(1000) == answerFor("a@b"));
}

TEST_CASE("who is silent too long is closed") {
  SUBCASE("between two requests") {
    const Running server({.idle = 50ms});
    const Client client(server.path());
    CHECK(client.ask("a@b") == answerFor("a@b"));
    CHECK(client.closed());
    CHECK(server.counts().timedOut == 1);
  }
  SUBCASE("within a request, also when bytes dribble in") {
    const Running server({.request = 50ms});
    const Client client(server.path());
    REQUIRE(client.send("request"));
    bool open = true;
    for (int i = 0; i < 400 && open; ++i) {
      open = client.send("x");
      std::this_thread::sleep_for(5ms);  // The dribble itself.
    }
    CHECK_FALSE(open);
    CHECK(server.counts().timedOut == 1);
  }
  SUBCASE("while its answers wait to be read") {
    const Running server({.request = 50ms});
    const Client deaf(server.path());
    flood(deaf);
    CHECK(server.counts().timedOut == 1);
    CHECK(Client(server.path()).ask("a@b") == answerFor("a@b"));
  }
}

TEST_CASE("with all connections taken the next one waits") {
  const Running server({.connections = 2});
  Client first(server.path());
  const Client second(server.path());
  CHECK(first.ask("a@b") == answerFor("a@b"));
  CHECK(second.ask("a@b") == answerFor("a@b"));
  const Client third(server.path());
  REQUIRE(third.send(requestFor("c@d")));
  CHECK(server.counts().accepted == 2);
  first = Client(server.path());  // Another waits, and a place gets free.
  CHECK(third.receive(answerFor("c@d").size()) == answerFor("c@d"));
}

TEST_CASE("a stop answers who waits, and leaves no socket behind") {
  Running server({.drain = 5s});
  const Client idle(server.path());
  CHECK(idle.ask("a@b") == answerFor("a@b"));
  const Client halfway(server.path());
  const std::string request = requestFor("half@way");
  REQUIRE(halfway.send(request.substr(0, 20)));
  const Client fresh(server.path());

  server.askToStop();
  CHECK(idle.closed());
  CHECK_FALSE(std::filesystem::exists(server.path()));
  REQUIRE(halfway.send(request.substr(20)));
  CHECK(halfway.receive(1000) == answerFor("half@way"));
  CHECK(fresh.ask("late@comer") == answerFor("late@comer"));
  CHECK(fresh.closed());
  server.join();
}

TEST_CASE("a stop does not wait for ever") {
  Running server({.drain = 50ms});
  SUBCASE("for the rest of a request") {
    const Client halfway(server.path());
    REQUIRE(halfway.send("request="));
    server.stop();
    CHECK(halfway.closed());
  }
  SUBCASE("for answers to be read") {
    const Client deaf(server.path());
    std::thread sending([&deaf] { flood(deaf); });
    server.stop();
    sending.join();
  }
}

TEST_CASE("a living server's socket is not taken, a dead one's is") {
  const Running server;
  const auto second =
      Listener::open(server.path(), 0600, static_cast<gid_t>(-1));
  REQUIRE_FALSE(second);
  CHECK(second.error().what ==
        server.path().string() + ": another process answers on it");
  CHECK(Client(server.path()).ask("a@b") == answerFor("a@b"));

  const auto left = server.path().parent_path() / "left.sock";
  {
    auto listener = net::listenUnix(left, 0600);  // Does not remove its path.
    REQUIRE(listener);
  }
  REQUIRE(std::filesystem::exists(left));
  auto taken = Listener::open(left, 0660, ::getegid());
  REQUIRE(taken);

  struct stat found {};

  REQUIRE(::stat(left.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0660);
}

TEST_CASE("only the own socket is removed from the path") {
  const Running other;
  const auto path = other.path().parent_path() / "mine.sock";
  auto mine = Listener::open(path, 0600, static_cast<gid_t>(-1));
  REQUIRE(mine);
  std::filesystem::remove(path);
  std::ofstream(path) << "somebody else's";
  mine->close();
  CHECK(std::filesystem::exists(path));
}

}  // namespace mailreeve::policyd
