// Who may use mgmtd's socket: root, the daemons' own user, and members of the
// group mailreeve-admin, as the kernel says. Nobody else, for anything.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "core/net/control.h"

namespace mailreeve::api {

struct Access {
  uid_t own = 0;               // The user mgmtd runs as.
  std::optional<gid_t> admin;  // The group; none when it does not exist.

  [[nodiscard]] bool allows(const net::Peer& peer) const;
};

inline constexpr const char* kAdminGroup = "mailreeve-admin";

// For the process that asks: its own user, and the group by its name.
[[nodiscard]] Access accessHere();

}  // namespace mailreeve::api
