// What may follow on the command line, out of the commands themselves: a new
// command or option completes without being named anywhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace mailreeve::cli {

// The command of that name right below `app`; null: there is none.
[[nodiscard]] const CLI::App* subcommand(const CLI::App& app,
                                         std::string_view name);

// Whether `word` is an option, of `app` or above it, whose value comes next.
[[nodiscard]] bool takesValue(const CLI::App& app, const std::string& word);

// The commands and options that may follow `words`, the words so far without
// the program's name. None where a value or a file's name is expected.
[[nodiscard]] std::vector<std::string> candidates(
    const CLI::App& app, const std::vector<std::string>& words);

}  // namespace mailreeve::cli
