// Recognises, in plain text, what is quoted from the message it answers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailreeve::mail {

// Where a top-posted reply's quote begins: at the attribution line, or at the
// separator mail programs draw. Nothing when there is no quote, or when own
// text follows it.
[[nodiscard]] std::optional<std::size_t> findTextQuote(std::string_view text);

// `text` without quoted lines, and without what follows a separator.
[[nodiscard]] std::string withoutTextQuotes(std::string_view text);

}  // namespace mailreeve::mail
