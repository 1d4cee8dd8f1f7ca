#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "mgmtd/helper/options.h"
#include "mgmtd/helper/remove_tree.h"
#include "mgmtd/helper/request.h"
#include "tests/unit/scratch.h"

namespace mailreeve::helper {

namespace fs = std::filesystem;

TEST_CASE("the command line of the two daemons") {
  struct Row {
    std::string label;
    std::vector<std::string> arguments;
    std::string want;  // Of the error; empty: none.
  };

  const Row rows[] = {
      {"nothing", {}, ""},
      {"a value apart", {"--run-dir", "/x"}, ""},
      {"a value behind =", {"--state-dir=/x", "--log=stderr"}, ""},
      {"help and version", {"--help", "--version"}, ""},
      {"another option", {"--socket", "/x"}, "unknown option --socket"},
      {"no option", {"start"}, "unknown option start"},
      {"no value", {"--run-dir"}, "--run-dir takes a value"},
      {"another log", {"--log", "file"}, "--log takes stderr or syslog"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto options = parseOptions(row.arguments);
    CHECK((options ? "" : options.error().what) == row.want);
  }
  CHECK(parseOptions({"--run-dir", "/x"})->paths.helperSocket() ==
        "/x/helper.sock");
}

TEST_CASE("the helper takes its own requests, to the letter") {
  struct Row {
    std::string label;
    std::string json;
    bool good;
  };

  const std::string purge = R"({"do":"purge-mail","volume":"/var/vmail",)";
  const Row rows[] = {
      {"reload Postfix", R"({"do":"reload-postfix"})", true},
      {"reload Dovecot", R"({"do":"reload-dovecot"})", true},
      {"status of Postfix", R"({"do":"postfix-status"})", true},
      {"the queue", R"({"do":"queue-list"})", true},
      {"new signatures", R"({"do":"update-signatures"})", true},
      {"new signatures from elsewhere",
       R"({"do":"update-signatures","config":"/tmp/f"})",
       false},
      {"a generation", R"({"do":"prune-generation","number":7})", true},
      {"hold", R"({"do":"queue-hold","queue_id":"4XyZ1a2B3c"})", true},
      {"delete by a short id",
       R"({"do":"queue-delete","queue_id":"1A2B3"})",
       true},
      {"a mailbox", purge + R"("domain":"a.org","local":"o'neil"})", true},
      {"Junk of thirty days", R"({"do":"expire-junk","days":30})", true},
      {"Junk of ten years", R"({"do":"expire-junk","days":3650})", true},
      {"new rules", R"({"do":"update-spam-rules"})", true},
      {"clients that expire", R"({"do":"refresh-expiring-clients"})", true},
      {"clients of the caller's choice",
       R"({"do":"refresh-expiring-clients","clients":["0.0.0.0/0"]})",
       false},

      {"no verb", R"({})", false},
      {"no object", R"(["reload-postfix"])", false},
      {"another verb", R"({"do":"shell"})", false},
      {"a verb of another case", R"({"do":"Reload-Postfix"})", false},
      {"a verb that is a number", R"({"do":1})", false},
      {"an argument too many", R"({"do":"reload-postfix","x":1})", false},
      {"generation 0", R"({"do":"prune-generation","number":0})", false},
      {"a negative generation",
       R"({"do":"prune-generation","number":-1})",
       false},
      {"a generation as text",
       R"({"do":"prune-generation","number":"7"})",
       false},
      {"half a generation", R"({"do":"prune-generation","number":7.5})", false},
      {"all messages", R"({"do":"queue-delete","queue_id":"ALL"})", false},
      {"a dash", R"({"do":"queue-delete","queue_id":"-"})", false},
      {"an option as queue id",
       R"({"do":"queue-delete","queue_id":"-dALL1"})",
       false},
      {"a path as queue id",
       R"({"do":"queue-delete","queue_id":"../../etc"})",
       false},
      {"an endless queue id",
       R"({"do":"queue-delete","queue_id":")" + std::string(33, 'A') + "\"}",
       false},
      {"no queue id", R"({"do":"queue-delete"})", false},
      {"a mailbox above the volume",
       purge + R"("domain":"..","local":"etc"})",
       false},
      {"a local part with a slash",
       purge + R"("domain":"a.org","local":"x/../y"})",
       false},
      {"an empty local part", purge + R"("domain":"a.org","local":""})", false},
      {"a hidden name", purge + R"("domain":"a.org","local":".x"})", false},
      {"an option as domain", purge + R"("domain":"-rf","local":"x"})", false},
      {"a NUL byte", purge + R"("domain":"a.org","local":"x\u0000y"})", false},
      {"a volume that climbs",
       R"({"do":"purge-mail","volume":"/a/../b","domain":"c","local":"d"})",
       false},
      {"Junk of no days", R"({"do":"expire-junk","days":0})", false},
      {"Junk from the future", R"({"do":"expire-junk","days":-1})", false},
      {"Junk of a lifetime", R"({"do":"expire-junk","days":3651})", false},
      {"Junk by a date", R"({"do":"expire-junk","days":"2026-01-01"})", false},
      {"Junk without an age", R"({"do":"expire-junk"})", false},
      {"another folder",
       R"({"do":"expire-junk","days":30,"mailbox":"INBOX"})",
       false},
      {"new rules from elsewhere",
       R"({"do":"update-spam-rules","channel":"x"})",
       false},
      {"a relative volume",
       R"({"do":"purge-mail","volume":"a","domain":"c","local":"d"})",
       false},
      {"the root as volume",
       R"({"do":"purge-mail","volume":"/","domain":"c","local":"d"})",
       false},
      {"a volume with a slash at its end",
       R"({"do":"purge-mail","volume":"/a/","domain":"c","local":"d"})",
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(parseRequest(nlohmann::json::parse(row.json)).ok() == row.good);
  }
}

namespace {

struct Generations {
  Scratch scratch;
  fs::path root = scratch.path / "generations";

  Generations() {
    for (const char* number : {"0", "1", "2"}) {
      fs::create_directories(root / number / "tree" / "deep");
      std::ofstream(root / number / "tree" / "file") << "x";
    }
    fs::create_symlink("2", root / "current");
  }
};

}  // namespace

TEST_CASE("a generation is deleted with all that is in it") {
  const Generations all;
  CHECK(removeGeneration(all.root, 1));
  CHECK_FALSE(fs::exists(all.root / "1"));
  CHECK_FALSE(fs::exists(all.root / "1.deleted"));
  CHECK(fs::exists(all.root / "2" / "tree" / "file"));
}

TEST_CASE("what must stay stays") {
  struct Row {
    std::string label;
    std::uint64_t number;
    ErrorCode code;
  };

  const Row rows[] = {
      {"the host before Mailreeve", 0, ErrorCode::Invalid},
      {"the one in force", 2, ErrorCode::Invalid},
      {"one that is not there", 3, ErrorCode::NotFound},
  };
  const Generations all;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto gone = removeGeneration(all.root, row.number);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == row.code);
  }
  CHECK(fs::exists(all.root / "0" / "tree" / "file"));
  CHECK(fs::exists(all.root / "2" / "tree" / "file"));
}

TEST_CASE("links lead nowhere") {
  const Generations all;
  const fs::path precious = all.scratch.path / "precious";
  fs::create_directories(precious);
  std::ofstream(precious / "file") << "x";

  fs::create_directory_symlink(precious, all.root / "7");
  CHECK_FALSE(removeGeneration(all.root, 7));
  fs::create_directory_symlink(precious, all.root / "1" / "tree" / "link");
  CHECK(removeGeneration(all.root, 1));
  fs::create_directory_symlink(all.root, all.scratch.path / "alias");
  CHECK_FALSE(removeGeneration(all.scratch.path / "alias", 2));
  CHECK(fs::exists(precious / "file"));
}

TEST_CASE("another user's directory is not touched") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: needs root to give a directory away");
    return;
  }
  const Generations all;
  REQUIRE(::chown((all.root / "1").c_str(), 64001, 64001) == 0);
  CHECK_FALSE(removeGeneration(all.root, 1));
  REQUIRE(::chown((all.root / "1").c_str(), 0, 0) == 0);
  REQUIRE(::chown(all.root.c_str(), 64001, 64001) == 0);
  CHECK_FALSE(removeGeneration(all.root, 1));
  CHECK(fs::exists(all.root / "1" / "tree" / "file"));
}

}  // namespace mailreeve::helper
