// A message that every antivirus engine has to find something in: the test file
// of EICAR, as it is attached to mail. It harms nobody.
#pragma once

#include <string_view>

namespace mailreeve::scan {

[[nodiscard]] std::string_view testMessage();

}  // namespace mailreeve::scan
