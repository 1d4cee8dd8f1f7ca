// What the files of `mgmtctl dkim` share.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

void addDkimImport(CLI::App& dkim, Context& context);

// "example.com mail-20260301-rsa: its record is seen ...", a line each.
void printNotices(const nlohmann::json& notices);

}  // namespace mailreeve::cli
