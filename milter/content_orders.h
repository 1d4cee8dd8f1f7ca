// What checks of the content want done to a message: for the edits that do it,
// and for those who send the notices.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mailreeve::milter {

// A file that is to be taken out.
struct StripOrder {
  std::size_t part = 0;  // Of the original's tree: goes with all that is in it.
  std::string file;      // As people know it: "photos.zip > holiday.exe".
  std::string rule;
  std::string why;  // For people: "files of this name are not accepted".
};

// Parts of the original whose HTML is to be changed.
struct HtmlOrders {
  std::vector<std::size_t> toText;
  std::vector<std::size_t> disarm;
};

// Whom the content rules want told that they have acted.
struct ContentRulesOutcome {
  bool acted = false;
  std::string rules;  // The names of those that matched.
  bool notifySender = false;
  std::vector<std::string> forwardTo;
};

}  // namespace mailreeve::milter
