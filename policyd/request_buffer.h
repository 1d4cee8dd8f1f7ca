// Cuts the bytes of one connection into requests, however they arrive: in one
// piece, byte by byte, or many requests at once.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mailreeve::policyd {

class RequestBuffer {
 public:
  enum class Found { Request, Nothing, TooLong };

  // Where to receive into; never empty unless next() would say TooLong. What
  // next() gave before is no longer valid.
  [[nodiscard]] std::span<char> room();

  // `bytes` were received into room().
  void received(std::size_t bytes) { end_ += bytes; }

  // The next complete request, without the empty line at its end, into
  // `request`: a view that stays valid until room() is called. TooLong: the
  // connection must be closed.
  [[nodiscard]] Found next(std::string_view& request);

  // Whether a request has begun and not ended.
  [[nodiscard]] bool partial() const { return begin_ != end_; }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;     // Of the first request not yet taken.
  std::size_t searched_ = 0;  // No end of it lies before this.
  std::size_t end_ = 0;       // Of what was received.
};

}  // namespace mailreeve::policyd
