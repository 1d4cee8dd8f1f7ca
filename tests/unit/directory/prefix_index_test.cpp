#include "core/directory/prefix_index.h"

#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace mailreeve::directory {

namespace {

std::uint32_t slowFind(const std::vector<std::string>& prefixes,
                       const std::string& text) {
  std::uint32_t best = PrefixIndex::kNone;
  std::size_t length = 0;
  for (std::uint32_t i = 0; i < prefixes.size(); ++i) {
    if (!text.starts_with(prefixes[i])) continue;
    if (best != PrefixIndex::kNone && prefixes[i].size() <= length) continue;
    best = i;
    length = prefixes[i].size();
  }
  return best;
}

}  // namespace

TEST_CASE("an empty index finds nothing, an empty prefix everything") {
  PrefixIndex none;
  none.finish();
  CHECK(none.find("a") == PrefixIndex::kNone);
  CHECK(none.find("") == PrefixIndex::kNone);

  PrefixIndex all;
  all.add("", 7);
  all.finish();
  CHECK(all.find("a") == 7);
  CHECK(all.find("") == 7);
}

TEST_CASE("the longest prefix is found as by trying them all") {
  std::minstd_rand random(1);
  const auto word = [&random](std::size_t most) {
    std::string out(random() % (most + 1), 'a');
    for (char& c : out) c = static_cast<char>('a' + random() % 3);
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> prefixes(random() % 40);
    PrefixIndex index;
    for (std::uint32_t i = 0; i < prefixes.size(); ++i) {
      prefixes[i] = word(5);
      index.add(prefixes[i], i);
    }
    index.finish();
    for (int n = 0; n < 50; ++n) {
      const std::string text = word(8);
      CAPTURE(text);
      CHECK(index.find(text) == slowFind(prefixes, text));
    }
  }
}

}  // namespace mailreeve::directory
