// Any bytes as a calendar: nothing is longer than what it was made of, and all
// of it can be judged.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/calendar.h"
#include "core/content/html_threats.h"

using namespace mailreeve::content;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& text : calendarTexts(bytes)) {
    if (text.text.size() > size) std::abort();
    static_cast<void>(findThreats(calendarHtml(text)));
  }
  std::size_t held = 0;
  for (const auto& file : calendarFiles(bytes)) held += file.content.size();
  if (held > size) std::abort();
  return 0;
}
