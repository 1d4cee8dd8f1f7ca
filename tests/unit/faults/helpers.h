// The helpers of the fault matrix: each on a real socket, well or with one
// fault. What a broken one would have said is always "nothing found", so that
// whoever believes it too early lets a message pass.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/dns/loopback_server.h"
#include "tests/unit/scan/engine_double.h"

namespace mailreeve::faults {

enum class Helper { Clamd, Icap, Spamd, Dns };

enum class Fault {
  None,
  Dead,       // No socket.
  Refusing,   // It hangs up at once; a name server says REFUSED.
  Mute,       // It takes everything and says nothing.
  Slow,       // A right answer, too late.
  Half,       // Silence after a part of an answer.
  BreaksOff,  // The end of the connection after a part of an answer.
  Nonsense,
  Failing,        // It says itself that it cannot.
  WithoutEngine,  // It calls everything clean.
  Busy,           // Others have all its turns (see crowd.h).
};

// Each that it can have, with its name; "well" first.
[[nodiscard]] std::vector<std::pair<std::string, Fault>> faultsOf(
    Helper helper);

class BrokenHelper {
 public:
  BrokenHelper(Helper helper, Fault fault);

  // As the settings name it: a path, or "IP@port" of a name server.
  [[nodiscard]] std::string server() const;

  // So many clients came.
  [[nodiscard]] int connections() const;

  // The first label of the names whose records meet the fault. `well` is that
  // of what is answered without one; a name server has "key", the DKIM key of
  // dkim::rsaKey(), and "pass", SPF that lets everybody send.
  [[nodiscard]] std::string label(const std::string& well) const;

 private:
  Helper helper_;
  Fault fault_;
  Scratch nobody_;
  std::optional<scan::EngineDouble> engine_;
  std::optional<dns::LoopbackServer> dns_;
};

}  // namespace mailreeve::faults
