// The cells of the databases' fault matrix: what a row wants of each fault, and
// how all of them are played. A row has a `label` and a `want`; what a cell is
// made of, and what it tells, is its player's.
#pragma once

#include <future>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/faults/broken_database.h"

namespace mailreeve::faults {

struct DatabaseWants {
  std::string well;
  std::string inTheWay;
  std::string noDatabase;
  std::string locked;  // Empty: it has no lock.
  std::string full;

  [[nodiscard]] const std::string& of(DatabaseFault fault) const;
};

template <typename Row>
using DatabasePlay = std::string (*)(const Row&, DatabaseFault);

// All at once, but for the full disk.
template <typename Row>
void checkEachFault(const std::vector<Row>& rows, DatabasePlay<Row> play) {
  const auto wanted = [](const Row& row, DatabaseFault fault) {
    return fault != DatabaseFault::Full && !row.want.of(fault).empty();
  };
  std::vector<std::future<std::string>> cells;
  for (const auto& row : rows)
    for (const auto& fault : databaseFaults())
      if (wanted(row, fault.second))
        cells.push_back(
            std::async(std::launch::async, play, std::cref(row), fault.second));
  auto cell = cells.begin();
  for (const auto& row : rows)
    for (const auto& [label, fault] : databaseFaults()) {
      if (!wanted(row, fault)) continue;
      CAPTURE(row.label);
      CAPTURE(label);
      CHECK((cell++)->get() == row.want.of(fault));
    }
}

// All of the process is in it, so one after the other.
template <typename Row>
void checkFullDisk(const std::vector<Row>& rows, DatabasePlay<Row> play) {
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(play(row, DatabaseFault::Full) == row.want.full);
  }
}

}  // namespace mailreeve::faults
