// Reads the Content-* fields of one part with GMime: types, parameters and file
// names in all the encodings senders use (RFC 2231, RFC 2047 in quotes, raw
// bytes).
#pragma once

#include <string>
#include <vector>

#include "core/mail/mime_tree.h"

namespace mailreeve::mail {

// Each takes an unfolded field value and fills its part of `node`.
//
// readContentType gives false for a value that is no type: the node keeps the
// type it had.
[[nodiscard]] bool readContentType(const std::string& value, MimeNode& node);
void readDisposition(const std::string& value, MimeNode& node);

// After both: charset, file name and names from what they found, and from
// `others`, which is whatever else may be taken for a name of the part;
// `standIns` only where there is no other.
void finishContentFields(const std::vector<std::string>& others,
                         std::vector<std::string> standIns,
                         MimeNode& node);

}  // namespace mailreeve::mail
