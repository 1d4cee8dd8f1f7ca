#include "core/base/file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

namespace mailreeve {

namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), {}));
}

}  // namespace

TEST_CASE(
    "a file is replaced whole, with its mode, and leaves nothing behind") {
  const Scratch scratch;
  const fs::path path = scratch.path / "f";
  REQUIRE(replaceFile(path, "old"));
  REQUIRE(replaceFile(path, "new", 0600));
  CHECK(*readFile(path) == "new");

  struct stat seen {};

  REQUIRE(::stat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777U) == 0600);
  CHECK(entries(scratch.path) == 1);
}

TEST_CASE("a replacement that fails leaves the old file and no temporary") {
  const Scratch scratch;
  const fs::path path = scratch.path / "f";
  REQUIRE(makeDirectories(path / "in the way"));
  CHECK_FALSE(replaceFile(path, "new"));
  CHECK(entries(scratch.path) == 1);
}

TEST_CASE("reading says what is wrong") {
  const Scratch scratch;
  const fs::path path = scratch.path / "f";
  CHECK(readFile(path).error().code == ErrorCode::NotFound);
  REQUIRE(replaceFile(path, "12345"));
  CHECK(readFile(path, 4).error().what ==
        path.string() + ": larger than 4 bytes");
  CHECK(*readFile(path, 5) == "12345");
}

TEST_CASE("a new file is never written over another") {
  const Scratch scratch;
  const fs::path path = scratch.path / "f";
  REQUIRE(writeNewFile(path, "first", 0600));
  CHECK_FALSE(writeNewFile(path, "second"));
  CHECK(*readFile(path) == "first");

  struct stat seen {};

  REQUIRE(::stat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777U) == 0600);
}

}  // namespace mailreeve
