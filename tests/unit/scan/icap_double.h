// An ICAP service for tests, on top of EngineDouble.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "tests/unit/scan/engine_double.h"

namespace mailreeve::scan {

inline constexpr auto kIcapOptions =
    "ICAP/1.0 200 OK\r\nMethods: RESPMOD, REQMOD\r\nAllow: 204\r\n"
    "Preview: 10\r\nISTag: \"v1\"\r\nOptions-TTL: 60\r\n"
    "Encapsulated: null-body=0\r\n\r\n";
inline constexpr auto kIcapOptionsNoPreview =
    "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nAllow: 204\r\n"
    "ISTag: \"v1\"\r\n\r\n";
inline constexpr auto kIcapFound =
    "ICAP/1.0 200 OK\r\nISTag: \"v1\"\r\n"
    "X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;\r\n"
    "Encapsulated: res-hdr=0, null-body=30\r\n\r\n";

// The chunks of a body, joined; `more` says that a preview was not all of it.
inline std::string readChunks(Peer& peer, bool& more) {
  std::string all;
  for (;;) {
    const auto line = peer.readUntil("\r\n");
    if (!line) return all;
    const auto size = std::stoul(*line, nullptr, 16);
    if (size == 0) {
      more = line->find("ieof") == std::string::npos;
      (void)peer.read(2);
      return all;
    }
    all += peer.read(size).value_or("");
    (void)peer.read(2);
  }
}

inline constexpr auto kIcapNothing =
    "ICAP/1.0 204 No Content\r\nISTag: \"v1\"\r\n\r\n";

// A service that says `judge` of each body.
inline EngineDouble::Behaviour icapThatSays(
    std::string options,
    std::function<std::string(const std::string& body)> judge) {
  return [options = std::move(options), judge = std::move(judge)](Peer& peer) {
    for (;;) {
      const auto head = peer.readUntil("\r\n\r\n");
      if (!head) return;
      if (head->starts_with("OPTIONS ")) {
        peer.say(options);
        continue;
      }
      (void)peer.readUntil("\r\n\r\n");
      if (head->starts_with("RESPMOD ")) (void)peer.readUntil("\r\n\r\n");
      bool more = false;
      std::string body = readChunks(peer, more);
      if (head->find("Preview: ") != std::string::npos && more) {
        peer.say("ICAP/1.0 100 Continue\r\n\r\n");
        body += readChunks(peer, more);
      }
      peer.say(judge(body));
    }
  };
}

// The one that the client shows, encoded.
inline bool isTestVirus(const std::string& body) {
  return body.find("WDVPIVAl") != std::string::npos;
}

// A service that finds the test virus and "EICAR": what it says of that is
// `found`.
inline EngineDouble::Behaviour icapService(std::string options,
                                           std::string found = kIcapFound) {
  return icapThatSays(
      std::move(options), [found = std::move(found)](const std::string& body) {
        if (isTestVirus(body)) return std::string(kIcapFound);
        const bool bad = body.find("EICAR") != std::string::npos;
        return bad ? found : std::string(kIcapNothing);
      });
}

// One that is well and has no engine, as c-icap that was started before clamd.
inline EngineDouble::Behaviour icapWithoutEngine() {
  return icapThatSays(kIcapOptions, [](const std::string&) {
    return std::string(kIcapNothing);
  });
}

}  // namespace mailreeve::scan
