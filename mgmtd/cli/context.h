// What every mgmtctl command is given, and how it answers.
//
// A command prints for a person, or one JSON value for a program when --json
// was given; never both, and errors always on standard error.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::cli {

// Documented in mgmtctl(1).
enum class Exit {
  Done = 0,
  Failed = 1,           // The reason is on standard error.
  Usage = 2,            // Unknown command or option.
  InvalidSettings = 3,  // Every problem is on standard error.
  Undone = 4,           // apply failed and the former generation is in force.
  Unavailable = 5,      // A daemon or database that is needed does not answer.
  TestsFailed = 6,      // An expectation of `mgmtctl test` does not hold.
};

struct Context {
  Paths paths;
  bool json = false;
  bool terminal = false;      // Standard output is a terminal.
  std::function<Exit()> run;  // Set by the command that was chosen.
};

// `value` as JSON, on one line when `indent` is -1. Holds no character that a
// terminal obeys, whatever mail has put into it.
[[nodiscard]] std::string asJson(const nlohmann::json& value, int indent = -1);

// What `fail` says instead of writing bytes of mail to a terminal.
[[nodiscard]] Error notForTerminals();

// Prints `value` as JSON, indented for a terminal.
void printJson(const Context& context, const nlohmann::json& value);

// Prints "mgmtctl: WHAT" (with --json: {"error": WHAT}) and returns the exit
// status that fits the error.
[[nodiscard]] Exit fail(const Context& context, const Error& error);

// Asks on the terminal; false also when standard input is none.
[[nodiscard]] bool confirm(const std::string& question);

}  // namespace mailreeve::cli
