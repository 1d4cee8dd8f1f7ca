#include "core/store/database.h"

#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/subprocess.h"
#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

const Schema kNotes{
    "notes",
    {{"CREATE TABLE note(id INTEGER PRIMARY KEY, name TEXT UNIQUE, "
      "size BIGINT)"}}};

Database opened(const std::filesystem::path& path,
                const Schema& schema = kNotes,
                const OpenOptions& options = {}) {
  auto database = Database::open(path, schema, options);
  REQUIRE_MESSAGE(database.ok(), (database ? "" : database.error().what));
  return std::move(*database);
}

void insert(Database& database, const std::string& name) {
  const auto done = database.execute("INSERT INTO note(name, size) VALUES(?,?)",
                                     {name, std::int64_t{1}});
  REQUIRE(done);
  CHECK(*done == 1);
}

std::int64_t count(Database& database) {
  const auto rows = database.query("SELECT count(*) FROM note");
  REQUIRE(rows);
  return rows->front().integer(0);
}

}  // namespace

TEST_CASE("values come back as they went in") {
  const Scratch scratch;
  auto database = opened(scratch.path / "odd name?#%41.db");

  struct Line {
    std::string label;
    Value name;
    Value size;
  };

  const Line lines[] = {
      {"text and number", "a", std::int64_t{5}},
      {"quotes, bytes above ASCII, an empty text", "ä'\"; DROP", ""},
      {"NULL for both", {}, {}},
      {"more than 32 bits", "b", std::int64_t{1} << 62U},
      {"negative", "c", std::int64_t{-7}},
      {"a long text", std::string(100'000, 'x'), std::int64_t{0}},
  };
  for (const auto& line : lines) {
    CAPTURE(line.label);
    const auto id =
        database.query("INSERT INTO note(name, size) VALUES(?,?) RETURNING id",
                       {line.name, line.size});
    REQUIRE(id);
    const auto rows = database.query("SELECT name, size FROM note WHERE id = ?",
                                     {id->front().integer(0)});
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    const auto& row = rows->front();
    CHECK(row.isNull(0) == std::holds_alternative<std::monostate>(line.name));
    if (const auto* text = std::get_if<std::string>(&line.name))
      CHECK(row.text(0) == *text);
    if (const auto* number = std::get_if<std::int64_t>(&line.size))
      CHECK(row.integer(1) == *number);
  }
  CHECK(std::filesystem::exists(scratch.path / "odd name?#%41.db"));
}

TEST_CASE("one statement answers again with other values") {
  const Scratch scratch;
  auto database = opened(scratch.path / "a.db");
  for (const char* name : {"a", "b", "c"}) insert(database, name);
  for (const std::int64_t limit : {0, 2, 3, 1}) {
    const auto rows = database.query(
        "SELECT name, max(id) OVER () FROM note ORDER BY id LIMIT ?", {limit});
    REQUIRE(rows);
    CHECK(static_cast<std::int64_t>(rows->size()) == limit);
  }
}

TEST_CASE("errors say what to do about them") {
  const Scratch scratch;
  auto database = opened(scratch.path / "a.db");
  insert(database, "a");
  const auto twice = database.execute("INSERT INTO note(name) VALUES('a')");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == ErrorCode::Invalid);
  const auto nonsense = database.execute("SELEKT 1");
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == ErrorCode::Internal);
  const auto missing = Database::openReadOnly(scratch.path / "none.db");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK_FALSE(Database::open(scratch.path / "no" / "a.db", kNotes));
}

TEST_CASE("a lock held for too long is unavailable, and passes") {
  const Scratch scratch;
  auto one = opened(scratch.path / "a.db");
  auto two = opened(
      scratch.path / "a.db", kNotes, {.busy = std::chrono::milliseconds(20)});
  REQUIRE(one.transaction([&]() -> Result<Done> {
    const auto refused = two.execute("INSERT INTO note(name) VALUES('x')");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::Unavailable);
    CHECK(count(two) == 0);  // Reading is never in the way.
    return Done{};
  }));
  insert(two, "x");
}

