// What stands in a digest's link: one mailbox, one message, one thing to do,
// until one moment, signed. Whoever has it may do that and nothing else, so it
// acts by POST only; looking at it changes nothing.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/keyed_mac.h"

namespace mailreeve::store {

// Where the page lies that a link leads to, behind quarantine.link_base.
inline constexpr const char* kLinkPath = "/quarantine/link";

enum class LinkAction {
  Release,
  Delete,
  Request,  // By its sender: that an administrator release it.
};

[[nodiscard]] std::string_view name(LinkAction action);

struct ReleaseLink {
  LinkAction action = LinkAction::Release;
  std::string id;
  std::string mailbox;  // Whose copy; of a request: who sent it.
  TimePoint expires;
};

// Base 64 for URLs and dots.
[[nodiscard]] std::string writeReleaseLink(const KeyedMac& key,
                                           const ReleaseLink& link);

// Invalid: not signed by us, or no longer good at `now`; the words are fit for
// the person who followed it.
[[nodiscard]] Result<ReleaseLink> readReleaseLink(const KeyedMac& key,
                                                  std::string_view text,
                                                  TimePoint now);

}  // namespace mailreeve::store
