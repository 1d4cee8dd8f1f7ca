// Changes the bytes of some leaves of a message and proves that it changed
// nothing else. MIME is never written anew from a tree: whatever we did not
// mean to touch leaves as it came.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/mail/mime_tree.h"
#include "core/mail/spool.h"

namespace mailreeve::mail {

// Puts `with` in place of `replaced`; an empty range inserts.
struct Splice {
  Range replaced;
  std::string with;
};

// `bytes` with all splices done, in memory or, as `options` says, in a file;
// the limit there is not looked at. Two that overlap are an Error.
[[nodiscard]] Result<SpooledBytes> applySplices(std::string_view bytes,
                                                std::vector<Splice> splices,
                                                SpoolOptions options = {});

// The same, with proof. `tree` is the structure of `bytes`, `edited` the leaves
// the splices are for. An Error, and nothing has changed, unless
// - each splice lies within an edited leaf (its own header included);
// - the result, read again, has the same structure and the same findings, and
//   an edited leaf differs in content, charset and transfer encoding only;
// - no line of an edited leaf is longer than 998 octets, or than it was;
// - a leaf that was valid in its charset still is;
// - a leaf that was pure ASCII on the wire still is.
[[nodiscard]] Result<SpooledBytes> spliceLeaves(
    std::string_view bytes,
    const MimeTree& tree,
    std::vector<Splice> splices,
    const std::vector<std::size_t>& edited,
    SpoolOptions options = {});

// The longest line of `text`, in octets, line end not counted.
[[nodiscard]] std::size_t longestLine(std::string_view text);

// RFC 5322 section 2.1.1.
inline constexpr std::size_t kMaxLine = 998;

}  // namespace mailreeve::mail
