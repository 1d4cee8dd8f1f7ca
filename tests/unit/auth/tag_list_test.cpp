#include "core/auth/tag_list.h"

#include <doctest/doctest.h>

#include "core/auth/tag_writer.h"

namespace mailreeve::auth {

TEST_CASE("a tag list is read, or refused as a whole") {
  struct Row {
    std::string label;
    std::string text;
    bool want;
  };

  std::string many;
  for (int i = 0; i < 65; ++i) many += "t" + std::to_string(i) + "=1;";
  const Row rows[] = {
      {"one tag", "v=1", true},
      {"a semicolon at the end", "v=1;", true},
      {"blanks and folds everywhere", " v = 1 ;\r\n\t b = x y ", true},
      {"an empty value", "p=", true},
      {"equals signs in a value", "p=a==", true},
      {"nothing", "", true},
      {"no equals sign", "v", false},
      {"an empty part", "v=1;;a=2", false},
      {"a name that begins with a digit", "1v=1", false},
      {"a name with a dash", "a-b=1", false},
      {"a tag twice", "v=1; v=1", false},
      {"too many tags", many, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(TagList::parse(row.text).has_value() == row.want);
  }
}

TEST_CASE("tags are found by their exact name") {
  const auto tags = TagList::parse("v=1; B = x\r\n y ;p=");
  REQUIRE(tags);
  CHECK(tags->value("v") == "1");
  CHECK(tags->value("B") == "x\r\n y");
  CHECK_FALSE(tags->find("b"));
  CHECK(tags->find("p") == "");
}

TEST_CASE("a signature is cut out of its field") {
  struct Row {
    std::string label;
    std::string raw;
    std::string want;
  };

  const Row rows[] = {
      {"at the end", "X: v=1; b=abc\r\n def", "X: v=1; b="},
      {"in the middle", "X: b=abc; v=1", "X: b=; v=1"},
      {"with blanks", "X: v=1; b = a b ; bh=c", "X: v=1; b =; bh=c"},
      {"behind bh=", "X: bh=c; b=abc", "X: bh=c; b="},
      {"none", "X: v=1; bh=c", "X: v=1; bh=c"},
      {"no colon", "b=1", "b=1"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(withoutSignature(row.raw) == row.want);
  }
}

TEST_CASE("a plain domain is fit to be asked for and logged") {
  CHECK(isPlainDomain("s1._domainkey.example.com"));
  CHECK_FALSE(isPlainDomain("exa mple.com"));
  CHECK_FALSE(isPlainDomain("example.com\r\nX: y"));
  CHECK_FALSE(isPlainDomain("ex\xc3\xa4mple.com"));
  CHECK_FALSE(isPlainDomain(""));
}

TEST_CASE("a field is written in lines of less than 78 characters") {
  TagWriter writer("DKIM-Signature", Folding::Lines);
  writer.add("v", "1");
  writer.addList("h", std::vector<std::string>(30, "content-type"));
  writer.add("bh", std::string(44, 'x'));
  writer.addSignature();
  const std::string raw = writer.withSignature(std::string(344, 'y'));
  CHECK(raw.substr(0, 21) == "DKIM-Signature: v=1; ");
  CHECK(withoutSignature(raw) == writer.raw());
  const auto header = headerOf(raw);
  CHECK(header.name == "DKIM-Signature");
  CHECK(header.value.find('\r') == std::string::npos);
  std::size_t begin = 0;
  while (begin < header.value.size()) {
    const auto end =
        std::min(header.value.find('\n', begin), header.value.size());
    CHECK(end - begin <= 78);
    CHECK(end > begin);
    begin = end + 1;
  }
}

}  // namespace mailreeve::auth
