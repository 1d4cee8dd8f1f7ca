// Others who got to a helper first: they have the only turn that there is, and
// keep it longer than anybody's limit.
#pragma once

#include <future>
#include <memory>
#include <string>

#include "core/scan/scanner.h"
#include "core/spam/spamd.h"
#include "milter/backends.h"
#include "tests/unit/faults/helpers.h"

namespace mailreeve::faults {

class Crowd {
 public:
  // `settings` with one turn for everybody.
  [[nodiscard]] static std::string oneTurn(const std::string& settings);

  // Takes the turn. `limit` is that of the settings; who waits for spamd, which
  // others could wait for much longer, waits so long as well.
  Crowd(const BrokenHelper& helper,
        milter::Backends& backends,
        std::chrono::seconds limit);

 private:
  void takeScan(scan::Scanner& scanner, std::chrono::seconds limit);

  std::unique_ptr<scan::Scan> scan_;
  std::future<Result<scan::Finding>> finding_;
  std::unique_ptr<spam::Spamd::Conversation> request_;
};

}  // namespace mailreeve::faults
