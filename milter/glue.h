// libmilter: glue.cpp is the only file that knows it. Its callbacks become
// calls of a Session, and nothing, no exception above all, passes back but an
// answer.
//
// libmilter is one per process and hands its callbacks no pointer of ours; so
// there are functions here, and no object.
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

#include "core/base/result.h"
#include "milter/session.h"

namespace mailreeve::milter {

struct ListenOptions {
  std::string socket;  // Path of the Unix socket.
  mode_t mode = 0660;
  gid_t group =
      static_cast<gid_t>(-1);  // Of the socket; -1 keeps the caller's.
  int backlog = 1024;          // As many smtpd processes may knock at once.
};

// Registers and listens; clients wait until runMilter(). A socket that nobody
// answers on is replaced; one that somebody answers on is an Error. Called
// once, before there are threads (it sets the umask).
[[nodiscard]] Result<Done> listenMilter(const ListenOptions& options);

// Serves until stopMilter(). `services` must live until the program ends. An
// Error: libmilter gave up.
[[nodiscard]] Result<Done> runMilter(Services& services);

// Ends runMilter() at once. Any thread.
void stopMilter();

// After runMilter(): waits until messages that were at their end have their
// answer. False when `limit` has passed.
[[nodiscard]] bool drainMilter(std::chrono::seconds limit);

}  // namespace mailreeve::milter
