#include "milter/options.h"

#include <doctest/doctest.h>

namespace mailreeve::milter {

TEST_CASE("milterd's command line") {
  const auto options = parseOptions({"--settings=/a",
                                     "--listen",
                                     "unix:/run/x.sock",
                                     "--socket-mode",
                                     "0666",
                                     "--log",
                                     "stderr",
                                     "--state-dir",
                                     "/s",
                                     "--spool-dir=/t"});
  REQUIRE(options);
  CHECK(options->settings == "/a");
  CHECK(options->spool == "/t");
  CHECK(options->socket == "/run/x.sock");
  CHECK(options->socketMode == 0666);
  CHECK(options->log == log::Target::StandardError);
  CHECK(options->paths.countersDatabase() == "/s/db/counters.db");
  CHECK(parseOptions({})->socket == "/run/mailreeve/milter.sock");
}

TEST_CASE("a wrong argument is named") {
  struct Row {
    std::string label;
    std::vector<std::string> arguments;
    std::string want;
  };

  const Row rows[] = {
      {"an unknown option", {"--colour", "red"}, "unknown option --colour"},
      {"a missing value", {"--settings"}, "--settings takes a value"},
      {"a TCP socket", {"--listen", "inet:1@::"}, "--listen takes unix:PATH"},
      {"no path", {"--listen", "unix:"}, "--listen takes unix:PATH"},
      {"no mode",
       {"--socket-mode", "rw"},
       "--socket-mode takes an octal mode such as 0660"},
      {"too much of a mode",
       {"--socket-mode", "7777"},
       "--socket-mode takes an octal mode such as 0660"},
      {"no such log", {"--log", "paper"}, "--log takes stderr or syslog"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto options = parseOptions(row.arguments);
    REQUIRE_FALSE(options);
    CHECK(options.error().what == row.want);
  }
}

}  // namespace mailreeve::milter
