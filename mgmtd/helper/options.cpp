#include "mgmtd/helper/options.h"

#include <iostream>

#include "core/base/arguments.h"

namespace mailreeve::helper {

namespace {

Result<Done> set(Options& options,
                 const std::string& name,
                 const std::string& value) {
  if (name == "--state-dir")
    options.paths.state = value;
  else if (name == "--run-dir")
    options.paths.run = value;
  else if (name == "--log")
    return setLogTarget(options.log, value);
  else
    return Error{ErrorCode::Invalid, "unknown option " + name};
  return Done{};
}

}  // namespace

Result<Options> parseOptions(const std::vector<std::string>& arguments) {
  Options options;
  const auto asked = walkArguments(
      arguments, [&](const std::string& name, const std::string& value) {
        return set(options, name, value);
      });
  if (!asked) return asked.error();
  options.help = asked->help;
  options.version = asked->version;
  return options;
}

Ending answerOptions(const Result<Options>& options,
                     const std::string& program) {
  const std::string usage = "usage: " + program +
                            " [--state-dir DIR] [--run-dir DIR]\n"
                            "       [--log stderr|syslog] [--help] "
                            "[--version]\nSee " +
                            program + "(8).\n";
  if (!options) {
    std::cerr << program << ": " << options.error().what << '\n' << usage;
    return {true, 2};
  }
  if (options->help) std::cout << usage;
  if (options->version) std::cout << program << " " MAILREEVE_VERSION "\n";
  return {options->help || options->version, 0};
}

}  // namespace mailreeve::helper