TEST_CASE("a transaction is all or nothing") {
  const Scratch scratch;
  auto database = opened(scratch.path / "a.db");
  const auto failed = database.transaction([&]() -> Result<Done> {
    insert(database, "a");
    return Error{ErrorCode::Invalid, "changed my mind"};
  });
  CHECK_FALSE(failed);
  CHECK_THROWS((void)database.transaction([&]() -> Result<Done> {
    insert(database, "b");
    throw std::runtime_error("boom");
  }));
  CHECK(count(database) == 0);
  CHECK(database.transaction([&]() -> Result<Done> {
    insert(database, "c");
    return Done{};
  }));
  CHECK(count(database) == 1);
}

TEST_CASE("migrations run once, in order, and never backwards") {
  const Scratch scratch;
  const auto path = scratch.path / "a.db";
  Schema newer = kNotes;
  newer.steps.push_back({"ALTER TABLE note ADD COLUMN extra TEXT",
                         "UPDATE note SET extra = 'migrated'"});
  {
    auto database = opened(path);
    insert(database, "a");
  }
  {
    auto database = opened(path, newer);
    const auto rows = database.query("SELECT extra FROM note");
    REQUIRE(rows);
    CHECK(rows->front().text(0) == "migrated");
  }
  opened(path, newer);
  const auto older = Database::open(path, kNotes);
  REQUIRE_FALSE(older);
  CHECK(older.error().what.find("made by a newer Mailreeve") !=
        std::string::npos);

  Schema broken = newer;
  broken.steps.push_back({"CREATE TABLE half(a)", "CREATE TABLE half(a)"});
  const auto refused = Database::open(path, broken);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.find("notes migration 3") != std::string::npos);
  opened(path, newer);  // Nothing of it stayed.

  auto shared = opened(path, newer);
  CHECK(shared.migrate({"other", {{"CREATE TABLE other(a INTEGER)"}}}));
}

TEST_CASE("two processes may open a new file at once") {
  const Scratch scratch;
  std::vector<std::jthread> openers;
  for (int i = 0; i < 8; ++i)
    openers.emplace_back([&] {
      const auto one = Database::open(scratch.path / "a.db", kNotes);
      CHECK_MESSAGE(one.ok(), (one ? "" : one.error().what));
    });
}

TEST_CASE("a read-only connection sees new rows and cannot write") {
  const Scratch scratch;
  auto writer = opened(scratch.path / "a.db");
  auto reader = Database::openReadOnly(scratch.path / "a.db");
  REQUIRE(reader);
  CHECK(count(*reader) == 0);
  insert(writer, "a");
  CHECK(count(*reader) == 1);
  CHECK_FALSE(reader->execute("DELETE FROM note"));
}

TEST_CASE("a connection is told when another has committed") {
  const Scratch scratch;
  auto writer = opened(scratch.path / "a.db");
  auto reader = Database::openReadOnly(scratch.path / "a.db");
  REQUIRE(reader);
  const auto before = reader->version();
  REQUIRE(before);
  CHECK(*reader->version() == *before);
  insert(writer, "a");
  CHECK(*reader->version() != *before);
}

TEST_CASE("a link in the place of a file is refused, and leads nowhere") {
  const Scratch scratch;
  namespace fs = std::filesystem;
  fs::create_directories(scratch.path / "db");
  fs::create_directories(scratch.path / "other");
  { auto other = opened(scratch.path / "other" / "its.db"); }
  const auto before = fs::last_write_time(scratch.path / "other" / "its.db");
  const auto path = scratch.path / "db" / "state.db";
  fs::create_symlink("../other/its.db", path);
  const Schema ours{"ours", {{"CREATE TABLE ours(id INTEGER)"}}};
  const auto written = Database::open(path, ours);
  REQUIRE_FALSE(written);
  CHECK(written.error().what == path.string() + ": is a link");
  const auto read = Database::openReadOnly(path);
  REQUIRE_FALSE(read);
  CHECK(read.error().what == path.string() + ": is a link");
  CHECK(fs::last_write_time(scratch.path / "other" / "its.db") == before);

  fs::remove(path);
  fs::create_directory_symlink("db", scratch.path / "linked");
  CHECK_MESSAGE(Database::open(scratch.path / "linked" / "state.db", ours).ok(),
                "a directory may be one: it is not the daemons' to replace");

  fs::create_symlink("../other/wal", scratch.path / "db" / "new.db-wal");
  CHECK_FALSE(Database::open(scratch.path / "db" / "new.db", ours).ok());
  CHECK_FALSE(fs::exists(scratch.path / "other" / "wal"));
}

