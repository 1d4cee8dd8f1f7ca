#include "mgmtd/cli/csv.h"

#include <doctest/doctest.h>

namespace mailreeve::cli {

TEST_CASE("CSV as spreadsheets and people write it") {
  using Fields = std::vector<std::string>;

  struct Row {
    std::string label;
    std::string text;
    std::vector<Fields> want;
    std::vector<std::size_t> problems;  // Lines.
  };

  const Row rows[] = {
      {"nothing", "", {}, {}},
      {"a heading alone", "a,b\n", {}, {}},
      {"plain fields", "a,b\n1,2\n3,4\n", {{"1", "2"}, {"3", "4"}}, {}},
      {"no line end at the end", "a,b\n1,2", {{"1", "2"}}, {}},
      {"CRLF", "a,b\r\n1,2\r\n", {{"1", "2"}}, {}},
      {"a byte order mark",
       "\xef\xbb\xbf"
       "a,b\n1,2\n",
       {{"1", "2"}},
       {}},
      {"quotes",
       "a,b\n\"1,5\",\"say \"\"hi\"\"\"\n",
       {{"1,5", "say \"hi\""}},
       {}},
      {"a line end in quotes", "a,b\n\"1\n2\",3\n4\n", {{"1\n2", "3"}}, {4}},
      {"empty fields", "a,b\n,\n\"\",x\n", {{"", ""}, {"", "x"}}, {}},
      {"empty lines are passed over", "a,b\n\n1,2\n\n", {{"1", "2"}}, {}},
      {"too few and too many fields",
       "a,b\n1\n1,2,3\n4,5\n",
       {{"4", "5"}},
       {2, 3}},
      {"a quote inside a plain field", "a,b\n1\"2,3\n4,5\n", {{"4", "5"}}, {2}},
      {"text behind a closing quote",
       "a,b\n\"1\"2,3\n4,5\n",
       {{"4", "5"}},
       {2}},
      {"a quote that is never closed",
       "a,b\n1,2\n\"3,4\n5,6\n",
       {{"1", "2"}},
       {3}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    std::vector<CsvProblem> problems;
    const auto table = parseCsv(row.text, problems);
    std::vector<Fields> got;
    for (const auto& record : table.records) got.push_back(record.fields);
    CHECK(got == row.want);
    std::vector<std::size_t> lines;
    for (const auto& problem : problems) lines.push_back(problem.line);
    CHECK(lines == row.problems);
  }
}

TEST_CASE("column names are trimmed and in lower case") {
  std::vector<CsvProblem> problems;
  CHECK(parseCsv(" Address , PASSWORD\n", problems).columns ==
        std::vector<std::string>{"address", "password"});
}

}  // namespace mailreeve::cli
