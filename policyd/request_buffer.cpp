#include "policyd/request_buffer.h"

#include <algorithm>
#include <cstring>

#include "policyd/request.h"

namespace mailreeve::policyd {

namespace {

constexpr std::size_t kFirst = 4096;             // What most requests need.
constexpr std::size_t kMost = kMostRequest + 2;  // With the empty line.

}  // namespace

std::span<char> RequestBuffer::room() {
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    searched_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == bytes_.size())
    bytes_.resize(std::min(kMost, std::max(kFirst, 2 * bytes_.size())));
  return {bytes_.data() + end_, bytes_.size() - end_};
}

RequestBuffer::Found RequestBuffer::next(std::string_view& request) {
  const std::string_view all(bytes_.data(), end_);
  std::size_t stop = 0;  // The line end before the empty line.
  if (begin_ < end_ && all[begin_] == '\n')
    stop = begin_;  // An empty request; parseRequest() has the words for it.
  else
    stop = all.find("\n\n", searched_);
  if (stop == std::string_view::npos) {
    // The last byte may be the first of the two.
    searched_ = std::max(begin_, end_ > 0 ? end_ - 1 : 0);
    return end_ - begin_ >= kMost ? Found::TooLong : Found::Nothing;
  }
  request = all.substr(begin_, stop - begin_);
  begin_ = std::min(end_, stop + (stop == begin_ ? 1 : 2));
  searched_ = begin_;
  return Found::Request;
}

}  // namespace mailreeve::policyd
