#include "mgmtd/apply/probe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/config/settings.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

using SteadyClock = std::chrono::steady_clock;
using Deadline = SteadyClock::time_point;

constexpr std::size_t kAnswerLimit = 16U << 10U;
constexpr int kShortest = 500;  // Milliseconds a started program is given.
constexpr auto kRetry = std::chrono::milliseconds(100);

// Somewhere to connect to, what to say there and what to hear.
struct Question {
  std::string name;  // "SMTP on 127.0.0.1:25"
  sockaddr_storage address{};
  socklen_t addressSize = 0;
  std::string say;   // Before listening; may be empty.
  std::string hear;  // Somewhere in the answer; empty: accepting is enough.
};

int millisecondsTo(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - SteadyClock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

bool waitFor(int fd, short events, Deadline deadline) {
  pollfd wait{fd, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&wait, 1, millisecondsTo(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

Result<Fd> connectTo(const Question& question, Deadline deadline) {
  Fd fd(::socket(question.address.ss_family,
                 SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                 0));
  if (!fd.open())
    return Error{ErrorCode::Unavailable, "socket: " + errnoText(errno)};
  // sockaddr_storage is what sockets take any address in.
  const auto* const address = reinterpret_cast<const sockaddr*>(  // NOLINT
      &question.address);
  if (::connect(fd.get(), address, question.addressSize) == 0) return fd;
  if (errno != EINPROGRESS || !waitFor(fd.get(), POLLOUT, deadline))
    return Error{ErrorCode::Unavailable, "connect: " + errnoText(errno)};
  int problem = 0;
  socklen_t size = sizeof problem;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  if (problem != 0)
    return Error{ErrorCode::Unavailable, "connect: " + errnoText(problem)};
  return fd;
}

// Listens until `hear` was said, the other end closes or time is up.
Result<Done> listen(const Fd& fd, const std::string& hear, Deadline deadline) {
  std::string heard;
  while (heard.find(hear) == std::string::npos) {
    if (!waitFor(fd.get(), POLLIN, deadline))
      return Error{
          ErrorCode::Unavailable,
          heard.empty() ? "says nothing" : "says only: " + printable(heard)};
    std::array<char, 4096> chunk{};
    const auto n = ::read(fd.get(), chunk.data(), chunk.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0 || heard.size() > kAnswerLimit)
      return Error{ErrorCode::Unavailable,
                   heard.empty() ? "closes without a word"
                                 : "says: " + printable(heard)};
    heard.append(chunk.data(), static_cast<std::size_t>(n));
  }
  return Done{};
}

Result<Done> askOnce(const Question& question, Deadline deadline) {
  auto fd = connectTo(question, deadline);
  if (!fd) return std::move(fd).error();
  if (!question.say.empty() && ::send(fd->get(),
                                      question.say.data(),
                                      question.say.size(),
                                      MSG_NOSIGNAL) < 0)
    return Error{ErrorCode::Unavailable, "send: " + errnoText(errno)};
  if (question.hear.empty()) return Done{};
  return listen(*fd, question.hear, deadline);
}

// A service that has just been told to reload may refuse for a moment: it is
// asked again until the limit.
Result<Done> ask(const Question& question, Deadline deadline) {
  for (;;) {
    auto answer = askOnce(question, deadline);
    if (answer || SteadyClock::now() + kRetry >= deadline) return answer;
    std::this_thread::sleep_for(kRetry);
  }
}

std::optional<Question> unixQuestion(const std::string& name,
                                     const fs::path& path,
                                     std::string say,
                                     std::string hear) {
  Question question{
      name + " on " + path.string(), {}, 0, std::move(say), std::move(hear)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path;
  if (text.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  std::memcpy(&question.address, &address, sizeof address);
  question.addressSize = sizeof address;
  return question;
}

Question inetQuestion(const std::string& name,
                      const std::string& ip,
                      std::int64_t port,
                      std::string hear) {
  Question question{name + " on " + ip + " port " + std::to_string(port),
                    {},
                    0,
                    {},
                    std::move(hear)};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    std::memcpy(&question.address, &v4, sizeof v4);
    question.addressSize = sizeof v4;
  } else if (::inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    std::memcpy(&question.address, &v6, sizeof v6);
    question.addressSize = sizeof v6;
  }
  return question;
}

std::vector<std::string> addressesOf(const config::Settings& settings) {
  const auto& interfaces = settings.server.interfaces;
  return interfaces.empty() ? std::vector<std::string>{"127.0.0.1"}
                            : interfaces;
}

struct TlsQuestion {
  std::string name;
  std::string endpoint;  // "127.0.0.1:993", "[::1]:993"
  std::string leave;     // What makes the server say goodbye.
  std::string hear;
};

// s_client speaks TLS here as it does for administrators: this program would
// else carry a TLS library for one greeting. Whose certificate it is does not
// matter; that somebody else holds the port does.
Result<Done> askByTls(const TlsQuestion& question, Deadline deadline) {
  for (;;) {
    RunOptions options;
    options.input = question.leave + "\r\n";
    options.limit = std::chrono::milliseconds(
        std::max(millisecondsTo(deadline), kShortest));
    auto answer =
        run({"openssl", "s_client", "-quiet", "-connect", question.endpoint},
            options);
    if (answer && answer->out.find(question.hear) != std::string::npos)
      return Done{};
    if (SteadyClock::now() + kRetry >= deadline) {
      if (!answer)
        return Error{ErrorCode::Unavailable, "no greeting through TLS"};
      return Error{
          ErrorCode::Unavailable,
          "no greeting through TLS: " +
              printable(trim(answer->err.substr(0, answer->err.find('\n'))))};
    }
    std::this_thread::sleep_for(kRetry);
  }
}

std::vector<TlsQuestion> tlsQuestions(const config::Settings& settings) {
  struct Row {
    const char* name;
    config::Listener listener;
    const char* leave;
    const char* greeting;
  };

  const auto& protocols = settings.protocols;
  const std::array rows = {
      Row{"SMTPS", protocols.smtps, "QUIT", "220 "},
      Row{"IMAPS", protocols.imaps, "a LOGOUT", "* OK"},
      Row{"POP3S", protocols.pop3s, "QUIT", "+OK"},
  };
  std::vector<TlsQuestion> questions;
  for (const auto& row : rows)
    for (const auto& address : addressesOf(settings)) {
      if (!row.listener.enabled) continue;
      const auto port = std::to_string(row.listener.port);
      const bool v6 = address.find(':') != std::string::npos;
      questions.push_back(
          {std::string(row.name) + " on " + address + " port " + port,
           (v6 ? "[" + address + "]" : address) + ":" + port,
           row.leave,
           row.greeting});
    }
  return questions;
}

void addListeners(std::vector<Question>& questions,
                  const config::Settings& settings) {
  struct Row {
    const char* name;
    config::Listener listener;
    const char* greeting;
  };

  const auto& protocols = settings.protocols;
  const std::array rows = {
      Row{"SMTP", protocols.smtp, "220 "},
      Row{"submission", protocols.submission, "220 "},
      Row{"IMAP", protocols.imap, "* OK"},
      Row{"POP3", protocols.pop3, "+OK"},
      Row{"ManageSieve", protocols.managesieve, "\nOK"},
  };
  for (const auto& row : rows)
    for (const auto& address : addressesOf(settings))
      if (row.listener.enabled)
        questions.push_back(
            inetQuestion(row.name, address, row.listener.port, row.greeting));
}

// Milter protocol 6: SMFIC_OPTNEG, offering what Postfix offers; the answer is
// one too.
std::string milterHello() {
  using namespace std::string_literals;
  return "\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"s;
}

std::string milterAnswer() {
  using namespace std::string_literals;
  return "O\0\0\0"s;
}

// The handshake of Dovecot's authentication, which ends in DONE only when all
// its password databases are loaded.
std::string authHello() {
  return "VERSION\t1\t1\nCPID\t" + std::to_string(::getpid()) + "\n";
}

std::vector<Question> questionsFor(const Paths& paths,
                                   const config::Settings& settings,
                                   const ProbeOptions& options) {
  std::vector<Question> questions;
  addListeners(questions, settings);
  const auto add = [&](std::optional<Question> question) {
    if (question) questions.push_back(*std::move(question));
  };
  const auto sockets = options.queueDirectory / "private";
  add(unixQuestion("delivery (LMTP)", sockets / "dovecot-lmtp", "", "220 "));
  add(unixQuestion(
      "authentication", sockets / "auth", authHello(), "\nDONE\n"));
  if (options.milterd)
    add(unixQuestion(
        "milterd", paths.milterSocket(), milterHello(), milterAnswer()));
  if (options.policyd)
    add(unixQuestion("policyd",
                     paths.policySocket(),
                     "request=smtpd_access_policy\nprotocol_state=CONNECT\n\n",
                     "action="));
  return questions;
}

}  // namespace

bool isListening(const fs::path& path) {
  const auto question = unixQuestion("", path, "", "");
  return question &&
         askOnce(*question, SteadyClock::now() + std::chrono::seconds(1)).ok();
}

std::vector<std::string> probe(const Paths& paths,
                               const config::Settings& settings,
                               const ProbeOptions& options) {
  const auto deadline = SteadyClock::now() + options.limit;
  std::vector<std::string> silent;
  for (const auto& question : questionsFor(paths, settings, options)) {
    const auto answer = ask(question, deadline);
    if (!answer) silent.push_back(question.name + ": " + answer.error().what);
  }
  for (const auto& question : tlsQuestions(settings)) {
    const auto answer = askByTls(question, deadline);
    if (!answer) silent.push_back(question.name + ": " + answer.error().what);
  }
  return silent;
}

}  // namespace mailreeve::apply
