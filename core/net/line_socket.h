// Lines over a stream socket, each with a deadline and a length limit: what
// both ends of a control connection are made of.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/fd.h"
#include "core/base/result.h"

namespace mailreeve::net {

class LineSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  enum class Got { Line, End, TooLong, Late, Stopped };

  // `socket` must be non-blocking. `stop` is a descriptor that becomes
  // readable when waiting is to end early; -1 for none.
  LineSocket(Fd socket, std::size_t limit, int stop = -1)
      : socket_(std::move(socket)), limit_(limit), stop_(stop) {}

  // The next line, without its end, into `line`. A peer that broke off counts
  // as End, also in the middle of a line.
  [[nodiscard]] Got read(std::string& line, Deadline deadline);

  // False when the peer is gone or did not take it in time. A stop does not
  // end a write: an answer that was worked for is delivered.
  [[nodiscard]] bool write(std::string_view bytes, Deadline deadline);

 private:
  enum class Ready { Yes, Late, Stopped };

  [[nodiscard]] Ready await(short events, Deadline deadline, int stop) const;

  Fd socket_;
  std::size_t limit_;
  int stop_;
  std::string buffer_;        // What was received behind the last line.
  std::size_t searched_ = 0;  // Bytes of buffer_ known to hold no line end.
};

}  // namespace mailreeve::net
