// Puts text into one text leaf: in the leaf's own charset and transfer encoding
// where they can hold it, else in UTF-8, for that leaf alone. And gives a leaf
// another transfer encoding.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"
#include "core/mail/splice.h"

namespace mailreeve::mail {

// What goes in, and where: positions are offsets in the leaf's text.
struct Insertion {
  std::size_t offset = 0;
  std::string text;  // UTF-8.
};

// Reads the leaf's text and says what to insert. Called once or twice: the text
// is in the leaf's charset, or in UTF-8 when that cannot take the insertion.
// Bytes below 0x40 are ASCII in either case.
using PlanInsertion = std::function<Insertion(std::string_view text)>;

struct LeafEdit {
  std::vector<Splice> splices;
  std::vector<HeaderChange> headers;  // The root's, as the MTA is told them;
                                      // the splices do the same.
  std::string saw;                    // For the log.
};

// Invalid: the leaf cannot take text (unknown charset or encoding, text that is
// not valid in its charset); the error says why.
[[nodiscard]] Result<LeafEdit> editLeaf(const Message& message,
                                        std::size_t leaf,
                                        const PlanInsertion& plan);

// Writes other text into the leaf: `text` is what it shall decode to, in its
// own charset or, if `utf8`, in UTF-8, which the leaf then says. Same errors.
[[nodiscard]] Result<LeafEdit> rewriteLeaf(const Message& message,
                                           std::size_t leaf,
                                           const std::string& text,
                                           bool utf8);

// The leaf's content as it is, in another transfer encoding: quoted-printable
// or base64. Invalid: its own cannot be undone.
[[nodiscard]] Result<LeafEdit> encodeLeaf(const Message& message,
                                          std::size_t leaf,
                                          Encoding encoding);

}  // namespace mailreeve::mail
