// ClamAV's daemon as a Scanner: INSTREAM within sessions (IDSESSION), so that a
// message needs no connection of its own, and nothing of it touches the disk on
// our side.
//
// The bytes are framed and sent while the message still comes in; what clamd
// does not take at once is sent from the whole message later. A kept connection
// that turns out to be dead costs one more try, on a fresh one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/net/endpoint.h"
#include "core/scan/clamd_reply.h"
#include "core/scan/connections.h"
#include "core/scan/scanner.h"

namespace mailreeve::scan {

class Clamd final : public Scanner {
 public:
  // At most `scans` messages at once.
  Clamd(net::Endpoint endpoint,
        std::size_t scans,
        OverLimits overLimits = OverLimits::Found);

  [[nodiscard]] std::string_view name() const override { return "clamd"; }

  [[nodiscard]] std::unique_ptr<Scan> begin() override;

 private:
  std::shared_ptr<Connections> connections_;
  OverLimits overLimits_;
};

// One command outside of a session, such as "VERSION" or "PING": its answer.
[[nodiscard]] Result<std::string> askClamd(const net::Endpoint& endpoint,
                                           std::string_view command,
                                           Deadline deadline);

}  // namespace mailreeve::scan
