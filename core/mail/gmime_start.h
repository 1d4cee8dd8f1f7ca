// GMime wants to be started once per process, before its first use.
#pragma once

namespace mailreeve::mail {

// Callable from any thread, any number of times.
void startGMime();

}  // namespace mailreeve::mail
