// Who exists, as policyd remembers it: what it has not read yet it does not
// deny.
#include "policyd/recipient_watch.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "core/base/clock.h"
#include "core/store/accounts.h"

namespace mailreeve::policyd {

namespace {

using namespace std::chrono_literals;

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

struct Directory {
  std::filesystem::path path;

  Directory() {
    std::string name =
        std::filesystem::temp_directory_path() / "recipients.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  Directory(Directory&&) = delete;
  Directory& operator=(Directory&&) = delete;

  ~Directory() { std::filesystem::remove_all(path); }

  [[nodiscard]] std::filesystem::path database() const {
    return path / "state.db";
  }
};

// Whether `holds` becomes true; given up after ten seconds.
bool becomes(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

void addAccount(store::Accounts& accounts, const std::string& local) {
  REQUIRE(accounts.add({local, "home.example", "{PLAIN}x", "", "", true}));
}

store::Accounts household(const Directory& directory, const Clock& clock) {
  auto accounts = store::Accounts::open(directory.database(), clock);
  REQUIRE(accounts);
  REQUIRE(accounts->replaceDirectory(
      {{"home.example", "home.example"}, {"all.example", "all.example"}},
      {{"info@home.example", "a@home.example"},
       {"@all.example", "a@home.example"}}));
  addAccount(*accounts, "a");
  return std::move(*accounts);
}

}  // namespace

TEST_CASE("accounts, aliases and whole domains exist, others do not") {
  const Directory directory;
  const ManualClock clock(kNoon);
  const auto accounts = household(directory, clock);
  RecipientWatch watch(directory.database(), 1h);
  CHECK(watch.exists("a@home.example") == std::nullopt);
  watch.want(true);

  struct Row {
    std::string label;
    std::string mailbox;
    bool exists;
  };

  for (const auto& row : {
           Row{"an account", "a@home.example", true},
           Row{"an alias", "info@home.example", true},
           Row{"anything in a caught domain", "x@all.example", true},
           Row{"a name nobody has", "b@home.example", false},
           Row{"no address", "nonsense", false},
       }) {
    CAPTURE(row.label);
    CHECK(watch.exists(row.mailbox) == std::optional(row.exists));
  }
}

TEST_CASE("who was added a moment ago is never said not to exist") {
  const Directory directory;
  const ManualClock clock(kNoon);
  auto accounts = household(directory, clock);
  RecipientWatch watch(directory.database(), 1h);
  watch.want(true);
  CHECK(watch.exists("b@home.example") == std::optional(false));
  addAccount(accounts, "b");
  CHECK(watch.exists("b@home.example") == std::nullopt);
  CHECK(watch.exists("a@home.example") == std::optional(true));
}

TEST_CASE("and is known when the file has been read again") {
  const Directory directory;
  const ManualClock clock(kNoon);
  auto accounts = household(directory, clock);
  RecipientWatch watch(directory.database(), 5ms);
  watch.want(true);
  addAccount(accounts, "b");
  CHECK(becomes(
      [&] { return watch.exists("b@home.example") == std::optional(true); }));
  CHECK(watch.exists("c@home.example") == std::optional(false));
}

TEST_CASE("another file in its place is read") {
  const Directory directory;
  const Directory elsewhere;
  const ManualClock clock(kNoon);
  { const auto accounts = household(directory, clock); }
  {
    auto accounts = household(elsewhere, clock);
    addAccount(accounts, "b");
  }
  RecipientWatch watch(directory.database(), 5ms);
  watch.want(true);
  for (const char* suffix : {"-wal", "-shm", ""})
    std::filesystem::rename(elsewhere.database().string() + suffix,
                            directory.database().string() + suffix);
  CHECK(becomes(
      [&] { return watch.exists("b@home.example") == std::optional(true); }));
}

TEST_CASE("a file that cannot be read says nothing of anybody") {
  const Directory directory;
  std::ofstream(directory.database()) << std::string(5000, 'x');
  RecipientWatch watch(directory.database(), 5ms);
  watch.want(true);
  CHECK(watch.exists("a@home.example") == std::nullopt);
}

}  // namespace mailreeve::policyd
