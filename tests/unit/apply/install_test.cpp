// Generations are put in force and taken back in a directory of their own;
// failures are made by putting a directory where a file has to go.
#include "mgmtd/apply/install.h"

#include <doctest/doctest.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/time_text.h"
#include "core/store/database.h"
#include "tests/unit/scratch.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

struct Host {
  Scratch scratch;
  std::string root = scratch.path;
  Paths paths;
  ManualClock clock{TimePoint(std::chrono::seconds(1'800'000'000))};

  Host() {
    paths.config = root + "/etc/mailreeve";
    paths.state = root + "/var/lib/mailreeve";
    paths.postfix = root + "/etc/postfix";
    paths.dovecot = root + "/etc/dovecot";
    REQUIRE(makeDirectories(paths.generations()));
    REQUIRE(makeDirectories(paths.postfix));
    REQUIRE(makeDirectories(paths.dovecot));
    REQUIRE(replaceFile(paths.postfix / "main.cf", "the host's own\n", 0600));
  }

  [[nodiscard]] GenerationStore store() const { return GenerationStore(paths); }

  // Four files that all say `word`.
  [[nodiscard]] RenderedTree tree(const std::string& word) const {
    const std::string user = ::getpwuid(::geteuid())->pw_name;
    const std::string group = ::getgrgid(::getegid())->gr_name;
    RenderedTree out;
    for (const auto& path : {paths.postfix / "main.cf",
                             paths.postfix / "master.cf",
                             paths.postfix / "mailreeve" / "domains.cf",
                             paths.dovecot / "dovecot.conf"})
      out[path] = {"# header\n" + word + "\n", 0644, user, group};
    return out;
  }

  void keep(Number number, const std::string& word, const std::string& domain) {
    const auto rendered = tree(word);
    Baseline baseline;
    const auto known = readBaseline(store());
    if (known) baseline = *known;
    REQUIRE(extendBaseline(baseline, rendered));
    REQUIRE(writeBaseline(store(), baseline, clock.now()));
    Generation generation;
    generation.number = number;
    generation.former = store().current();
    generation.time = utcText(clock.now());
    generation.tree = rendered;
    const config::Source yaml{(paths.config / "mail.yaml").string(),
                              "server: {hostname: mail.example.com}\n"
                              "domains: [{name: " +
                                  domain + "}]\n",
                              false};
    REQUIRE(store().write(generation, {yaml}, paths.config));
  }

  // What is in force: the word of every file and the domain asked for.
  [[nodiscard]] std::string inForce() const {
    std::string out = std::to_string(store().current()) + ":";
    for (const auto& [path, file] : tree("")) {
      const auto bytes = readFile(path);
      out += " " + (bytes ? std::string(bytes->substr(0, bytes->size() - 1))
                          : std::string("none"));
    }
    auto database = store::Database::openReadOnly(paths.stateDatabase());
    if (!database) return out + " | none";
    const auto rows = database->query("SELECT name FROM domain");
    REQUIRE(rows);
    for (const auto& row : *rows) out += " | " + row.text(0);
    return out;
  }
};

std::string all(Number number,
                const std::string& word,
                const std::string& domain) {
  std::string out = std::to_string(number) + ":";
  for (int i = 0; i < 4; ++i) out += " # header\n" + word;
  return out + " | " + domain;
}

}  // namespace

TEST_CASE("a generation comes into force whole, and the next after it") {
  Host host;
  host.keep(1, "one", "one.example");
  const auto first = install(host.paths, host.store(), 1);
  REQUIRE_MESSAGE(first, (first ? "" : first.error().what));
  CHECK(host.inForce() == all(1, "one", "one.example"));
  CHECK(first->former == 0);
  host.keep(2, "two", "two.example");
  REQUIRE(install(host.paths, host.store(), 2));
  CHECK(host.inForce() == all(2, "two", "two.example"));
  CHECK_FALSE(isHalfDone(host.paths));
}

TEST_CASE("generation 0 gives back bytes, mode, time and absence") {
  Host host;

  struct stat before {};

  const auto main = host.paths.postfix / "main.cf";
  REQUIRE(::stat(main.c_str(), &before) == 0);
  host.keep(1, "one", "one.example");
  REQUIRE(install(host.paths, host.store(), 1));
  REQUIRE(install(host.paths, host.store(), 0));

  struct stat after {};

  REQUIRE(::stat(main.c_str(), &after) == 0);
  CHECK(*readFile(main) == "the host's own\n");
  CHECK(after.st_mode == before.st_mode);
  CHECK(after.st_mtim.tv_sec == before.st_mtim.tv_sec);
  CHECK(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
  CHECK_FALSE(fs::exists(host.paths.dovecot / "dovecot.conf"));
  CHECK_FALSE(fs::exists(host.paths.postfix / "mailreeve"));
}

TEST_CASE("an installation that fails at any file leaves the former one") {
  for (const std::string name : {"postfix/mailreeve/domains.cf",
                                 "postfix/main.cf",
                                 "postfix/master.cf",
                                 "dovecot/dovecot.conf"}) {
    CAPTURE(name);
    Host host;
    host.keep(1, "one", "one.example");
    REQUIRE(install(host.paths, host.store(), 1));
    host.keep(2, "two", "two.example");
    // Where the new bytes are to lie until they are renamed.
    const fs::path obstacle =
        host.root + "/etc/" + name + ".mailreeve-new/in the way";
    REQUIRE(makeDirectories(obstacle));
    const auto failed = install(host.paths, host.store(), 2);
    REQUIRE_FALSE(failed);
    fs::remove_all(obstacle.parent_path());
    CHECK(host.inForce() == all(1, "one", "one.example"));
    REQUIRE(install(host.paths, host.store(), 2));
    CHECK(host.inForce() == all(2, "two", "two.example"));
  }
}

TEST_CASE(
    "what a crash left half done is ended in one direction or the other") {
  struct Row {
    std::string label;
    bool switched;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"before the switch it goes back", false, all(1, "one", "one.example")},
      {"after the switch it goes on", true, all(2, "two", "two.example")},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Host host;
    host.keep(1, "one", "one.example");
    REQUIRE(install(host.paths, host.store(), 1));
    host.keep(2, "two", "two.example");
    // As a power cut leaves it: an intent, one file of the two generations
    // each, and a replacement that was never renamed.
    REQUIRE(replaceFile(host.paths.generations() / "intent.json",
                        R"({"from":1,"to":2})"));
    REQUIRE(replaceFile(host.paths.postfix / "main.cf", "# header\ntwo\n"));
    const fs::path stray = host.paths.postfix / "master.cf.mailreeve-new";
    REQUIRE(replaceFile(stray, "# hea"));
    if (row.switched) REQUIRE(host.store().switchTo(2));
    REQUIRE(isHalfDone(host.paths));
    const auto recovered = recover(host.paths, host.store());
    REQUIRE_MESSAGE(recovered, (recovered ? "" : recovered.error().what));
    CHECK(host.inForce() == row.want);
    CHECK_FALSE(isHalfDone(host.paths));
    CHECK_FALSE(fs::exists(stray));
  }
}

TEST_CASE("recovering where nothing was cut off changes nothing") {
  Host host;
  host.keep(1, "one", "one.example");
  REQUIRE(install(host.paths, host.store(), 1));
  REQUIRE(replaceFile(host.paths.postfix / "main.cf", "by hand\n"));
  const auto recovered = recover(host.paths, host.store());
  REQUIRE(recovered);
  CHECK(recovered->changed.empty());
  CHECK(*readFile(host.paths.postfix / "main.cf") == "by hand\n");
}

}  // namespace mailreeve::apply
