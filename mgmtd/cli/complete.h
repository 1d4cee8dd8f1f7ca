// What may follow on the command line, out of the commands themselves: a new
// command or option completes without being named anywhere else.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace mailreeve::cli {

// The commands and options that may follow `words`, the words so far without
// the program's name. None where a value or a file's name is expected.
[[nodiscard]] std::vector<std::string> candidates(
    const CLI::App& app, const std::vector<std::string>& words);

}  // namespace mailreeve::cli
