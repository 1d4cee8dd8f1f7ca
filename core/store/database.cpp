#include "core/store/database.h"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <unordered_map>
#include <utility>

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"

namespace mailreeve::store {

namespace {

namespace sqlite = Poco::Data::SQLite;

constexpr std::size_t kKeptStatements = 64;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const {
    ::sqlite3_finalize(statement);
  }
};

using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

// A statement that is not reset goes on holding its locks.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}

  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;
  Reset(Reset&&) = delete;
  Reset& operator=(Reset&&) = delete;

  ~Reset() {
    ::sqlite3_reset(statement_);
    ::sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

ErrorCode meaningOf(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return ErrorCode::Invalid;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return ErrorCode::Unavailable;
    default:
      return ErrorCode::Internal;
  }
}

// `values` outlive the statement's run.
int bind(sqlite3_stmt* statement, const Values& values) {
  int code = SQLITE_OK;
  for (std::size_t i = 0; i < values.size() && code == SQLITE_OK; ++i) {
    const int place = static_cast<int>(i) + 1;
    if (const auto* number = std::get_if<std::int64_t>(&values[i]))
      code = ::sqlite3_bind_int64(statement, place, *number);
    else if (const auto* text = std::get_if<std::string>(&values[i]))
      code = ::sqlite3_bind_text64(statement,
                                   place,
                                   text->data(),
                                   text->size(),
                                   SQLITE_STATIC,
                                   SQLITE_UTF8);
    else
      code = ::sqlite3_bind_null(statement, place);
  }
  return code;
}

Row rowOf(sqlite3_stmt* statement) {
  std::vector<std::optional<std::string>> columns;
  const int count = ::sqlite3_column_count(statement);
  columns.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto* text = ::sqlite3_column_text(statement, i);
    if (text == nullptr) {
      columns.emplace_back();
      continue;
    }
    columns.emplace_back(
        std::in_place,
        reinterpret_cast<const char*>(text),
        static_cast<std::size_t>(::sqlite3_column_bytes(statement, i)));
  }
  return Row(std::move(columns));
}

// Runs `work`, turning what the libraries throw into an Error that names
// `path`.
template <class Work>
auto guarded(const std::filesystem::path& path, const Work& work)
    -> decltype(work()) {
  const auto failed = [&path](ErrorCode code, const Poco::Exception& e) {
    return Error{code, path.string() + ": " + e.message()};
  };
  try {
    return work();
  } catch (const sqlite::ConstraintViolationException& e) {
    return failed(ErrorCode::Invalid, e);
  } catch (const sqlite::DBLockedException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const sqlite::TableLockedException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const sqlite::DatabaseFullException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const sqlite::IOErrorException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const sqlite::CantOpenDBFileException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const Poco::Data::ConnectionFailedException& e) {
    return failed(ErrorCode::Unavailable, e);
  } catch (const Poco::Exception& e) {
    return failed(ErrorCode::Internal, e);
  } catch (const std::exception& e) {
    return Error{ErrorCode::Internal, path.string() + ": " + e.what()};
  }
}

// `path` as SQLite's URI file name, in which ?, # and % are special.
std::string uri(const std::filesystem::path& path, const char* mode) {
  std::string out = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '?')
      out += "%3f";
    else if (c == '#')
      out += "%23";
    else if (c == '%')
      out += "%25";
    else
      out += c;
  }
  return out + "?mode=" + mode;
}

// Makes the file before SQLite does, with the right owner and mode from its
// first moment: -wal and -shm take both from it.
Result<Done> create(const std::filesystem::path& path, mode_t mode) {
  const auto failed = [&path](const char* doing) {
    return Error{ErrorCode::Unavailable,
                 path.string() + ": " + doing + ": " + errnoText(errno)};
  };
  const Fd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.open())
    return errno == EEXIST ? Result<Done>(Done{}) : failed("create");

  struct stat directory {};

  if (::geteuid() == 0 &&
      (::stat(path.parent_path().empty() ? "." : path.parent_path().c_str(),
              &directory) != 0 ||
       ::fchown(fd.get(), directory.st_uid, directory.st_gid) != 0))
    return failed("chown");
  if (::fchmod(fd.get(), mode) != 0) return failed("chmod");
  return Done{};
}

// The file that SQLite has opened, and not one that a link in its place leads
// to: who owns the directory may not choose which file root writes. The rest,
// -wal and -shm, SQLite opens without following links.
Result<Done> isItself(const std::filesystem::path& path, sqlite3* handle) {
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path);
  const auto folder =
      std::filesystem::canonical(absolute.parent_path(), failed);
  const char* opened = ::sqlite3_db_filename(handle, "main");
  if (!failed && opened != nullptr && folder / absolute.filename() == opened)
    return Done{};
  return Error{ErrorCode::Invalid, path.string() + ": is a link"};
}

