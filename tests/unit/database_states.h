// Databases as earlier versions left them. states/FAMILY-N.sql makes the tables
// of one schema (store::Schema) at version N, with some rows: written down when
// that version was made, and never changed since. So a step that is changed
// instead of followed by another is found out, and so is one that loses rows.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/database.h"
#include "tests/unit/scratch.h"

namespace mailreeve {

struct StoredFamily {
  std::string name;
  std::string file;  // "state.db"
  // Opens it as its writer does, which brings it up to date.
  std::function<Result<Done>(const std::filesystem::path&)> open;
  // The rows of the state, told by the class that reads them.
  std::function<std::string(const std::filesystem::path&)> read;
  std::string rows;
  // Also reads what its writer has not brought up to date yet: another process
  // may be the first to start.
  bool readsOlder = false;
};

// What `answer` has, or its problem.
template <class T, class Tell>
std::string told(const Result<T>& answer, const Tell& tell) {
  return answer ? std::string(tell(*answer))
                : "problem: " + answer.error().what;
}

inline store::Database openAny(const std::filesystem::path& path) {
  auto database = store::Database::open(path, {"none", {}});
  REQUIRE(database);
  return *std::move(database);
}

inline void makeState(const std::filesystem::path& database,
                      const std::string& name) {
  const auto sql = readFile("states/" + name + ".sql");
  REQUIRE_MESSAGE(sql.ok(), name);
  auto made = openAny(database);
  std::string_view rest = *sql;
  for (auto end = rest.find(";\n"); end != std::string_view::npos;
       end = rest.find(";\n")) {
    const std::string statement(rest.substr(0, end));
    const auto done = made.execute(statement);
    REQUIRE_MESSAGE(done.ok(), statement);
    rest.remove_prefix(end + 2);
  }
}

// Tables and indices, without what is only layout.
inline std::set<std::string> shapeOf(const std::filesystem::path& path) {
  auto database = openAny(path);
  const auto rows = database.query(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND "
      "name NOT LIKE 'sqlite_%'");
  REQUIRE(rows);
  std::set<std::string> shape;
  for (const auto& row : *rows) {
    std::string text = row.text(0);
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    shape.insert(std::move(text));
  }
  return shape;
}

inline std::int64_t versionOf(const std::filesystem::path& path,
                              const std::string& family) {
  auto database = openAny(path);
  const auto rows = database.query(
      "SELECT version FROM schema_version WHERE family = ?", {family});
  REQUIRE(rows);
  REQUIRE_MESSAGE(rows->size() == 1, family);
  return rows->front().integer(0);
}

// Every row of every table.
inline std::vector<std::string> contentOf(const std::filesystem::path& path) {
  auto database = openAny(path);
  const auto tables = database.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  REQUIRE(tables);
  std::vector<std::string> content;
  for (const auto& table : *tables) {
    const auto rows = database.query("SELECT * FROM " + table.text(0));
    const auto columns = database.query(
        "SELECT count(*) FROM pragma_table_info(?)", {table.text(0)});
    REQUIRE(rows);
    REQUIRE(columns);
    for (const auto& row : *rows) {
      content.push_back(table.text(0));
      for (std::int64_t i = 0; i < columns->front().integer(0); ++i)
        content.back() += "|" + row.text(static_cast<std::size_t>(i));
    }
  }
  return content;
}

// Every version of `family` that ever was becomes today's, with its rows.
inline void checkOlderStates(const StoredFamily& family) {
  CAPTURE(family.name);
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path / "new");
  const auto fresh = scratch.path / "new" / family.file;
  REQUIRE(family.open(fresh));
  const auto today = versionOf(fresh, family.name);
  REQUIRE(today > 0);
  for (std::int64_t version = 1; version <= today; ++version) {
    CAPTURE(version);
    const auto directory = scratch.path / std::to_string(version);
    std::filesystem::create_directory(directory);
    const auto path = directory / family.file;
    makeState(path, family.name + "-" + std::to_string(version));
    if (family.readsOlder) CHECK(family.read(path) == family.rows);
    const auto opened = family.open(path);
    CHECK_MESSAGE(opened.ok(), (opened ? "" : opened.error().what));
    CHECK(versionOf(path, family.name) == today);
    CHECK(family.read(path) == family.rows);
    const auto shape = shapeOf(path);
    for (const auto& part : shapeOf(fresh)) CHECK(shape.contains(part));
    CHECK(shape.size() == shapeOf(fresh).size());
    REQUIRE(family.open(path));  // Again, as after every restart.
    CHECK(family.read(path) == family.rows);
  }
}

// What a newer version has made is refused in clear words and left as it is.
inline void checkNewerState(const StoredFamily& family) {
  CAPTURE(family.name);
  const Scratch scratch;
  const auto path = scratch.path / family.file;
  REQUIRE(family.open(path));
  const auto today = versionOf(path, family.name);
  REQUIRE(openAny(path).execute(
      "UPDATE schema_version SET version = version + 1 WHERE family = ?",
      {family.name}));
  REQUIRE(openAny(path).execute("CREATE TABLE of_tomorrow(a TEXT)"));
  const auto shape = shapeOf(path);
  const auto content = contentOf(path);

  const auto refused = family.open(path);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.find(
            path.string() + ": its " + family.name + " tables are of version " +
            std::to_string(today + 1) +
            ", made by a newer Mailreeve; this one knows up to " +
            std::to_string(today)) != std::string::npos);
  const std::string read = family.read(path);
  CAPTURE(read);
  CHECK(read.find("made by a newer Mailreeve") != std::string::npos);
  CHECK(shapeOf(path) == shape);
  CHECK(contentOf(path) == content);
}

}  // namespace mailreeve
