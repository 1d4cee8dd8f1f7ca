// An ICAP service: what the settings say of it, and what it has said itself.
// All its scans share the latter; it holds until the service is another one
// (its ISTag) or its time is over.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/net/endpoint.h"
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

// Any thread.
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

}  // namespace mailreeve::scan
