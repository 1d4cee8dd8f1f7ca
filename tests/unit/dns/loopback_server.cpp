#include "loopback_server.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"

namespace mailreeve::dns {

namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr unsigned kResponse = 0x8400;  // An answer, authoritative.
constexpr unsigned kTruncated = 0x0200;

std::string number16(std::size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value)};
}

unsigned read16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8U |
         static_cast<unsigned char>(bytes[at + 1]);
}

struct Question {
  std::string id;
  std::string bytes;  // Name, type and class, as asked.
  std::string label;  // The first one.
  unsigned type = 0;
};

bool isNumber(std::string_view label) {
  return label.find_first_not_of("0123456789") == std::string_view::npos;
}

// The first that is neither "_dmarc" nor a number of an address.
std::string meantLabel(std::string_view name) {
  std::string_view label;
  do {
    const auto length = static_cast<unsigned char>(name[0]);
    label = name.substr(1, length);
    name.remove_prefix(std::size_t{1} + length);
  } while (!label.empty() && (label == "_dmarc" || isNumber(label)));
  return lower(label);
}

std::optional<Question> readQuestion(std::string_view query) {
  std::size_t at = kHeaderSize;
  while (at < query.size() && query[at] != 0)
    at += std::size_t{1} + static_cast<unsigned char>(query[at]);
  if (at + 5 > query.size()) return std::nullopt;
  Question question;
  question.id = query.substr(0, 2);
  question.bytes = query.substr(kHeaderSize, at + 5 - kHeaderSize);
  question.label = meantLabel(question.bytes);
  question.type = read16(query, at + 1);
  return question;
}

std::string message(const Question& question,
                    unsigned flags,
                    const std::vector<std::string>& records) {
  std::string out = question.id + number16(kResponse | flags) + number16(1) +
                    number16(records.size()) + number16(0) + number16(0) +
                    question.bytes;
  for (const auto& rdata : records) {
    out += number16(0xc00c) + number16(question.type) + number16(1);
    out += number16(0) + number16(60) + number16(rdata.size()) + rdata;
  }
  return out;
}

std::string characterString(const std::string& text) {
  return static_cast<char>(text.size()) + text;
}

// As long as it is.
std::string characterStrings(std::string_view text) {
  constexpr std::size_t kLongest = 255;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(kLongest, text.size())))
    out += characterString(std::string(text.substr(0, kLongest)));
  return out;
}

using Texts = std::map<std::string, std::string>;

std::vector<std::string> recordsOf(const Question& question,
                                   const Texts& texts) {
  if (const auto found = texts.find(question.label); found != texts.end())
    return {characterStrings(found->second)};
  if (question.label == "broken") return {"\x20short"};
  if (question.type == 1) return {{"\x7f\x00\x00\x02", 4}};
  if (question.type == 15)
    return {number16(10) + characterString("mx") + std::string("\xc0\x0c", 2)};
  if (question.type == 12)
    return {characterString("host") + std::string("\xc0\x0c", 2)};
  if (question.label == "many")
    return {characterString("one ") + characterString("") +
                characterString("record"),
            characterString("another")};
  if (question.label == "big") {
    std::string rdata;
    for (int i = 0; i < 12; ++i)
      rdata += characterString(std::string(250, static_cast<char>('a' + i)));
    return {rdata};
  }
  if (question.label == "spf") return {characterString("v=spf1 -all")};
  if (question.label == "dmarc") return {characterString("v=DMARC1; p=reject")};
  return {characterString("v=test " + question.label)};
}

// Nothing: no answer.
std::optional<std::string> answerTo(const Question& question,
                                    bool overTcp,
                                    const Texts& texts) {
  const auto& label = question.label;
  if (label == "drop") return std::nullopt;
  if (label == "mute-tc" && overTcp) return std::nullopt;
  if (label == "garbage") return question.id + "no DNS message at all";
  if (label == "servfail") return message(question, 2, {});
  if (label == "nx") return message(question, 3, {});
  if (label == "refused") return message(question, 5, {});
  if (label == "nodata") return message(question, 0, {});
  const bool cut = label == "tc" || label == "mute-tc" || label == "big";
  if (cut && !overTcp) return message(question, kTruncated, {});
  return message(question, 0, recordsOf(question, texts));
}

sockaddr_in loopback(in_port_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  return address;
}

in_port_t portOf(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.sin_port;
}

bool bindTo(int fd, in_port_t port) {
  const auto address = loopback(port);
  return ::bind(fd,
                reinterpret_cast<const sockaddr*>(&address),
                sizeof(address)) == 0;
}

}  // namespace

LoopbackServer::LoopbackServer(std::chrono::milliseconds slow, Texts texts)
    : slow_(slow), texts_(std::move(texts)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  // The port that UDP was given may be taken for TCP: then another.
  for (int tries = 0; tries < 20; ++tries) {
    udp_ = Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tcp_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!bindTo(udp_.get(), 0)) continue;
    if (!bindTo(tcp_.get(), portOf(udp_.get()))) continue;
    if (::listen(tcp_.get(), 16) != 0) continue;
    thread_ = std::thread([this] { serve(); });
    return;
  }
  throw std::runtime_error("no port for a name server");
}

LoopbackServer::~LoopbackServer() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  late_.clear();
}

std::string LoopbackServer::address() const {
  return "127.0.0.1@" + std::to_string(::ntohs(portOf(udp_.get())));
}

void LoopbackServer::serve() {
  std::array<pollfd, 3> waiting{{{udp_.get(), POLLIN, 0},
                                 {tcp_.get(), POLLIN, 0},
                                 {stop_.get(), POLLIN, 0}}};
  for (;;) {
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[2].revents != 0) return;
    if (waiting[0].revents != 0) takeDatagram();
    if (waiting[1].revents != 0) takeConnection();
  }
}

void LoopbackServer::takeDatagram() {
  std::array<char, 2048> buffer{};
  sockaddr_in from{};
  socklen_t size = sizeof(from);
  auto* address = reinterpret_cast<sockaddr*>(&from);
  const ssize_t got =
      ::recvfrom(udp_.get(), buffer.data(), buffer.size(), 0, address, &size);
  if (got <= 0) return;
  ++questions_;
  const auto question =
      readQuestion({buffer.data(), static_cast<std::size_t>(got)});
  if (!question || dead_) return;
  const auto answer = answerTo(*question, false, texts_);
  if (!answer) return;
  const auto send = [this, from, size, bytes = *answer] {
    ::sendto(udp_.get(),
             bytes.data(),
             bytes.size(),
             0,
             reinterpret_cast<const sockaddr*>(&from),
             size);
  };
  if (question->label != "slow") return send();
  late_.emplace_back([this, send] {
    pollfd stop{stop_.get(), POLLIN, 0};
    if (::poll(&stop, 1, static_cast<int>(slow_.count())) == 0) send();
  });
}

void LoopbackServer::takeConnection() {
  const Fd client(::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<char, 2048> buffer{};
  const ssize_t got = ::recv(client.get(), buffer.data(), 2, MSG_WAITALL);
  if (got != 2) return;
  const std::size_t length = read16({buffer.data(), 2}, 0);
  if (length > buffer.size() ||
      ::recv(client.get(), buffer.data(), length, MSG_WAITALL) !=
          static_cast<ssize_t>(length))
    return;
  ++questions_;
  ++connections_;
  const auto question = readQuestion({buffer.data(), length});
  if (!question || dead_) return;
  if (const auto answer = answerTo(*question, true, texts_)) {
    const std::string framed = number16(answer->size()) + *answer;
    (void)::send(client.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  }
}

}  // namespace mailreeve::dns
