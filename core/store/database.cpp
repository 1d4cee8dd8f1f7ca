#include "core/store/database.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <Poco/Data/RecordSet.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
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

// A prepared statement and the variables it is bound to. Poco binds by
// reference, so neither may move.
struct Prepared {
  Poco::Data::Statement statement;
  std::deque<Poco::Int64> integers;
  std::deque<Poco::Nullable<std::string>> texts;
  // For each `?` in order, where its value goes.
  std::vector<std::variant<Poco::Int64*, Poco::Nullable<std::string>*>> slots;

  explicit Prepared(Poco::Data::Session& session) : statement(session) {}
};

// Statements are kept by their text and the types of their values.
std::string keyOf(const std::string& sql, const Values& values) {
  std::string key = sql + '\0';
  for (const auto& value : values)
    key += std::holds_alternative<std::int64_t>(value) ? 'i' : 't';
  return key;
}

std::unique_ptr<Prepared> prepare(Poco::Data::Session& session,
                                  const std::string& sql,
                                  const Values& values) {
  auto made = std::make_unique<Prepared>(session);
  made->statement << sql;
  for (const auto& value : values) {
    if (std::holds_alternative<std::int64_t>(value)) {
      auto& slot = made->integers.emplace_back();
      made->slots.emplace_back(&slot);
      made->statement, Poco::Data::Keywords::use(slot);
    } else {
      auto& slot = made->texts.emplace_back();
      made->slots.emplace_back(&slot);
      made->statement, Poco::Data::Keywords::use(slot);
    }
  }
  return made;
}

void bind(Prepared& prepared, const Values& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& value = values[i];
    if (const auto* number = std::get_if<std::int64_t>(&value))
      *std::get<0>(prepared.slots[i]) = *number;
    else if (const auto* text = std::get_if<std::string>(&value))
      *std::get<1>(prepared.slots[i]) = *text;
    else
      std::get<1>(prepared.slots[i])->clear();
  }
}

Row rowAt(Poco::Data::RecordSet& answer, std::size_t row) {
  std::vector<std::optional<std::string>> columns;
  columns.reserve(answer.columnCount());
  for (std::size_t column = 0; column < answer.columnCount(); ++column) {
    const Poco::Dynamic::Var value = answer.value(column, row, false);
    if (value.isEmpty())
      columns.emplace_back();
    else
      columns.emplace_back(value.convert<std::string>());
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
  std::unordered_map<std::string, std::unique_ptr<Prepared>> kept;

  // Without the 0 Poco tries for a minute to open a file that cannot be
  // opened. A locked one opens; its lock is waited for by busy_timeout.
  State(std::filesystem::path where, const std::string& name)
      : path(std::move(where)), session("SQLite", name, 0) {}

  // Throws what Poco throws.
  Prepared& run(const std::string& sql, const Values& values);
};

Prepared& Database::State::run(const std::string& sql, const Values& values) {
  const std::string key = keyOf(sql, values);
  auto found = kept.find(key);
  if (found == kept.end()) {
    if (kept.size() >= kKeptStatements) kept.clear();
    found = kept.emplace(key, prepare(session, sql, values)).first;
  }
  bind(*found->second, values);
  try {
    found->second->statement.execute();
  } catch (...) {
    // A failed statement would hold its locks until it is reset.
    kept.erase(found);
    throw;
  }
  return *found->second;
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
    const auto pragma = [&state](const std::string& what) {
      state->session << "PRAGMA " + what, Poco::Data::Keywords::now;
    };
    pragma("busy_timeout=" + std::to_string(options.busy.count()));
    pragma("journal_mode=WAL");
    pragma(options.durability == Durability::Full ? "synchronous=FULL"
                                                  : "synchronous=NORMAL");
    pragma("foreign_keys=ON");
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
    state->session << "PRAGMA busy_timeout=" + std::to_string(busy.count()),
        Poco::Data::Keywords::now;
    return Database(std::move(state));
  });
}

Result<Done> Database::migrate(const Schema& schema) {
  return transaction([&]() -> Result<Done> {
    auto made = execute(
        "CREATE TABLE IF NOT EXISTS schema_version("
        "family TEXT PRIMARY KEY, version INTEGER NOT NULL)");
    if (!made) return std::move(made).error();
    auto rows = query("SELECT version FROM schema_version WHERE family = ?",
                      {schema.family});
    if (!rows) return std::move(rows).error();
    const auto version =
        rows->empty() ? 0U : static_cast<std::size_t>(rows->front().integer(0));
    if (version == schema.steps.size()) return Done{};
    if (version > schema.steps.size())
      return Error{ErrorCode::Invalid,
                   state_->path.string() + ": its " + schema.family +
                       " tables are of version " + std::to_string(version) +
                       ", made by a newer Mailreeve; this one knows up to " +
                       std::to_string(schema.steps.size())};
    for (std::size_t i = version; i < schema.steps.size(); ++i)
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
  return guarded(state_->path, [&]() -> Result<Rows> {
    Poco::Data::RecordSet answer(state_->run(sql, values).statement);
    Rows rows;
    rows.reserve(answer.rowCount());
    for (std::size_t row = 0; row < answer.rowCount(); ++row)
      rows.push_back(rowAt(answer, row));
    return rows;
  });
}

Result<std::int64_t> Database::execute(const std::string& sql,
                                       const Values& values) {
  return guarded(state_->path, [&]() -> Result<std::int64_t> {
    state_->run(sql, values);
    return std::int64_t{
        sqlite3_changes(sqlite::Utility::dbHandle(state_->session))};
  });
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
