// Recognises a text again after mail programs have quoted, wrapped and
// converted it: letters and digits in order are what remains.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::mail {

// What of a text is compared: ASCII letters, in lower case, digits, and all
// characters outside ASCII but the no-break space.
class Essence {
 public:
  explicit Essence(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class Fingerprint {
 public:
  // Of a template in plain text: variables, links and addresses match anything.
  explicit Fingerprint(std::string_view text);

  // False, too, when the template has too little text of its own to tell.
  [[nodiscard]] bool foundIn(const Essence& essence) const;

 private:
  std::vector<std::string> pieces_;
};

}  // namespace mailreeve::mail
