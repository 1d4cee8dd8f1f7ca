// Counts of one milterd since its start, for the control socket.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "milter/verdict.h"

namespace mailreeve::milter {

struct Tally {
  static constexpr std::size_t kKinds = 6;

  std::atomic<std::int64_t> sessions{0};  // Open now.
  std::atomic<std::uint64_t> sessionsTotal{0};
  std::array<std::atomic<std::uint64_t>, kKinds> verdicts{};  // By Kind.
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> aborted{0};    // Given up by the client.
  std::atomic<std::uint64_t> givenBack{0};  // Charges whose answer was lost.

  void count(Verdict::Kind kind) {
    verdicts.at(static_cast<std::size_t>(kind)) += 1;
  }
};

}  // namespace mailreeve::milter