// Whoever may write the file is not trusted with what its tables run: root
// reads what a daemon has written. See "Defense Against The Dark Arts" in
// SQLite's documentation.
constexpr const char* kCareful[] = {"trusted_schema=OFF", "cell_size_check=ON"};

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
  const auto& value = columns_.at(column);
  std::int64_t number = 0;
  if (value)
    std::from_chars(value->data(), value->data() + value->size(), number);
  return number;
}

struct Database::State {
  std::filesystem::path path;
  Poco::Data::Session session;
  // By their text. Poco would compile a statement each time it is run.
  std::unordered_map<std::string, Statement> kept;

  // Without the 0 Poco tries for a minute to open a file that cannot be
  // opened. A locked one opens; its lock is waited for by busy_timeout.
  State(std::filesystem::path where, const std::string& name)
      : path(std::move(where)), session("SQLite", name, 0) {}

  [[nodiscard]] sqlite3* handle() { return sqlite::Utility::dbHandle(session); }

  void pragma(const std::string& what) {
    session << "PRAGMA " + what, Poco::Data::Keywords::now;
  }

  // Before the file is read.
  [[nodiscard]] Result<Done> begin(std::chrono::milliseconds busy) {
    auto itself = isItself(path, handle());
    if (!itself) return itself;
    pragma("busy_timeout=" + std::to_string(busy.count()));
    for (const char* what : kCareful) pragma(what);
    return Done{};
  }

