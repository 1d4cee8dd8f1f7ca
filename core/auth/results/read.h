// Reads Authentication-Results that others wrote (RFC 8601): to strip those
// that pretend to be ours, and to learn what a forwarder found whom we trust.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/auth/arc/verify.h"
#include "core/auth/message_view.h"

namespace mailreeve::results {

struct Results {
  std::string authservId;  // In lower case, without a trailing dot.
  // Method and result in lower case, in order: {"spf", "pass"}.
  std::vector<std::pair<std::string, std::string>> methods;

  // Whether there is a result of `method`, and all there are say `result`.
  [[nodiscard]] bool says(std::string_view method,
                          std::string_view result) const;
};

// What follows the colon. Nothing when it has no authserv-id at its beginning,
// or a quote or comment that does not end. At most 100 results are read.
[[nodiscard]] std::optional<Results> readResults(std::string_view value);

// The fields that must go before ours is added: those that bear our id, and
// those that cannot be read and name it anywhere. As numbers, from 1, among the
// fields called Authentication-Results: what a milter deletes by. Delete the
// last first.
[[nodiscard]] std::vector<std::size_t> forgedResults(
    const auth::MessageView& message, std::string_view authservId);

// Whether a forwarder we trust found that DMARC passed before it changed the
// message: the chain passes, and all sealers from the last back to the one that
// says "dmarc=pass" are `trusted` (lower case).
[[nodiscard]] bool vouchesForDmarc(const arc::Finding& chain,
                                   const std::vector<std::string>& trusted);

}  // namespace mailreeve::results
