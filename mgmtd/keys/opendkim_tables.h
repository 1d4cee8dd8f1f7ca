// Reads OpenDKIM's KeyTable and SigningTable (opendkim.conf(5)) and says which
// of their keys can go on signing here.
//
// There a pattern of author addresses chooses the key, here the author's domain
// does: what gets lost is said, for people to judge.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::keys {

struct TableProblem {
  std::size_t line = 0;  // From 1.
  std::string what;
};

struct KeyTableRow {
  std::size_t line = 0;
  std::string name;
  std::string domain;  // d=; "%": the author's.
  std::string selector;
  std::string path;
};

struct SigningTableRow {
  std::size_t line = 0;
  std::string pattern;  // "*@example.com", "example.com", ".example.com" ...
  std::string key;      // KeyTableRow::name
};

// At most 100,000 rows; a line that cannot be read is a problem and skipped.
[[nodiscard]] std::vector<KeyTableRow> readKeyTable(
    std::string_view text, std::vector<TableProblem>& problems);
[[nodiscard]] std::vector<SigningTableRow> readSigningTable(
    std::string_view text, std::vector<TableProblem>& problems);

// Whether `pattern` is about authors of `domain`, or some of them.
[[nodiscard]] bool concerns(std::string_view pattern, std::string_view domain);

struct PlannedKey {
  std::string domain;
  std::string selector;
  std::string path;
  bool usable = true;              // False: it is not imported.
  std::vector<std::string> notes;  // Why not, and what will be different.
};

// `domains` are the names of ours, main and additional, as A-labels.
[[nodiscard]] std::vector<PlannedKey> planImport(
    const std::vector<KeyTableRow>& keys,
    const std::vector<SigningTableRow>& patterns,
    const std::vector<std::string>& domains);

}  // namespace mailreeve::keys
