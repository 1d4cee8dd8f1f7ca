// What the notice tests share: one notice, messages written with LF, and what
// comes out in a form that can be read in a table.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/mail/notice.h"

namespace mailreeve::mail::testing {

inline const std::string kText = "Example Ltd. is registered in Berlin.";
inline const std::string kBlock =
    "<div data-mailreeve-notice=\"legal\"><p>" + kText + "</p></div>";

inline Notice legalNotice() {
  return {.id = "legal", .html = "<p>" + kText + "</p>", .plain = kText};
}

inline Message read(const std::string& raw, Envelope envelope = {}) {
  if (envelope.mailFrom.empty()) envelope.mailFrom = "alice@b.example";
  auto message = messageFromBytes(raw, std::move(envelope));
  REQUIRE(message);
  return *std::move(message);
}

inline NoticeResult insert(const Message& message, const Notice& notice) {
  auto result = insertNotice(message, notice);
  REQUIRE(result);
  return *std::move(result);
}

// The message after the edit, with LF, and without the field that marks it.
inline std::string edited(const Message& message, const NoticeResult& result) {
  const auto after = apply(message, result.edit);
  REQUIRE(after);
  std::string text = replaceAll(std::string(after->bytes()), "\r\n", "\n");
  return replaceAll(std::move(text), "X-Mailreeve-Notice: legal\n", "");
}

// {N} and {H} stand for the plain notice and for its HTML block.
inline std::string filled(std::string text) {
  text = replaceAll(std::move(text), "{N}", kText);
  return replaceAll(std::move(text), "{H}", kBlock);
}

}  // namespace mailreeve::mail::testing
