#include "mgmtd/keys/opendkim_tables.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::keys {

namespace {

const std::vector<std::string> kOurs = {
    "example.com", "mail.example.com", "example.org"};

// "domain selector yes: note; note", a line each.
std::string plan(const std::string& keyTable, const std::string& signingTable) {
  std::vector<TableProblem> problems;
  const auto keys = readKeyTable(keyTable, problems);
  const auto patterns = readSigningTable(signingTable, problems);
  CHECK(problems.empty());
  std::string out;
  for (const auto& one : planImport(keys, patterns, kOurs))
    out += one.domain + " " + one.selector + (one.usable ? " yes" : " no") +
           (one.notes.empty() ? "" : ": " + join(one.notes, "; ")) + "\n";
  return out;
}

}  // namespace

TEST_CASE("each key of the tables is planned with what will be different") {
  struct Row {
    std::string label;
    std::string keys;
    std::string patterns;
    std::string want;
  };

  const Row rows[] = {
      {"a key for a domain, comments and blanks around",
       "# keys\n\n  k1\texample.com:Default:/k/default.private # old\n",
       "*@example.com k1\n",
       "example.com default yes\n"},
      {"a domain without @ is one, too",
       "k1 example.com:s:/k\n",
       "example.com k1\n",
       "example.com s yes\n"},
      {"a sub-domain is aligned with its parent",
       "k1 example.com:s:/k\n",
       "*@mail.example.com k1\n",
       "example.com s yes\n"},
      {"the author's domain, by a pattern over sub-domains",
       "k1 %:s:/k\n",
       ".example.com k1\n",
       "mail.example.com s yes\n"},
      {"the author's domain, by a pattern over all",
       "k1 %:s:/k\n",
       "* k1\n",
       "example.com s yes\nmail.example.com s yes\nexample.org s yes\n"},
      {"a pattern for one author gets wider",
       "k1 example.com:s:/k\n",
       "news@example.com k1\n",
       "example.com s yes: SigningTable line 1 is for news@example.com alone; "
       "here the whole domain signs with it\n"},
      {"a key that signed for a domain not its own",
       "k1 example.com:s:/k\n",
       "*@example.com k1\n*@example.org k1\n",
       "example.com s yes: SigningTable line 2 signs mail of example.org as "
       "example.com, which no receiver takes for its author; give example.org "
       "keys of its own\n"},
      {"a domain that is not ours",
       "k1 other.example:s:/k\n",
       "*@other.example k1\n",
       "other.example s no: other.example is no domain of the settings in "
       "force\n"},
      {"a key that nothing uses",
       "k1 example.com:s:/k\n",
       "*@example.com k2\n",
       "example.com s no: no line of the SigningTable uses it\n"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    CHECK(plan(row.keys, row.patterns) == row.want);
  }
}

TEST_CASE("a line that cannot be read is named") {
  std::vector<TableProblem> problems;
  CHECK(readKeyTable("k1\nk2 a:b\nk3 a:b:relative\nk4 a:b:/k\n", problems)
            .size() == 1);
  CHECK(readSigningTable("\na b c\n", problems).empty());
  REQUIRE(problems.size() == 4);
  CHECK(problems[0].line == 1);
  CHECK(problems[0].what == "there must be two words");
  CHECK(problems[1].what == "must be NAME DOMAIN:SELECTOR:PATH");
  CHECK(problems[2].what == "the key must be the absolute path of a file");
  CHECK(problems[3].line == 2);
}

}  // namespace mailreeve::keys
