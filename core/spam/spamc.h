// The protocol that spamc and spamd speak (spamd's PROTOCOL document, version
// 1.5): one request and one answer a connection, headers as in HTTP. Only text
// is made and read here; spamd.h does the talking.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.h"
#include "core/base/result.h"

namespace mailreeve::spam {

enum class Verb {
  Ping,
  Symbols,  // The score and the names of the rules that hit.
  Report,   // The score and a report for people.
  Process,  // The score and the message as SpamAssassin would rewrite it.
  Tell,     // Teach.
};

enum class Lesson { Spam, Ham, Forget };

struct Request {
  Verb verb = Verb::Symbols;
  std::string user;              // Whose rules and knowledge; may be empty.
  Lesson lesson = Lesson::Spam;  // For Tell.
};

// The request's head, the empty line included; `length` bytes of message have
// to follow. An `user` that could forge a line is Invalid.
[[nodiscard]] Result<std::string> requestHead(const Request& request,
                                              std::size_t length);

struct Answer {
  // Of a message that was judged.
  bool judged = false;
  Decimal score;
  Decimal threshold;  // spamd's own, which is not asked for its opinion.

  // What Tell did.
  bool learned = false;
  bool forgot = false;

  std::string body;  // Rule names, report or message.
};

// What an answer may be at most: lines of the head, and all of it.
struct AnswerLimits {
  static constexpr std::size_t kLine = 1000;
  static constexpr std::size_t kLines = 64;
};

// The whole answer, up to the end of the connection. Unavailable: spamd says
// that it could not (EX_TEMPFAIL, EX_TIMEOUT ...), or broke off; Invalid:
// that is no answer to such a request.
[[nodiscard]] Result<Answer> parseAnswer(std::string_view bytes, Verb verb);

// "A,B,C" of Verb::Symbols: names that are none are left out.
[[nodiscard]] std::vector<std::string> ruleNames(std::string_view symbols);

// The names in a report's table: lines that begin with points and a name.
[[nodiscard]] std::vector<std::string> ruleNamesOfReport(
    std::string_view report);

}  // namespace mailreeve::spam
