// The command line of a daemon: options that take a value, in either form
// ("--name value", "--name=value"), and --help and --version.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/base/result.h"

namespace mailreeve {

struct AskedFor {
  bool help = false;
  bool version = false;
};

// Takes one option; an Error names what cannot be taken. The value is empty
// when none was given.
using SetOption = std::function<Result<Done>(const std::string& name,
                                             const std::string& value)>;

// Without argv[0]; in order, up to the first Error.
[[nodiscard]] Result<AskedFor> walkArguments(
    const std::vector<std::string>& arguments, const SetOption& set);

// "stderr" or "syslog".
[[nodiscard]] Result<Done> setLogTarget(log::Target& target,
                                        const std::string& value);

}  // namespace mailreeve
