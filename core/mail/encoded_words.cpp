#include "core/mail/encoded_words.h"

#include <optional>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/header_text.h"
#include "core/mail/percent.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kMaxCharset = 60;

struct Word {
  const Charset* charset = nullptr;
  std::string bytes;
  std::size_t size = 0;  // Of the word in the source.
};

std::string fromQ(std::string_view text) {
  std::string plain(text);
  for (char& c : plain)
    if (c == '_') c = ' ';
  return decodeMarked(plain, '=');
}

// The word at the start of `text`.
std::optional<Word> wordAt(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const auto name = text.substr(2, text.substr(2, kMaxCharset).find('?'));
  const std::size_t how = 2 + name.size() + 1;
  if (how + 2 > text.size() || text[how + 1] != '?') return std::nullopt;
  const auto end = text.find("?=", how + 2);
  if (end == kNone) return std::nullopt;
  Word word;
  // "utf-8*en": RFC 2231 section 5 allows a language.
  word.charset = findCharset(name.substr(0, name.find('*')));
  // Some show the bytes; ASCII is the same nearly everywhere.
  if (word.charset == nullptr) word.charset = findCharset("utf-8");
  const auto content = text.substr(how + 2, end - how - 2);
  if (text[how] == 'b' || text[how] == 'B')
    word.bytes = decodeTransfer(content, Encoding::Base64);
  else if (text[how] == 'q' || text[how] == 'Q')
    word.bytes = fromQ(content);
  else
    return std::nullopt;
  word.size = end + 2;
  return word;
}

std::string inUtf8(const std::string& bytes, const Charset& charset) {
  auto text = toUtf8(bytes, charset);
  return text ? *std::move(text) : anyAsUtf8(bytes);
}

}  // namespace

std::string decodeWords(std::string_view text) {
  std::string out;
  std::string run;  // Of words next to each other, in one charset.
  const Charset* charset = nullptr;
  const auto flush = [&] {
    if (charset != nullptr) out += inUtf8(run, *charset);
    run.clear();
    charset = nullptr;
  };
  while (!text.empty()) {
    const auto next = text.find("=?");
    const auto between = text.substr(0, next);
    if (charset == nullptr || between.find_first_not_of(" \t\r\n") != kNone) {
      flush();
      out += between;
    } else if (next == kNone) {
      flush();
      out += between;
    }
    if (next == kNone) break;
    text.remove_prefix(next);
    if (auto word = wordAt(text)) {
      if (charset != nullptr && charset != word->charset) flush();
      charset = word->charset;
      run += word->bytes;
      text.remove_prefix(word->size);
    } else {
      flush();
      out += text.substr(0, 2);
      text.remove_prefix(2);
    }
  }
  flush();
  return out;
}

}  // namespace mailreeve::mail
