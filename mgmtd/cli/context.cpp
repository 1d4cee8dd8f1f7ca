#include "mgmtd/cli/context.h"

#include <iostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/text.h"

namespace mailreeve::cli {

void printJson(const Context& context, const nlohmann::json& value) {
  // Invalid UTF-8 from mail is replaced, never an exception.
  std::cout << value.dump(context.terminal ? 2 : -1,
                          ' ',
                          false,
                          nlohmann::json::error_handler_t::replace)
            << '\n';
}

Exit fail(const Context& context, const Error& error) {
  if (context.json)
    printJson(context, {{"error", error.what}});
  else
    std::cerr << "mgmtctl: " << error.what << '\n';
  return error.code == ErrorCode::Unavailable ? Exit::Unavailable
                                              : Exit::Failed;
}

bool confirm(const std::string& question) {
  if (::isatty(STDIN_FILENO) == 0) return false;
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const std::string said = lower(trim(answer));
  return said == "y" || said == "yes";
}

}  // namespace mailreeve::cli
