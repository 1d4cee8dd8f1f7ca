// An engine that speaks ICAP (RFC 3507) as a Scanner: the message is shown to
// it as the body of an HTTP response (RESPMOD) or request (REQMOD), and
// whatever it would change counts as found. Its OPTIONS are asked once and kept
// as long as they hold and its ISTag is the same.
//
// A service can be well and have no engine: c-icap that was started before
// clamd lets everything pass, for ever, in the same words as what is clean. So
// nothing is clean before the service has found a test virus, under the same
// ISTag and within the last hour.
#pragma once

#include <cstddef>
#include <memory>

#include "core/scan/connections.h"
#include "core/scan/icap_knowledge.h"
#include "core/scan/scanner.h"

namespace mailreeve::scan {

class Icap final : public Scanner {
 public:
  // At most `scans` messages at once.
  Icap(IcapService service, std::size_t scans);

  [[nodiscard]] std::string_view name() const override { return "icap"; }

  [[nodiscard]] std::unique_ptr<Scan> begin() override;

 private:
  std::shared_ptr<Connections> connections_;
  std::shared_ptr<IcapKnowledge> knowledge_;
};

// Asks the service for its OPTIONS on a connection of its own.
[[nodiscard]] Result<IcapOptions> askIcapOptions(const IcapService& service,
                                                 Deadline deadline);

// Shows the service the test virus. An Error: it finds nothing, or gives no
// answer.
[[nodiscard]] Result<Done> askIcapForTestVirus(IcapService service,
                                               Deadline deadline);

}  // namespace mailreeve::scan
