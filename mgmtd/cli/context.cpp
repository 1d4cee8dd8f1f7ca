#include "mgmtd/cli/context.h"

#include <iostream>
#include <string_view>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/text.h"

namespace mailreeve::cli {

// The library escapes what is below U+0020; DEL and U+0080 to U+009F stand in
// texts alone, so that they can be escaped afterwards.
std::string asJson(const nlohmann::json& value, int indent) {
  // Invalid UTF-8 from mail is replaced, never an exception.
  const std::string text =
      value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    const bool wide = byte == 0xc2 && i + 1 < text.size() &&
                      static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (wide) byte = static_cast<unsigned char>(text[++i]);
    if (wide || byte == 0x7f)
      out.append("\\u00").append({kHex[byte >> 4U], kHex[byte & 15U]});
    else
      out += text[i];
  }
  return out;
}

Error notForTerminals() {
  return {ErrorCode::Invalid,
          "what comes by mail may hold commands for the terminal: send it to a "
          "file or a program"};
}

void printJson(const Context& context, const nlohmann::json& value) {
  std::cout << asJson(value, context.terminal ? 2 : -1) << '\n';
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
