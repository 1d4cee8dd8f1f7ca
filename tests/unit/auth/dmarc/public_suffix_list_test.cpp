#include "core/auth/dmarc/public_suffix_list.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "tests/unit/scratch.h"

namespace mailreeve::dmarc {

TEST_CASE("a list of suffixes is read from a file") {
  const Scratch scratch;
  const auto path = scratch.path / "list.dat";
  REQUIRE(replaceFile(path, "// ours\nexample\n*.land.example\n"));
  const auto list = PublicSuffixList::load(path);
  REQUIRE(list);
  CHECK(list->registrableDomain("a.b.example") == "b.example");
  CHECK(list->registrableDomain("a.b.land.example") == "a.b.land.example");
  CHECK(list->registrableDomain("b.land.example").empty());
  CHECK(list->registrableDomain("example").empty());
  CHECK(list->registrableDomain("").empty());
  CHECK(list->registrableDomain(".b.example").empty());
}

TEST_CASE("what is no list is refused") {
  const Scratch scratch;
  const auto path = scratch.path / "list.dat";
  CHECK_FALSE(PublicSuffixList::load(path));
  REQUIRE(replaceFile(path, "// nothing\n"));
  CHECK_FALSE(PublicSuffixList::load(path));
}

TEST_CASE("the newest list knows the suffixes of the day") {
  const auto list = PublicSuffixList::newest();
  CHECK(list.registrableDomain("www.example.co.uk") == "example.co.uk");
  CHECK(list.registrableDomain("co.uk").empty());
}

}  // namespace mailreeve::dmarc
