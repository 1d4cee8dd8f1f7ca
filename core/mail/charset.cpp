#include "core/mail/charset.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <iconv.h>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

constexpr bool kStateful = false;  // Or wider than a byte: not transparent.

// A closed list: a name from a message never chooses the converter module that
// is loaded.
constexpr Charset kCharsets[] = {
    {"us-ascii", "US-ASCII"},
    {"utf-8", "UTF-8"},
    {"iso-8859-1", "ISO-8859-1"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "ISO-8859-11"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-874", "CP874"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ibm437", "IBM437"},
    {"ibm850", "IBM850"},
    {"ibm852", "IBM852"},
    {"ibm866", "IBM866"},
    {"macintosh", "MACINTOSH"},
    {"tis-620", "TIS-620"},
    {"big5", "BIG5"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"gb2312", "GBK"},  // Senders who say GB2312 write GBK.
    {"gbk", "GBK"},
    {"gb18030", "GB18030"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},  // Likewise.
    {"shift_jis", "CP932"},
    {"iso-2022-jp", "ISO-2022-JP", kStateful},
    {"iso-2022-kr", "ISO-2022-KR", kStateful},
    {"utf-7", "UTF-7", kStateful},
    {"utf-16", "UTF-16", kStateful},
    {"utf-16le", "UTF-16LE", kStateful},
    {"utf-16be", "UTF-16BE", kStateful},
    {"utf-32", "UTF-32", kStateful},
    {"utf-32le", "UTF-32LE", kStateful},
    {"utf-32be", "UTF-32BE", kStateful},
};

struct Alias {
  std::string_view name;
  std::string_view charset;
};

constexpr Alias kAliases[] = {
    {"", "us-ascii"},
    {"ascii", "us-ascii"},
    {"ansi_x3.4-1968", "us-ascii"},
    {"iso646-us", "us-ascii"},
    {"utf8", "utf-8"},
    {"latin1", "iso-8859-1"},
    {"latin-1", "iso-8859-1"},
    {"iso8859-1", "iso-8859-1"},
    {"iso_8859-1", "iso-8859-1"},
    {"iso8859-2", "iso-8859-2"},
    {"iso8859-15", "iso-8859-15"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"cp1252", "windows-1252"},
    {"cp437", "ibm437"},
    {"cp850", "ibm850"},
    {"cp852", "ibm852"},
    {"cp866", "ibm866"},
    {"ks_c_5601-1987", "euc-kr"},
    {"cp949", "euc-kr"},
    {"shift-jis", "shift_jis"},
    {"sjis", "shift_jis"},
    {"windows-31j", "shift_jis"},
    {"cp932", "shift_jis"},
    {"cp936", "gbk"},
    {"windows-936", "gbk"},
};

class Converter {
 public:
  Converter(std::string_view to, std::string_view from)
      : handle_(
            ::iconv_open(std::string(to).c_str(), std::string(from).c_str())) {}

  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  Converter(Converter&&) = delete;
  Converter& operator=(Converter&&) = delete;

  ~Converter() {
    if (open()) ::iconv_close(handle_);
  }

  // NOLINTNEXTLINE(*-reinterpret-cast,*-int-to-ptr): iconv(3) says so.
  [[nodiscard]] bool open() const { return handle_ != iconv_t(-1); }

  // Appends the conversion of `in`, final state reset included, to `out`.
  [[nodiscard]] bool convert(std::string_view in, std::string& out) {
    std::string copy(in);  // iconv wants its input writable, and never writes.
    char* from = copy.data();
    std::size_t left = copy.size();
    return pump(&from, &left, out) && pump(nullptr, nullptr, out);
  }

 private:
  bool pump(char** from, std::size_t* left, std::string& out) {
    for (;;) {
      std::array<char, 4096> buffer{};
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t done = ::iconv(handle_, from, left, &to, &room);
      const int problem = errno;
      out.append(buffer.data(), buffer.size() - room);
      if (done != static_cast<std::size_t>(-1)) return done == 0;
      if (problem != E2BIG) return false;
    }
  }

  iconv_t handle_;
};

Result<std::string> convert(std::string_view bytes,
                            std::string_view to,
                            std::string_view from) {
  Converter converter(to, from);
  if (!converter.open())
    return Error{
        ErrorCode::Internal,
        "no converter from " + std::string(from) + " to " + std::string(to)};
  std::string out;
  out.reserve(bytes.size());
  if (!converter.convert(bytes, out))
    return Error{ErrorCode::Invalid,
                 "text that cannot go from " + std::string(from) + " to " +
                     std::string(to)};
  return out;
}

}  // namespace

// Unicode 15, table 3-7.
std::size_t utf8Length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) {
    return (byte(i) & 0xC0U) == 0x80U;
  };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

bool isValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const bool plain = static_cast<unsigned char>(text.front()) < 0x80;
    const std::size_t length = plain ? 1 : utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

const Charset* findCharset(std::string_view name) {
  const std::string wanted = lower(name);
  std::string_view key = wanted;
  for (const auto& alias : kAliases)
    if (alias.name == wanted) key = alias.charset;
  for (const auto& charset : kCharsets)
    if (charset.name == key) return &charset;
  return nullptr;
}

const Charset* charsetOfMark(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
    return findCharset("utf-16");
  return bytes.starts_with("\xef\xbb\xbf") ? findCharset("utf-8") : nullptr;
}

Result<std::string> toUtf8(std::string_view bytes, const Charset& charset) {
  if (charset.name == "utf-8" || charset.name == "us-ascii") {
    const bool valid =
        charset.name == "utf-8" ? isValidUtf8(bytes) : isAscii(bytes);
    if (valid) return std::string(bytes);
    return Error{ErrorCode::Invalid,
                 "text that is not " + std::string(charset.name)};
  }
  return convert(bytes, "UTF-8", charset.iconv);
}

Result<std::string> fromUtf8(std::string_view text, const Charset& charset) {
  if (!isValidUtf8(text))
    return Error{ErrorCode::Invalid, "text that is not utf-8"};
  if (charset.asciiTransparent && isAscii(text)) return std::string(text);
  if (charset.name == "utf-8") return std::string(text);
  return convert(text, charset.iconv, "UTF-8");
}

}  // namespace mailreeve::mail
