#include "milter/checks/header_form.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"

namespace mailreeve::milter {

namespace {

bool holdsBareReturn(std::string_view value) {
  for (auto at = value.find('\r'); at != std::string_view::npos;
       at = value.find('\r', at + 1))
    if (value.substr(at + 1, 1) != "\n") return true;
  return false;
}

}  // namespace

Result<Verdict> HeaderForm::onMessage(const Transaction&,
                                      const mail::Message& message,
                                      Findings&) const {
  const auto& headers = message.headers();
  const auto bad =
      std::find_if(headers.begin(), headers.end(), [](const auto& header) {
        return holdsBareReturn(header.value);
      });
  if (bad == headers.end()) return Verdict::pass();
  return Verdict::reject(
      {554, "5.6.0", "A header field holds a CR without LF (RFC 5322, 2.3)"},
      "a CR without LF in " + printable(bad->name.substr(0, 100)));
}

}  // namespace mailreeve::milter
