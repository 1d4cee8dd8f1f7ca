// One example or more of every command, as --help shows them.
#pragma once

#include <span>
#include <string_view>

#include <CLI/CLI.hpp>

namespace mailreeve::cli {

// Whole lines as typed, "mgmtctl list show block pests", in the order of the
// commands.
[[nodiscard]] std::span<const std::string_view> examples();

// Puts each below the help of its command, and of those it is below.
void addExamples(CLI::App& app);

}  // namespace mailreeve::cli
