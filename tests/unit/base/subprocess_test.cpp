#include "core/base/subprocess.h"

#include <chrono>

#include <doctest/doctest.h>
#include <signal.h>

namespace mailreeve {

TEST_CASE("a program's output, errors and status come back") {
  const auto done =
      run({"sh", "-c", "cat; echo oops >&2; exit 3"}, {.input = "hello"});
  REQUIRE(done);
  CHECK(done->status == 3);
  CHECK(done->out == "hello");
  CHECK(done->err == "oops\n");
}

TEST_CASE("a program that cannot be started is not found") {
  const auto done = run({"no-such-program"});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::NotFound);
}

TEST_CASE("a program that overruns its limit is killed with its children") {
  const auto done = run({"sh", "-c", "sleep 60 & sleep 60"},
                        {.limit = std::chrono::milliseconds(100)});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::Unavailable);
}

TEST_CASE("output beyond its limit is read and dropped") {
  const auto done =
      run({"sh", "-c", "head -c 100000 /dev/zero"}, {.outputLimit = 1000});
  REQUIRE(done);
  CHECK(done->out.size() == 1000);
}

TEST_CASE("a child that stops reading is no trouble") {
  ::signal(SIGPIPE, SIG_IGN);
  const auto done = run({"true"}, {.input = std::string(1U << 20U, 'x')});
  REQUIRE(done);
  CHECK(done->status == 0);
}

TEST_CASE("a daemon that keeps its outputs open is not waited for") {
  RunOptions options;
  options.leavesDaemon = true;
  options.limit = std::chrono::seconds(30);
  const auto before = std::chrono::steady_clock::now();
  const auto done =
      run({"sh", "-c", "sleep 20 & echo up; echo well >&2; exit 3"}, options);
  REQUIRE(done);
  CHECK(done->status == 3);
  CHECK(done->out == "up\n");
  CHECK(done->err == "well\n");
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(15));
}

}  // namespace mailreeve
