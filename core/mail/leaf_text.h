// What the text of a part says: its bytes, and the charset they are read in.
// Everything that reads HTML asks here, so that a check, an edit and a person
// before a safe view read the same.
#pragma once

#include <string>
#include <string_view>

#include "core/mail/charset.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

// text/html, and XHTML, which mail programs show as well.
[[nodiscard]] bool isHtml(const MimeNode& leaf);

// The charset that the leaf's `decoded` bytes are read in: that of a byte order
// mark, as in browsers; else the header's; HTML without either, its <meta>'s.
// Null: one that mail does not use, or on which programs do not agree. Linear
// time.
[[nodiscard]] const Charset* charsetOf(const MimeNode& leaf,
                                       std::string_view decoded);

// The leaf's `decoded` bytes in UTF-8, without a byte order mark. What they
// claim and are not is passed over for what fits: HTML that is not in the
// header's charset may be in that of its <meta>, and of what is in none, each
// byte that is not UTF-8 is taken as ISO 8859-1. For reading and matching.
[[nodiscard]] std::string textInUtf8(const MimeNode& leaf,
                                     std::string_view decoded);

}  // namespace mailreeve::mail
