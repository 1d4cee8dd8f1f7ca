// Puts a notice into any message. Whatever becomes of it: what was ASCII stays
// ASCII, the MTA can do the change, and a second time nothing happens.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/mail/charset.h"
#include "core/mail/notice.h"
#include "core/mail/splice.h"
#include "tests/fuzz/require.h"

using namespace mailreeve::mail;
using mailreeve::require;

namespace {

Notice noticeFor(unsigned choice) {
  return {.id = "fuzz",
          .html =
              "<p>Gepr\xc3\xbc"
              "ft by {sender}, Example Ltd., Berlin</p>",
          .values = {{"sender", "<alice@b.example>"}},
          .position = static_cast<Notice::Position>(choice % 3),
          .repeat = static_cast<Notice::Repeat>(choice / 3 % 3),
          .fallback = static_cast<Notice::Fallback>(choice / 9 % 3)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto message = messageFromBytes(raw, {.mailFrom = "alice@b.example"});
  require(message.ok());
  const auto notice = noticeFor(data[0]);
  const auto result = insertNotice(*message, notice);
  require(result.ok());
  if (result->edit.empty()) return 0;

  const auto after = apply(*message, result->edit);
  require(after.ok());
  require(after->body() == result->edit.body->view());
  require(!isAscii(message->bytes()) || isAscii(after->bytes()));
  require(longestLine(after->body()) <=
          std::max(kMaxLine, longestLine(message->body())));
  const auto again = insertNotice(*after, notice);
  require(again.ok() && again->edit.empty());
  return 0;
}
