// How Dovecot's modules live with a snapshot that is replaced, spoilt or gone.
#include "dovecot-plugin/policy/login_policy_file.h"

#include <filesystem>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/directory/login_snapshot.h"
#include "tests/unit/scratch.h"

namespace mailreeve::directory {

namespace {

// A snapshot that tells whether `ann` may forward.
std::string snapshotWhereAnnForwards(bool may) {
  const auto bytes =
      encodeLoginSnapshot({}, {}, {{"ann", {.forwarding = may}}});
  REQUIRE(bytes.ok());
  return *bytes;
}

// A directory of its own with one file in it, gone with the test.
class Directory {
 public:
  [[nodiscard]] std::string file() const {
    return scratch_.path / "login-policy";
  }

  void replace(const std::string& bytes) const {
    REQUIRE(replaceFile(file(), bytes).ok());
  }

  void remove() const { std::filesystem::remove(file()); }

 private:
  Scratch scratch_;
};

class PolicyFile {
 public:
  explicit PolicyFile(std::string path) : path_(std::move(path)) {
    login_policy_file_init(&file_, path_.c_str());
  }

  PolicyFile(const PolicyFile&) = delete;
  PolicyFile(PolicyFile&&) = delete;
  PolicyFile& operator=(const PolicyFile&) = delete;
  PolicyFile& operator=(PolicyFile&&) = delete;

  ~PolicyFile() { login_policy_file_deinit(&file_); }

  login_policy_file_news refresh() {
    return login_policy_file_refresh(&file_, &snapshot_);
  }

  [[nodiscard]] std::string news() const { return file_.news; }

  [[nodiscard]] bool has() const { return snapshot_ != nullptr; }

  [[nodiscard]] bool annForwards() const {
    REQUIRE(has());
    login_policy policy;
    login_policy_find(snapshot_, "ann", &policy);
    return policy.forwarding;
  }

 private:
  std::string path_;
  login_policy_file file_;
  const login_policy_snapshot* snapshot_ = nullptr;
};

}  // namespace

TEST_CASE("a replaced file is seen at the next look") {
  const Directory directory;
  PolicyFile file(directory.file());
  directory.replace(snapshotWhereAnnForwards(false));
  CHECK(file.refresh() == LOGIN_POLICY_FILE_LOADED);
  CHECK(file.news().find("1 users, 0 networks") != std::string::npos);
  CHECK_FALSE(file.annForwards());
  CHECK(file.refresh() == LOGIN_POLICY_FILE_NO_NEWS);

  directory.replace(snapshotWhereAnnForwards(true));
  CHECK(file.refresh() == LOGIN_POLICY_FILE_LOADED);
  CHECK(file.annForwards());
}

TEST_CASE("a bad file never replaces a good one and is reported once") {
  struct Row {
    std::string label;
    std::function<void(const Directory&)> harm;
    std::string want;
  };

  const Row rows[] = {
      {"removed",
       [](const Directory& directory) { directory.remove(); },
       "cannot be read (stat: No such file or directory)"},
      {"empty",
       [](const Directory& directory) { directory.replace(""); },
       "is empty"},
      {"garbage",
       [](const Directory& directory) {
         directory.replace(std::string(99, 'x'));
       },
       "is not a login policy snapshot"},
      {"a directory",
       [](const Directory& directory) {
         directory.remove();
         std::filesystem::create_directory(directory.file());
       },
       "is no file"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const Directory directory;
    PolicyFile file(directory.file());
    directory.replace(snapshotWhereAnnForwards(false));
    REQUIRE(file.refresh() == LOGIN_POLICY_FILE_LOADED);

    row.harm(directory);
    CHECK(file.refresh() == LOGIN_POLICY_FILE_FAILED);
    CHECK(file.news().find(row.want + ": the last good one stays in use") !=
          std::string::npos);
    CHECK(file.refresh() == LOGIN_POLICY_FILE_NO_NEWS);
    CHECK_FALSE(file.annForwards());

    directory.remove();
    directory.replace(snapshotWhereAnnForwards(true));
    CHECK(file.refresh() == LOGIN_POLICY_FILE_LOADED);
    CHECK(file.annForwards());
  }
}

TEST_CASE("with no good file ever seen there is no snapshot") {
  const Directory directory;
  PolicyFile file(directory.file());
  CHECK(file.refresh() == LOGIN_POLICY_FILE_FAILED);
  CHECK(file.news().find("there is no other to use") != std::string::npos);
  CHECK_FALSE(file.has());
  CHECK(file.refresh() == LOGIN_POLICY_FILE_NO_NEWS);
  CHECK_FALSE(file.has());

  directory.replace(snapshotWhereAnnForwards(true));
  CHECK(file.refresh() == LOGIN_POLICY_FILE_LOADED);
  CHECK(file.has());
}

TEST_CASE("a file cut in place is let go, not read") {
  const Directory directory;
  PolicyFile file(directory.file());
  directory.replace(snapshotWhereAnnForwards(false));
  REQUIRE(file.refresh() == LOGIN_POLICY_FILE_LOADED);
  std::filesystem::resize_file(directory.file(), 0);
  CHECK(file.refresh() == LOGIN_POLICY_FILE_FAILED);
  CHECK_FALSE(file.has());
}

}  // namespace mailreeve::directory
