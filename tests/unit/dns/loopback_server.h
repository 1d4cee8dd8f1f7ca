// A name server on loopback that misbehaves on request: the first label of a
// name, "_dmarc" and the numbers of an address not counted, says how. UDP and
// TCP on one port, IPv4.
//
//   ok, many, big     a TXT record; of several strings; of 3 kB
//   spf, dmarc        a TXT record that lets nobody send
//   tc                truncated over UDP, whole over TCP
//   mute-tc           truncated over UDP, and nobody answers over TCP
//   drop, slow        no answer; an answer after a while, over UDP
//   nx, nodata        NXDOMAIN; a name without the record
//   servfail, refused these response codes
//   garbage           bytes that are no DNS message
//   broken            an answer whose record cannot be one of its type
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/base/fd.h"

namespace mailreeve::dns {

class LoopbackServer {
 public:
  // `slow` is how long an answer of that name takes; who asks for another does
  // not wait for it. `texts`: further labels, and their TXT records.
  explicit LoopbackServer(std::chrono::milliseconds slow = kSlow,
                          std::map<std::string, std::string> texts = {});
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  LoopbackServer(LoopbackServer&&) = delete;
  LoopbackServer& operator=(LoopbackServer&&) = delete;
  ~LoopbackServer();

  // "127.0.0.1@PORT".
  [[nodiscard]] std::string address() const;

  // Questions taken from the wire so far; a cache keeps them from coming.
  [[nodiscard]] int questions() const { return questions_; }

  // Questions that came over TCP.
  [[nodiscard]] int connections() const { return connections_; }

  // While dead, nothing at all is answered.
  void setDead(bool dead) { dead_ = dead; }

  static constexpr std::chrono::milliseconds kSlow{150};

 private:
  void serve();
  void takeDatagram();
  void takeConnection();

  std::chrono::milliseconds slow_;
  std::map<std::string, std::string> texts_;
  Fd udp_;
  Fd tcp_;
  Fd stop_;
  std::atomic<int> questions_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> dead_ = false;
  std::vector<std::jthread> late_;  // The thread's: slow answers on their way.
  std::thread thread_;
};

}  // namespace mailreeve::dns