TEST_CASE("a file that cannot be opened is not waited for") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path / "a.db");
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(Database::open(scratch.path / "a.db", kNotes));
  CHECK_FALSE(Database::openReadOnly(scratch.path / "a.db"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("check finds what is broken, vacuum gives room back") {
  const Scratch scratch;
  const auto path = scratch.path / "a.db";
  {
    auto database = opened(path);
    for (int i = 0; i < 50; ++i)
      insert(database, std::to_string(i) + std::string(20'000, 'x'));
    REQUIRE(database.execute("DELETE FROM note WHERE id > 10"));
    const auto findings = database.check();
    REQUIRE(findings);
    CHECK(findings->empty());
    CHECK(*database.unusedShare() > 0.5);
    REQUIRE(database.vacuum());
    CHECK(*database.unusedShare() == 0);
    CHECK(std::filesystem::file_size(path) < 500'000);
  }
  std::FILE* file = std::fopen(path.c_str(), "r+");  // NOLINT(*owning-memory)
  REQUIRE(file != nullptr);
  std::fseek(file, 3 * 4096, SEEK_SET);
  const std::string noise(8192, '\xa5');
  std::fwrite(noise.data(), 1, noise.size(), file);
  std::fclose(file);  // NOLINT(*owning-memory)
  auto database = Database::openReadOnly(path);
  REQUIRE(database);
  const auto findings = database->check();
  CHECK((!findings || !findings->empty()));
}

namespace {

// What a member of the directory's group, who may write nothing, reads.
std::string readAsGroup(const std::filesystem::path& path) {
  const auto done = run({"setpriv",
                         "--reuid=64002",
                         "--regid=64001",
                         "--clear-groups",
                         "sqlite3",
                         "-readonly",
                         path.string(),
                         "SELECT count(*) FROM note"});
  REQUIRE(done);
  return done->status == 0 ? done->out : done->err;
}

void writeAndBeKilled(const std::filesystem::path& path) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto database = Database::open(path, kNotes);
    if (database) (void)database->execute("INSERT INTO note(name) VALUES('k')");
    ::_exit(0);  // Closes nothing, as a kill would.
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
}

}  // namespace

TEST_CASE("a group member reads while, after and in spite of a writer") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: needs root to become somebody else");
    return;
  }
  const Scratch scratch;
  const auto directory = scratch.path / "state";
  std::filesystem::create_directory(directory);
  REQUIRE(::chmod(scratch.path.c_str(), 0755) == 0);
  REQUIRE(::chmod(directory.c_str(), 0750) == 0);
  REQUIRE(::chown(directory.c_str(), 64001, 64001) == 0);
  const auto path = directory / "a.db";
  {
    auto writer = opened(path);
    insert(writer, "a");
    CHECK(readAsGroup(path) == "1\n");
    insert(writer, "b");
    CHECK(readAsGroup(path) == "2\n");
  }
  CHECK(readAsGroup(path) == "2\n");
  writeAndBeKilled(path);
  CHECK(readAsGroup(path) == "3\n");
  {
    auto writer = opened(path);
    insert(writer, "c");
  }
  CHECK(readAsGroup(path) == "4\n");

  for (const char* suffix : {"", "-wal", "-shm"}) {
    CAPTURE(std::string(suffix));

    struct stat found {};

    REQUIRE(::stat((path.string() + suffix).c_str(), &found) == 0);
    CHECK(found.st_uid == 64001);
    CHECK(found.st_gid == 64001);
    CHECK((found.st_mode & 0777U) == 0640);
  }
  const auto stranger = run({"setpriv",
                             "--reuid=64002",
                             "--regid=64002",
                             "--clear-groups",
                             "sqlite3",
                             path.string(),
                             "SELECT 1 FROM note"});
  REQUIRE(stranger);
  CHECK(stranger->status != 0);
}

}  // namespace mailreeve::store
