#include "policyd/request_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "policyd/request.h"

namespace mailreeve::policyd {

namespace {

using Found = RequestBuffer::Found;

// Feeds `bytes` in pieces of `step` and collects the requests that come out;
// "TOO LONG" ends the list.
std::vector<std::string> cut(const std::string& bytes, std::size_t step) {
  RequestBuffer buffer;
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto room = buffer.room();
    REQUIRE_FALSE(room.empty());
    const auto size = std::min({step, room.size(), bytes.size() - at});
    std::memcpy(room.data(), bytes.data() + at, size);
    buffer.received(size);
    at += size;
    std::string_view text;
    Found found{};
    while ((found = buffer.next(text)) == Found::Request)
      out.emplace_back(text);
    if (found == Found::TooLong) {
      out.emplace_back("TOO LONG");
      return out;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("requests are cut alike however their bytes arrive") {
  const std::string longest(kMostRequest, 'x');

  struct Row {
    std::string label;
    std::string bytes;
    std::vector<std::string> want;
  };

  const Row rows[] = {
      {"one request", "a=1\nb=2\n\n", {"a=1\nb=2"}},
      {"three in one piece", "a=1\n\nb=2\n\nc=3\n\n", {"a=1", "b=2", "c=3"}},
      {"one and a half", "a=1\n\nb=", {"a=1"}},
      {"a request without its end", "a=1\n", {}},
      {"an empty request", "\n", {""}},
      {"an empty line too many", "a=1\n\n\nb=2\n\n", {"a=1", "", "b=2"}},
      {"the longest request", longest + "\n\nb=2\n\n", {longest, "b=2"}},
      {"one byte more", longest + "x\n\n", {"TOO LONG"}},
      {"no end at all", longest + longest, {"TOO LONG"}},
  };
  for (const auto& row : rows) {
    for (const std::size_t step : {std::size_t{1},
                                   std::size_t{2},
                                   std::size_t{7},
                                   std::size_t{100000}}) {
      CAPTURE(row.label);
      CAPTURE(step);
      CHECK(cut(row.bytes, step) == row.want);
    }
  }
}

TEST_CASE("a request that has begun is told from none") {
  RequestBuffer buffer;
  CHECK_FALSE(buffer.partial());
  buffer.room()[0] = 'a';
  buffer.received(1);
  CHECK(buffer.partial());
  std::memcpy(buffer.room().data(), "=\n\n", 3);
  buffer.received(3);
  std::string_view text;
  CHECK(buffer.next(text) == Found::Request);
  CHECK(text == "a=");
  CHECK_FALSE(buffer.partial());
}

}  // namespace mailreeve::policyd
