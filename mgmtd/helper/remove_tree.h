// Deletes one generation, and can be talked into deleting nothing else.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/result.h"

namespace mailreeve::helper {

// `generations`/NUMBER and what is below it. Refused: generation 0, the one
// `current` leads to, and a `generations` or generation that is a link or that
// another user than root (or the caller) owns. Links inside are deleted, never
// followed, and another file system mounted inside is left alone. NotFound
// when it is not there.
[[nodiscard]] Result<Done> removeGeneration(
    const std::filesystem::path& generations, std::uint64_t number);

}  // namespace mailreeve::helper
