// Under which names greylisting knows who writes to whom.
//
// The sender address was written by the client, and mailing software puts
// another number into each: what changes from message to message is taken out,
// or nobody who sends lists would ever be known.
#pragma once

#include <string>
#include <string_view>

#include "core/base/network.h"

namespace mailreeve::policyd {

// `address` is a mailbox key (lower case, without extension); empty: the null
// sender. "bounce-4711-xy@list.example" -> "bounce-#-xy@list.example",
// "prvs=0123456789=bob@far.example" -> "bob@far.example",
// "srs0=hhh=tt=far.example=bob@fwd.example" -> "srs#=far.example=bob@fwd...".
[[nodiscard]] std::string greylistSender(std::string_view address);

// Its /24 or /64: "192.0.2.0/24".
[[nodiscard]] std::string networkOf(const Ip& client);

}  // namespace mailreeve::policyd
