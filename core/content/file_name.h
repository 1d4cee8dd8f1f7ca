// File names as a receiving system would take them. Senders disguise names:
// with invisible characters, full-width letters, text that runs backwards,
// dots that Windows drops. A rule is compared with what is left without.
//
// Nothing here makes a name fit for a path on this host: no file is ever made.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::content {

// The form in which names are compared: case folded, composed (NFKC), without
// directories, control, zero-width and bidirectional characters, without
// "::$DATA", trailing dots and blanks. Empty when nothing is left.
[[nodiscard]] std::string nameKey(std::string_view name);

// "tar.gz" has the extension "gz"; empty when there is none. Of a nameKey().
[[nodiscard]] std::string_view extensionOf(std::string_view key);

// A name that pretends: the last extension is one that runs, the one before it
// is one that is looked at, as in "invoice.pdf.exe", whatever blanks stand
// between. "setup.2.exe" and "post.pdf_copy.zip" do not pretend. Of a
// nameKey().
[[nodiscard]] bool hasDoubleExtension(std::string_view key);

// The kind of file an extension promises: one of the groups of type_group.h, or
// empty for what promises nothing.
[[nodiscard]] std::string_view promisedGroup(std::string_view extension);

// For an SMTP reply: printable ASCII in one line of at most 60 characters, all
// others as '?'; a long name keeps its end.
[[nodiscard]] std::string nameForReply(std::string_view name);

}  // namespace mailreeve::content
