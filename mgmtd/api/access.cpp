#include "mgmtd/api/access.h"

#include <algorithm>
#include <array>

#include <grp.h>
#include <unistd.h>

namespace mailreeve::api {

bool Access::allows(const net::Peer& peer) const {
  if (peer.uid == 0 || peer.uid == own) return true;
  return admin && (peer.gid == *admin ||
                   std::find(peer.groups.begin(), peer.groups.end(), *admin) !=
                       peer.groups.end());
}

Access accessHere() {
  Access access;
  access.own = ::geteuid();
  group entry{};
  group* found = nullptr;
  std::array<char, 65536> room{};
  if (::getgrnam_r(kAdminGroup, &entry, room.data(), room.size(), &found) ==
          0 &&
      found != nullptr)
    access.admin = found->gr_gid;
  return access;
}

}  // namespace mailreeve::api
