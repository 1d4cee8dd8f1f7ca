// The text of any message: within its limit, in the form in which it is
// matched, and all of it wherever nothing is said to be unread.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/content/message_text.h"
#include "core/mail/charset.h"
#include "tests/fuzz/require.h"

using namespace mailreeve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr std::size_t kFew = 64;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto message = mail::messageFromBytes(raw, {});
  require(message.ok());
  const auto all = content::textOf(*message);
  require(mail::isValidUtf8(all.text));
  require(content::plainCharacters(all.text) == all.text);
  const auto some = content::textOf(*message, kFew);
  // A byte that is no UTF-8 becomes two, and each part ends in a line end: of
  // what is signed within one another, as often as it is looked into.
  require(some.text.size() <= 2 * kFew + 5 * (size + 1));
  require(!some.unread.empty() || some.text == all.text);
  return 0;
}
