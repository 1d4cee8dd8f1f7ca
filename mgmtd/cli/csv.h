// Reads and writes CSV (RFC 4180): a first line of column names, fields in
// quotes where they hold commas, quotes or line ends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::cli {

struct CsvRecord {
  std::size_t line = 0;             // On which it begins; the first is 1.
  std::vector<std::string> fields;  // As many as there are columns.
};

struct CsvTable {
  std::vector<std::string> columns;  // In lower case.
  std::vector<CsvRecord> records;    // Empty lines are left out.
};

struct CsvProblem {
  std::size_t line = 0;
  std::string what;
};

// The records that are well formed; of the others, what is wrong.
[[nodiscard]] CsvTable parseCsv(std::string_view text,
                                std::vector<CsvProblem>& problems);

// One line with its end. What a spreadsheet would take for a formula gets an
// apostrophe in front: subjects and addresses are chosen by strangers.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& fields);

}  // namespace mailreeve::cli
