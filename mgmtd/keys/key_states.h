// The life of a DKIM key: pending -> active -> retiring -> retired, moved on by
// what the DNS is seen to answer and by time. Pure: what is to happen is
// returned, nothing is done.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/auth/dkim/publication.h"
#include "core/base/clock.h"
#include "core/store/dkim_keys.h"

namespace mailreeve::keys {

struct Rules {
  std::chrono::days overlap{7};
  bool force = false;  // Pending keys are used though their record is not seen.
};

// Something an administrator should hear of.
struct Notice {
  std::string domain;
  std::string selector;
  std::string what;
  bool warning = false;
};

struct Progress {
  std::vector<store::DkimKey> keys;  // As they are from now on.
  std::vector<Notice> notices;
  bool signingChanged = false;  // Other keys sign than before.
};

// By selector.
using Looks = std::map<std::string, dkim::Publication>;

// `keys` are those of one domain, the oldest first; a key without a look is
// left as if nobody could say.
//
// A record that goes away does not stop its key from signing: receivers take a
// signature they cannot verify for none, and a slip in the DNS is soon mended.
// Nor does one that was never seen stop a key that signs by force; who forces
// may know better for a day, then it is told once.
[[nodiscard]] Progress advance(std::vector<store::DkimKey> keys,
                               const Looks& looks,
                               TimePoint now,
                               const Rules& rules);

}  // namespace mailreeve::keys
