// Whether mail works after a change: asked as a client asks.
//
// Each answer is waited for until the limit; the probe says everything that
// does not answer, not only the first.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/paths.h"
#include "core/config/settings.h"

namespace mailreeve::apply {

struct ProbeOptions {
  std::chrono::milliseconds limit = std::chrono::seconds(20);
  bool milterd = true;  // Whether our daemons are to answer too.
  bool policyd = true;
  std::filesystem::path queueDirectory = "/var/spool/postfix";
};

// One line for each service that does not answer as it should; empty: all do.
[[nodiscard]] std::vector<std::string> probe(const Paths& paths,
                                             const config::Settings& settings,
                                             const ProbeOptions& options);

// Whether somebody accepts connections on the Unix socket `path` now.
[[nodiscard]] bool isListening(const std::filesystem::path& path);

}  // namespace mailreeve::apply
