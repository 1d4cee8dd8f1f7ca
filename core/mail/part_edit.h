// Takes whole parts out of a message, or puts a text in their place, and proves
// that every other part is what it was. MIME is never written anew: the bytes
// of the parts that go are cut out, all others stay.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"

namespace mailreeve::mail {

struct PartEdit {
  std::size_t part = 0;  // With all that is in it.
  // UTF-8 that a text/plain part then holds; nothing: the part goes.
  std::optional<std::string> text;
};

// The part that has to go where `part` is meant: a message that is attached
// cannot be left without its header.
[[nodiscard]] std::size_t wholePart(const MimeTree& tree, std::size_t part);

// An Error, and nothing has changed, unless the result, read again, has the
// same parts but for those edited, in the same places, equal to the byte. Also
// for a message that is malformed, and where nothing would be left. Of two
// edits of one part, or of a part within another, the outer and first counts.
[[nodiscard]] Result<MessageEdit> editParts(const Message& message,
                                            const std::vector<PartEdit>& edits);

}  // namespace mailreeve::mail
