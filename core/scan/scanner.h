// Antivirus engines, whatever protocol they speak: a Scanner begins a Scan for
// each message, which is given the bytes as they come and asked for its answer
// when all are there.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace mailreeve::scan {

using Deadline = std::chrono::steady_clock::time_point;

struct Finding {
  enum class Kind {
    Clean,
    Infected,
    TooLarge,  // The engine takes nothing of this size, and looked at nothing.
  };

  Kind kind = Kind::Clean;
  std::string virus;   // Infected: as the engine calls it, one printable line.
  std::string engine;  // Which engine said so.
  std::string note;    // What an administrator should know besides; or empty.

  // Told with one message: its scan found the first engine down, or back.
  enum class Turn { None, WentDown, CameBack };
  Turn turn = Turn::None;
};

// One message on its way through an engine. Dropped before the answer, it takes
// everything back. One thread at a time.
class Scan {
 public:
  Scan() = default;
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;
  Scan(Scan&&) = delete;
  Scan& operator=(Scan&&) = delete;
  virtual ~Scan() = default;

  // The next bytes of the message. Never waits; what an engine does not take
  // now is sent again from the whole message.
  virtual void bytes(std::string_view chunk) = 0;

  // All of the message, which stays where it is until the answer. Never waits.
  virtual void complete(std::string_view message) = 0;

  // Called once, after complete(). Waits until `deadline` at most. An Error
  // means that nobody knows: never that the message is clean.
  [[nodiscard]] virtual Result<Finding> answer(Deadline deadline) = 0;
};

// Shared by all messages; any thread.
class Scanner {
 public:
  Scanner() = default;
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  Scanner(Scanner&&) = delete;
  Scanner& operator=(Scanner&&) = delete;
  virtual ~Scanner() = default;

  // "clamd" or "icap".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Never fails and never waits: what is wrong is the answer's to say.
  [[nodiscard]] virtual std::unique_ptr<Scan> begin() = 0;
};

// A message that is there already, from begin() to answer().
[[nodiscard]] inline Result<Finding> scanWhole(Scanner& scanner,
                                               std::string_view message,
                                               Deadline deadline) {
  const auto scan = scanner.begin();
  scan->complete(message);
  return scan->answer(deadline);
}

}  // namespace mailreeve::scan
