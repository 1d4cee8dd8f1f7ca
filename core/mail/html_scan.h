// Splits HTML into tags and text, as far as inserting text and reading it need
// it: comments, doctypes and the contents of script, style and their like are
// never taken for tags. Works on any charset in which bytes below 0x40 are
// ASCII. It never fails and never looks back: time is linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailreeve::mail {

struct HtmlToken {
  enum class Kind {
    Text,
    Open,     // <name ...>, <name ... /> too.
    Close,    // </name>
    Hidden,   // Comment, doctype, processing instruction.
    RawText,  // What stands between <script> and </script>.
    Broken,   // Begins here and never ends; the last token.
  };

  Kind kind = Kind::Text;
  std::string name;         // Of a tag, lower case; of the element whose raw
                            // text is Broken.
  std::string_view source;  // All bytes of the token.
  std::size_t begin = 0;
  std::size_t end = 0;

  // The value of an attribute of an Open tag, as written and without quotes;
  // empty when it has none.
  [[nodiscard]] std::string_view attribute(
      std::string_view attributeName) const;
};

class HtmlScanner {
 public:
  explicit HtmlScanner(std::string_view html) : html_(html) {}

  [[nodiscard]] bool next(HtmlToken& token);

 private:
  void readText(HtmlToken& token);
  void readMarkup(HtmlToken& token);
  void readTag(HtmlToken& token, std::size_t nameBegin);
  void readRawText(HtmlToken& token);
  void finish(HtmlToken& token, std::size_t end);

  std::string_view html_;
  std::size_t at_ = 0;
  std::string rawText_;  // The element whose raw text comes next.
};

}  // namespace mailreeve::mail
