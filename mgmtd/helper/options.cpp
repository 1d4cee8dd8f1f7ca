#include "mgmtd/helper/options.h"

#include <iostream>

namespace mailreeve::helper {

namespace {

Result<Done> set(Options& options,
                 const std::string& name,
                 const std::string& value) {
  if (name == "--state-dir")
    options.paths.state = value;
  else if (name == "--run-dir")
    options.paths.run = value;
  else if (name == "--log" && value == "stderr")
    options.log = log::Target::StandardError;
  else if (name == "--log" && value == "syslog")
    options.log = log::Target::Syslog;
  else if (name == "--log")
    return Error{ErrorCode::Invalid, "--log takes stderr or syslog"};
  else
    return Error{ErrorCode::Invalid, "unknown option " + name};
  if (value.empty()) return Error{ErrorCode::Invalid, name + " takes a value"};
  return Done{};
}

}  // namespace

Result<Options> parseOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--help" || name == "--version") {
      (name == "--help" ? options.help : options.version) = true;
      continue;
    }
    std::string value;
    if (const auto equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (auto done = set(options, name, value); !done)
      return std::move(done).error();
  }
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
