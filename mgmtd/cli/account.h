// What the files of `mgmtctl account` share.
#pragma once

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

// account import
void addAccountImport(CLI::App& account, Context& context);

}  // namespace mailreeve::cli
