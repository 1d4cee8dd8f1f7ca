// The two forms of a notice, ready to go into a leaf, and where in the leaf's
// text they go.
#pragma once

#include <string>
#include <string_view>

#include "core/mail/fingerprint.h"
#include "core/mail/format_flowed.h"
#include "core/mail/leaf_edit.h"
#include "core/mail/notice.h"

namespace mailreeve::mail {

class NoticeText {
 public:
  // `notice` has passed checkNotice().
  explicit NoticeText(const Notice& notice);

  // Variables filled in; lines end in LF.
  [[nodiscard]] const std::string& plain() const { return plain_; }

  // An empty leaf gets a last line end where `lastLineEnds`; others keep what
  // they had.
  [[nodiscard]] Insertion intoPlain(std::string_view text,
                                    const TextLayout& layout,
                                    bool lastLineEnds) const;
  [[nodiscard]] Insertion intoHtml(std::string_view html,
                                   bool lastLineEnds) const;

  // Whether `text` (UTF-8, or at least ASCII where it matters) has the notice
  // already; with `quotedToo`, also in what it quotes.
  [[nodiscard]] bool isInPlain(std::string_view text, bool quotedToo) const;
  [[nodiscard]] bool isInHtml(std::string_view html, bool quotedToo) const;

 private:
  [[nodiscard]] bool recognised(std::string_view text) const;

  std::string id_;
  Notice::Position position_;
  std::string plain_;
  std::string html_;  // ASCII, in our own marked block.
  Fingerprint plainPrint_;
  Fingerprint htmlPrint_;
};

}  // namespace mailreeve::mail
