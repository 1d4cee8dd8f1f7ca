// mgmtctl as a whole: its options and all it can do. What main does with it is
// to parse and run.
#pragma once

#include <memory>
#include <string>

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// `context` must outlive it.
[[nodiscard]] std::unique_ptr<CLI::App> makeProgram(Context& context);

// What to tell whoever typed what `problem` was found in: the help of the
// command where one below it is missing, else what is wrong and where to read
// on. Ends in a line feed.
[[nodiscard]] std::string usageText(const CLI::App& app,
                                    int argc,
                                    const char* const* argv,
                                    const CLI::ParseError& problem);

}  // namespace mailreeve::cli
