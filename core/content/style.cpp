#include "core/content/style.h"

#include <algorithm>
#include <initializer_list>

#include "core/base/text.h"

namespace mailreeve::content {

std::string styleKey(std::string_view style) {
  std::string out;
  for (std::size_t i = 0; i < style.size(); ++i) {
    if (style.substr(i, 2) == "/*") {
      const auto end = style.find("*/", i + 2);
      if (end == std::string_view::npos) break;
      i = end + 1;
    } else if (static_cast<unsigned char>(style[i]) > ' ') {
      out += style[i];
    }
  }
  return lower(out);
}

bool hides(std::string_view key) {
  const std::initializer_list<std::string_view> all = {"display:none",
                                                       "visibility:hidden",
                                                       "font-size:0;",
                                                       "font-size:0px",
                                                       "mso-hide:all"};
  return key.ends_with("font-size:0") ||
         std::any_of(all.begin(), all.end(), [key](std::string_view one) {
           return key.find(one) != std::string_view::npos;
         });
}

}  // namespace mailreeve::content
