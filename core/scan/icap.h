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
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/net/endpoint.h"
#include "core/scan/connections.h"
#include "core/scan/icap_response.h"
#include "core/scan/scanner.h"

namespace mailreeve::scan {

enum class IcapMethod { Response, Request };

struct IcapService {
  net::Endpoint server;
  std::string name;  // "avscan": the path of its URI.
  IcapMethod method = IcapMethod::Response;
  bool preview = true;   // Where the service offers one.
  bool selfTest = true;  // It has to find a test virus, else nothing is clean.
};

// What is known of the service, for all its scans. Any thread.
class IcapKnowledge {
 public:
  explicit IcapKnowledge(IcapService service) : service_(std::move(service)) {}

  [[nodiscard]] const IcapService& service() const { return service_; }

  // Nothing when it is not known, or no longer.
  [[nodiscard]] std::optional<IcapOptions> options() const;
  void learn(const IcapOptions& options);

  // A response came with `tag`: another one than before makes what is known
  // void (RFC 3507 section 4.7).
  void saw(const std::string& tag);

  // Whether what the service calls clean is: it found the test virus lately, as
  // the one that answers with `tag`; empty: it says no tag.
  [[nodiscard]] bool isProven(const std::string& tag) const;
  void prove(const std::string& tag);

  // "icap://192.0.2.1:1344/avscan".
  [[nodiscard]] std::string uri() const;

 private:
  const IcapService service_;
  mutable std::mutex mutex_;
  std::optional<IcapOptions> options_;      // Guarded by mutex_.
  Deadline until_;                          // Guarded by mutex_.
  std::map<std::string, Deadline> proven_;  // By tag. Guarded by mutex_.
};

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
