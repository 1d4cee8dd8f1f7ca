// Rows in aligned columns, for people.
#pragma once

#include <string>
#include <vector>

namespace mailreeve::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> headings)
      : rows_{std::move(headings)} {}

  // As many cells as there are headings. Control characters are replaced.
  void add(const std::vector<std::string>& cells);

  // Each line with its end; the last column is not padded.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mailreeve::cli
