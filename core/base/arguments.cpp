#include "core/base/arguments.h"

#include <utility>

namespace mailreeve {

Result<AskedFor> walkArguments(const std::vector<std::string>& arguments,
                               const SetOption& set) {
  AskedFor asked;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--help" || name == "--version") {
      (name == "--help" ? asked.help : asked.version) = true;
      continue;
    }
    std::string value;
    if (const auto equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    }
    if (auto done = set(name, value); !done) return std::move(done).error();
    if (value.empty())
      return Error{ErrorCode::Invalid, name + " takes a value"};
  }
  return asked;
}

Result<Done> setLogTarget(log::Target& target, const std::string& value) {
  if (value == "stderr")
    target = log::Target::StandardError;
  else if (value == "syslog")
    target = log::Target::Syslog;
  else
    return Error{ErrorCode::Invalid, "--log takes stderr or syslog"};
  return Done{};
}

}  // namespace mailreeve
