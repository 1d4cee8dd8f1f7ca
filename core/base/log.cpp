#include "core/base/log.h"

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <utility>

#include <syslog.h>

#include "core/base/text.h"

namespace mailreeve::log {

namespace {

// syslog(3) keeps one state for the whole process, and so do we: set once by
// open(), before the first thread.
struct Sink {
  std::string program = "mailreeve";
  Target target = Target::StandardError;
  std::mutex mutex;
};

Sink& sink() {
  static Sink only;
  return only;
}

void write(int priority, std::string_view label, std::string_view line) {
  const std::string clean = printable(line);
  Sink& to = sink();
  if (to.target == Target::Syslog) {
    syslog(priority,
           "%.*s%s",
           static_cast<int>(label.size()),
           label.data(),
           clean.c_str());
    return;
  }
  // In one piece: each piece is a system call.
  const std::string whole =
      to.program + ": " + std::string(label) + clean + '\n';
  const std::lock_guard lock(to.mutex);
  std::cerr << whole;
}

}  // namespace

void open(std::string program, Target target) {
  Sink& to = sink();
  to.program = std::move(program);
  to.target = target;
  if (target == Target::Syslog)
    openlog(to.program.c_str(), LOG_PID | LOG_NDELAY, LOG_MAIL);
}

void info(std::string_view line) {
  write(LOG_INFO, "", line);
}

void warn(std::string_view line) {
  write(LOG_WARNING, "warning: ", line);
}

void error(std::string_view line) {
  write(LOG_ERR, "error: ", line);
}

void fatal(std::string_view line) {
  write(LOG_CRIT, "fatal: ", line);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): only main calls it.
}

}  // namespace mailreeve::log
