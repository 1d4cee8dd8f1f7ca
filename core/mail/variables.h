// Fills the variables of a text an administrator wrote: {sender}, {date} and so
// on. A value comes from a message, so it never brings markup, line breaks or
// control characters with it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::mail {

using Variables = std::map<std::string, std::string, std::less<>>;

enum class TextKind { Plain, Html };

// `{name}` becomes the value of `name`, escaped for `kind`, at most 1000
// octets of it; what names no variable stays as it is. Values are not searched
// for variables again.
[[nodiscard]] std::string expandVariables(std::string_view text,
                                          const Variables& values,
                                          TextKind kind);

// The names between braces in `text`, in order, for checking a template.
[[nodiscard]] std::vector<std::string> variableNames(std::string_view text);

}  // namespace mailreeve::mail