  // The first to open a new file turns it over to WAL. Who comes meanwhile is
  // told at once that it is locked: here SQLite does not wait by itself.
  void keepLog(std::chrono::milliseconds busy) {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + busy;
    for (;;) {
      try {
        pragma("journal_mode=WAL");
        return;
      } catch (const sqlite::DBLockedException&) {
        if (steady_clock::now() >= end) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }

  [[nodiscard]] Error failed(int code) {
    return {meaningOf(code), path.string() + ": " + ::sqlite3_errmsg(handle())};
  }

  [[nodiscard]] Result<sqlite3_stmt*> prepare(const std::string& sql);

  // Every row of the answer goes to `rows`, if there is one.
  [[nodiscard]] Result<Done> run(const std::string& sql,
                                 const Values& values,
                                 Rows* rows);
};

Result<sqlite3_stmt*> Database::State::prepare(const std::string& sql) {
  if (const auto found = kept.find(sql); found != kept.end())
    return found->second.get();
  sqlite3_stmt* made = nullptr;
  const int code = ::sqlite3_prepare_v3(handle(),
                                        sql.c_str(),
                                        static_cast<int>(sql.size()) + 1,
                                        SQLITE_PREPARE_PERSISTENT,
                                        &made,
                                        nullptr);
  if (code != SQLITE_OK) return failed(code);
  if (kept.size() >= kKeptStatements) kept.clear();
  return kept.emplace(sql, Statement(made)).first->second.get();
}

Result<Done> Database::State::run(const std::string& sql,
                                  const Values& values,
                                  Rows* rows) {
  const auto prepared = prepare(sql);
  if (!prepared) return prepared.error();
  sqlite3_stmt* statement = *prepared;
  const Reset reset(statement);
  if (const int code = bind(statement, values); code != SQLITE_OK)
    return failed(code);
  for (;;) {
    const int code = ::sqlite3_step(statement);
    if (code == SQLITE_DONE) return Done{};
    if (code != SQLITE_ROW) return failed(code);
    if (rows != nullptr) rows->push_back(rowOf(statement));
  }
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::filesystem::path& path,
                                const Schema& schema,
                                const OpenOptions& options) {
  auto created = create(path, options.mode);
  if (!created) return std::move(created).error();
  return guarded(path, [&]() -> Result<Database> {
    sqlite::Connector::registerConnector();
    auto state = std::make_unique<State>(path, uri(path, "rw"));
    if (auto begun = state->begin(options.busy); !begun)
      return std::move(begun).error();
    state->keepLog(options.busy);
    state->pragma(options.durability == Durability::Full
                      ? "synchronous=FULL"
                      : "synchronous=NORMAL");
    state->pragma("foreign_keys=ON");
    int persist = 1;
    if (sqlite3_file_control(sqlite::Utility::dbHandle(state->session),
                             "main",
                             SQLITE_FCNTL_PERSIST_WAL,
                             &persist) != SQLITE_OK)
      return Error{ErrorCode::Internal,
                   path.string() + ": cannot keep the write-ahead log"};
    Database database(std::move(state));
    auto migrated = database.migrate(schema);
    if (!migrated) return std::move(migrated).error();
    return database;
  });
}

Result<Database> Database::openReadOnly(const std::filesystem::path& path,
                                        std::chrono::milliseconds busy) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Error{ErrorCode::NotFound, path.string() + ": no such file"};
  return guarded(path, [&]() -> Result<Database> {
    sqlite::Connector::registerConnector();
    auto state = std::make_unique<State>(path, uri(path, "ro"));
    if (auto begun = state->begin(busy); !begun)
      return std::move(begun).error();
    return Database(std::move(state));
  });
}

Result<Database> Database::openToRead(const std::filesystem::path& path,
                                      const Schema& schema,
                                      std::chrono::milliseconds busy) {
  auto database = openReadOnly(path, busy);
  if (!database) return database;
  const auto taken = database->stepsTaken(schema);
  if (!taken) return taken.error();
  if (*taken == 0)
    return Error{ErrorCode::NotFound,
                 path.string() + ": no " + schema.family + " tables yet"};
  return database;
}

Result<std::size_t> Database::stepsTaken(const Schema& schema) {
  auto noted = query(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND "
      "name = 'schema_version'");
  if (!noted) return std::move(noted).error();
  if (noted->empty()) return std::size_t{0};
  auto rows = query("SELECT version FROM schema_version WHERE family = ?",
                    {schema.family});
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return std::size_t{0};
  const auto version = static_cast<std::size_t>(rows->front().integer(0));
  if (version > schema.steps.size())
    return Error{ErrorCode::Invalid,
                 state_->path.string() + ": its " + schema.family +
                     " tables are of version " + std::to_string(version) +
                     ", made by a newer Mailreeve; this one knows up to " +
                     std::to_string(schema.steps.size())};
  return version;
}

Result<Done> Database::migrate(const Schema& schema) {
  return transaction([&]() -> Result<Done> {
    auto taken = stepsTaken(schema);
    if (!taken) return std::move(taken).error();
    if (*taken == schema.steps.size()) return Done{};
    auto made = execute(
        "CREATE TABLE IF NOT EXISTS schema_version("
        "family TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    if (!made) return std::move(made).error();
    for (std::size_t i = *taken; i < schema.steps.size(); ++i)
      for (const auto& statement : schema.steps[i]) {
        auto done = execute(statement);
        if (!done)
          return std::move(done).error().within(schema.family + " migration " +
                                                std::to_string(i + 1));
      }
    auto noted = execute(
        "INSERT INTO schema_version(family, version) VALUES(?, ?) "
        "ON CONFLICT(family) DO UPDATE SET version = excluded.version",
        {schema.family, static_cast<std::int64_t>(schema.steps.size())});
    if (!noted) return std::move(noted).error();
    return Done{};
  });
}

Result<Rows> Database::query(const std::string& sql, const Values& values) {
  Rows rows;
  auto done = state_->run(sql, values, &rows);
  if (!done) return std::move(done).error();
  return rows;
}

Result<std::int64_t> Database::execute(const std::string& sql,
                                       const Values& values) {
  auto done = state_->run(sql, values, nullptr);
  if (!done) return std::move(done).error();
  return std::int64_t{::sqlite3_changes(state_->handle())};
}

Result<Done> Database::transaction(const std::function<Result<Done>()>& work) {
  auto begun = execute("BEGIN IMMEDIATE");
  if (!begun) return std::move(begun).error();
  const auto rollBack = [this] {
    // Fails when SQLite has rolled back by itself (disk full): the same end.
    (void)execute("ROLLBACK");
  };
  try {
    auto done = work();
    if (!done) {
      rollBack();
      return done;
    }
  } catch (...) {
    rollBack();
    throw;
  }
  auto committed = execute("COMMIT");
  if (committed) return Done{};
  rollBack();
  return std::move(committed).error();
}

Result<std::int64_t> Database::version() {
  auto rows = query("PRAGMA data_version");
  if (!rows) return std::move(rows).error();
  return rows->front().integer(0);
}

Result<std::vector<std::string>> Database::check() {
  auto rows = query("PRAGMA integrity_check(20)");
  if (!rows) return std::move(rows).error();
  std::vector<std::string> findings;
  for (const auto& row : *rows)
    if (row.text(0) != "ok") findings.push_back(row.text(0));
  return findings;
}

Result<double> Database::unusedShare() {
  auto pages = query("PRAGMA page_count");
  if (!pages) return std::move(pages).error();
  auto unused = query("PRAGMA freelist_count");
  if (!unused) return std::move(unused).error();
  const auto all = static_cast<double>(pages->front().integer(0));
  return all > 0 ? static_cast<double>(unused->front().integer(0)) / all : 0;
}

Result<Done> Database::vacuum() {
  auto done = execute("VACUUM");
  if (!done) return std::move(done).error();
  auto truncated = query("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!truncated) return std::move(truncated).error();
  return Done{};
}

}  // namespace mailreeve::store
