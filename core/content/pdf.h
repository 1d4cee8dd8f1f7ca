// What a PDF hides: encryption and files within it. Found by the names that
// such things have, wherever they stand, and in its compressed object streams;
// what is where the document says it is, is not asked: programs repair what is
// broken, each in its own way.
//
// Linear time, and memory with a limit.
#pragma once

#include <string_view>

#include "core/content/office.h"

namespace mailreeve::content {

// Whether readers take these first bytes for a PDF, or for one behind
// something else.
[[nodiscard]] bool isPdf(std::string_view head);

// `bytes` is a PDF. Encrypted, its object streams say nothing: that is told
// instead.
[[nodiscard]] DocumentTraits lookIntoPdf(std::string_view bytes);

}  // namespace mailreeve::content
