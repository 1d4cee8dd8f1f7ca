// What the text of a part says: its bytes, and the charset they are read in.
// Everything that reads HTML asks here, so that a check, an edit and a person
// before a safe view read the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mail/charset.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

// text/html, and XHTML, which mail programs show as well.
[[nodiscard]] bool isHtml(const MimeNode& leaf);

// The charset that the leaf's `decoded` bytes are read in: the header's, where
// it names one that is known; else that of a byte order mark; HTML without
// either, its <meta>'s. Null: one that mail does not use, or on which programs
// do not agree. Linear time.
//
// Browsers believe the mark first: what depends on that has to look at
// charsetOfMark(), too.
[[nodiscard]] const Charset* charsetOf(const MimeNode& leaf,
                                       std::string_view decoded);

// The leaf's `decoded` bytes in UTF-8, without a byte order mark. What they
// claim and are not is passed over for what fits: HTML that is not in the
// header's charset may be in that of its <meta>, and of what is in none, each
// byte that is not UTF-8 is taken as ISO 8859-1. For reading.
[[nodiscard]] std::string textInUtf8(const MimeNode& leaf,
                                     std::string_view decoded);

// The same in each way in which some program reads it, for matching: behind
// textInUtf8() what a byte order mark makes of it, and what it is to who knows
// no such marks. Nobody hides words in a mark that contradicts the header.
[[nodiscard]] std::vector<std::string> textsInUtf8(const MimeNode& leaf,
                                                   std::string_view decoded);

}  // namespace mailreeve::mail
