// Whether something is encrypted with OpenPGP (RFC 9580), which also comes
// without a word of it in the MIME: in a text, or as a file.
#pragma once

#include <string_view>

namespace mailreeve::content {

// As a file: binary, or in armour. The first bytes will do.
[[nodiscard]] bool isPgpEncrypted(std::string_view head);

// Armour that begins a line; quoted, it does not. Whether what is in it is
// encrypted or signed only, nobody can see from without.
[[nodiscard]] bool holdsPgpMessage(std::string_view text);

}  // namespace mailreeve::content
