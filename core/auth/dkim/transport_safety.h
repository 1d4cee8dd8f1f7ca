// Whether a message would arrive as it leaves. Bytes that a mail server on the
// way may or must change break every signature over them: they are encoded
// first, or the signature is a gamble.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/mail/mime_tree.h"

namespace mailreeve::dkim {

struct UnsafeLeaf {
  std::size_t node = 0;       // Index in MimeTree::nodes().
  mail::Encoding encoding{};  // What it is to be encoded as: quoted-printable
                              // for text that mostly reads, else base64.
};

struct TransportSafety {
  // Bytes above 127 or NUL, a bare CR or LF, or a line above 998 octets,
  // somewhere in the body.
  bool safe = true;

  // Encoding these leaves makes the body safe. Leaves that nobody may touch
  // (signed, encrypted, in another message) and text between the parts are not
  // among them: then `curable` is false.
  std::vector<UnsafeLeaf> leaves;
  bool curable = true;
};

// `tree` is of `bytes`, the whole message.
[[nodiscard]] TransportSafety judgeTransport(const mail::MimeTree& tree,
                                             std::string_view bytes);

// Whether these bytes of a body pass every mail server unchanged.
[[nodiscard]] bool isTransportSafe(std::string_view bytes);

}  // namespace mailreeve::dkim
