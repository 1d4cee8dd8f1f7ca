// Recognises what a mail program quotes from the message it answers.
#pragma once

#include "core/mail/html_scan.h"

namespace mailreeve::mail {

// Feed every token in order. Once a program's separator has come, all that
// follows is quoted; a blockquote is quoted as long as it is open.
class HtmlQuote {
 public:
  void feed(const HtmlToken& token);

  // The token fed last lies in, or opens, quoted text.
  [[nodiscard]] bool quoted() const { return separated_ || depth_ > 0; }

  // A separator, or a quoting blockquote, has come.
  [[nodiscard]] bool begun() const { return begun_; }

  // Own text follows a quote that has ended: the reply is no top post.
  [[nodiscard]] bool continued() const { return continued_; }

 private:
  std::size_t depth_ = 0;  // Of open blockquotes.
  bool separated_ = false;
  bool begun_ = false;
  bool continued_ = false;
};

}  // namespace mailreeve::mail
