#include "policyd/rules/address_syntax.h"

#include <algorithm>

namespace mailreeve::policyd {

namespace {

bool hasControl(std::string_view address) {
  return std::any_of(address.begin(), address.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f;
  });
}

}  // namespace

Result<Opinion> AddressSyntax::decide(const Question& question) const {
  const Request& request = question.request;
  if (hasControl(request.sender) || hasControl(request.recipient))
    return Opinion{Answer::reject("Control characters in an address"),
                   "control characters"};
  return Opinion{std::nullopt, "printable"};
}

}  // namespace mailreeve::policyd
