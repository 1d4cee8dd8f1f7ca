// When a database is read again, with a reader that says what it is told to.
// Real databases: usage_watch_test, recipient_watch_test.
#include "policyd/database_watch.h"

#include <atomic>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/unit/becomes.h"
#include "tests/unit/scratch.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

struct Source {
  std::atomic<int> opened = 0;
  std::atomic<int> asked = 0;  // Whether what was read still holds.
  std::atomic<int> read = 0;
  std::atomic<bool> current = true;
  std::atomic<bool> broken = false;
};

class CountingReader {
 public:
  using Content = int;

  explicit CountingReader(Source& source) : source_(&source) {
    ++source.opened;
  }

  Result<int> read() {
    if (source_->broken) return Error{ErrorCode::Unavailable, "broken"};
    source_->current = true;
    return ++source_->read;
  }

  bool current() {
    ++source_->asked;
    return source_->current;
  }

 private:
  Source* source_;
};

struct Watched {
  Scratch scratch;
  std::filesystem::path file = scratch.path / "x.db";
  Source source;
  DatabaseWatch<CountingReader> watch{
      file,
      [this](const std::filesystem::path&) {
        return Result<CountingReader>(CountingReader(source));
      },
      "nothing is known",
      2ms};

  [[nodiscard]] int known() const {
    const auto table = watch.table();
    return table->content ? *table->content : 0;
  }

  // Long enough for a change to be seen.
  void lookTwice() {
    const int before = source.asked;
    CHECK(becomes([&] { return source.asked >= before + 2; }));
  }
};

}  // namespace

TEST_CASE("nobody asks: nothing is opened; somebody does: it is read at once") {
  Watched world;
  CHECK(world.source.opened == 0);
  CHECK(world.watch.table()->content.error().what == "not read yet");
  world.watch.want(true);
  CHECK(world.known() == 1);
}

TEST_CASE("what has not changed is not read again") {
  Watched world;
  world.watch.want(true);
  world.lookTwice();
  CHECK(world.source.read == 1);
  CHECK(world.source.opened == 1);
}

TEST_CASE("what could not be read yet when its file changed is read later") {
  Watched world;
  world.watch.want(true);
  world.source.current = false;
  CHECK(becomes([&] { return world.known() == 2; }));
  CHECK(world.source.opened == 1);
}

TEST_CASE("another file is opened") {
  Watched world;
  world.watch.want(true);
  const auto before = world.watch.table();
  CHECK_FALSE(world.watch.isOld(*before));
  std::ofstream(world.file) << "another";
  CHECK(world.watch.isOld(*before));
  CHECK(becomes([&] { return world.known() >= 2; }));
  CHECK(world.source.opened >= 2);
}

TEST_CASE("what cannot be read is an error until it can") {
  Watched world;
  world.source.broken = true;
  world.watch.want(true);
  CHECK(world.watch.table()->content.error().what == "broken");
  world.source.broken = false;
  CHECK(becomes([&] { return world.known() == 1; }));
}

}  // namespace mailreeve::policyd
