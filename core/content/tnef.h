// The files in a TNEF stream ("winmail.dat", MS-OXTNEF), by a reader of our own
// that knows no more of the format than that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::content {

// Views into the stream.
struct TnefFile {
  std::vector<std::string> names;  // Short and long, as they stand there.
  std::string_view content;
};

struct TnefFiles {
  std::vector<TnefFile> files;
  bool damaged = false;  // The stream ended early, or went over a limit.
};

[[nodiscard]] bool isTnef(std::string_view bytes);

[[nodiscard]] TnefFiles readTnef(std::string_view bytes);

}  // namespace mailreeve::content
