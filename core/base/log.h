// The four severities every program speaks in, after Postfix's msg(3): info
// for the record, warn for what an operator should look at some day, error for
// what was not done, fatal for what ends the program.
//
// A line goes to syslog (facility mail), or to standard error for programs a
// person runs; control characters are replaced, so that a sender cannot forge
// a line. Callable from any thread.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::log {

enum class Target { StandardError, Syslog };

// Called once, by main, before the first thread. `program` names the lines.
void open(std::string program, Target target);

void info(std::string_view line);
void warn(std::string_view line);
void error(std::string_view line);

// Logs and exits with status 1. Only main calls it.
[[noreturn]] void fatal(std::string_view line);

}  // namespace mailreeve::log
