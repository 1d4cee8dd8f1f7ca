// Where the password of `mgmtctl account` comes from. Never the command line,
// which every user of the host can read; never shown, unless it was generated.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/base/result.h"
#include "core/store/secret.h"

namespace mailreeve::cli {

struct PasswordOptions {
  bool fromStdin = false;
  std::string file;
  std::string hash;
  bool generate = false;
};

// --password-stdin, --password-file, --password-hash, --generate.
void addPasswordOptions(CLI::App& command, PasswordOptions& options);

struct NewPassword {
  std::string hash;
  std::string scram;                       // Empty for a foreign hash.
  std::optional<store::Secret> generated;  // To be shown once.
};

// Asks on the terminal, twice, when no option says otherwise.
[[nodiscard]] Result<NewPassword> readPassword(const PasswordOptions& options);

}  // namespace mailreeve::cli
