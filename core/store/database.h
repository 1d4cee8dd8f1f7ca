// One SQLite database file, opened through Poco::Data: the only file that knows
// either library is database.cpp.
//
// Several processes share these files. Writers use WAL mode and keep the -wal
// and -shm files when they close (SQLITE_FCNTL_PERSIST_WAL): Postfix and
// Dovecot read state.db as members of group mailreeve, may not create files
// beside it, and SQLite opens a WAL database without write permission only
// while both files are there. So a reader needs: x on the directory, r on the
// three files (0640, group mailreeve; SQLite gives -wal and -shm the owner and
// mode of the database). That holds while a writer is open, after the last has
// closed and after one was killed; database_test.cpp proves the three.
// Whoever removes -wal or -shm by hand, or closes the file with another
// program that may write, locks readers out until the next writer opens it.
//
// The directory is the daemons' own, and root opens the files, too: a file that
// is a link is refused, and nothing in it is trusted to be what we wrote.
//
// SQL stays portable to PostgreSQL: INSERT .. ON CONFLICT, RETURNING, no
// PRAGMA outside this module. Texts hold no NUL byte.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sys/types.h>

#include "core/base/result.h"

namespace mailreeve::store {

// What a `?` of a statement stands for; std::monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, std::string>;
using Values = std::vector<Value>;

// One row of an answer; columns count from 0.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> columns)
      : columns_(std::move(columns)) {}

  [[nodiscard]] bool isNull(std::size_t column) const {
    return !columns_.at(column).has_value();
  }

  // "" and 0 for NULL; 0 for what is no number.
  [[nodiscard]] std::string text(std::size_t column) const {
    return columns_.at(column).value_or("");
  }

  [[nodiscard]] std::int64_t integer(std::size_t column) const;

 private:
  std::vector<std::optional<std::string>> columns_;
};

using Rows = std::vector<Row>;

// The tables one part of the program owns. Step N (from 0) takes them from
// version N to N + 1; each is a list of single statements. A step that has been
// released is never changed, only followed by another.
struct Schema {
  std::string family;  // Unique within its file.
  std::vector<std::vector<std::string>> steps;
};

enum class Durability {
  Full,    // A commit survives a power cut.
  Normal,  // A commit survives a crash of the process; the last few may be
           // lost in a power cut, the file stays whole.
};

struct OpenOptions {
  Durability durability = Durability::Full;
  mode_t mode = 0640;  // Of a file that is made.
  std::chrono::milliseconds busy = std::chrono::seconds(10);
};

// A connection. Used by one thread at a time; moved freely between threads.
class Database {
 public:
  // Makes the file when it is missing (root gives it the owner and group of
  // its directory) and brings `schema` up to date. A file that a newer version
  // has migrated is refused.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& path,
                                             const Schema& schema,
                                             const OpenOptions& options = {});

  // NotFound when the file is missing. What would write is an Error.
  [[nodiscard]] static Result<Database> openReadOnly(
      const std::filesystem::path& path,
      std::chrono::milliseconds busy = std::chrono::seconds(10));

  // The same, for who reads the tables of `schema`. NotFound also when they are
  // not there yet; a file that a newer version has migrated is refused.
  [[nodiscard]] static Result<Database> openToRead(
      const std::filesystem::path& path,
      const Schema& schema,
      std::chrono::milliseconds busy = std::chrono::seconds(10));

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // For a further family of tables in the same file.
  [[nodiscard]] Result<Done> migrate(const Schema& schema);

  // One statement. Unavailable: locked for longer than OpenOptions::busy, disk
  // full or failing; Invalid: a constraint was violated; else Internal.
  [[nodiscard]] Result<Rows> query(const std::string& sql,
                                   const Values& values = {});

  // The same for what answers nothing; returns how many rows it changed.
  [[nodiscard]] Result<std::int64_t> execute(const std::string& sql,
                                             const Values& values = {});

  // Runs `work` in one transaction that has the write lock from its start, so
  // that what it reads cannot change before it writes. An Error or exception
  // of `work` rolls everything back. Not to be nested.
  [[nodiscard]] Result<Done> transaction(
      const std::function<Result<Done>()>& work);

  // Differs from the last time when another connection has committed since;
  // says nothing of other connections' numbers.
  [[nodiscard]] Result<std::int64_t> version();

  // What is wrong with the file, one finding each; empty: nothing.
  [[nodiscard]] Result<std::vector<std::string>> check();

  // The part of the file that holds nothing, 0..1.
  [[nodiscard]] Result<double> unusedShare();

  // Rewrites the file without its gaps. Needs as much free disk again.
  [[nodiscard]] Result<Done> vacuum();

 private:
  // How many steps `schema` has taken here; 0: none. Refuses more than it has.
  [[nodiscard]] Result<std::size_t> stepsTaken(const Schema& schema);

  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mailreeve::store
