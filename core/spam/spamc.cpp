#include "core/spam/spamc.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace mailreeve::spam {

namespace {

constexpr std::size_t kMostUser = 255;
constexpr std::size_t kMostRules = 500;
constexpr std::size_t kMostRuleName = 128;

std::string_view verbName(Verb verb) {
  switch (verb) {
    case Verb::Ping:
      return "PING";
    case Verb::Symbols:
      return "SYMBOLS";
    case Verb::Report:
      return "REPORT";
    case Verb::Process:
      return "PROCESS";
    case Verb::Tell:
      return "TELL";
  }
  return "";
}

std::string lessonFields(Lesson lesson) {
  switch (lesson) {
    case Lesson::Spam:
      return "Message-class: spam\r\nSet: local\r\n";
    case Lesson::Ham:
      return "Message-class: ham\r\nSet: local\r\n";
    case Lesson::Forget:
      return "Remove: local\r\n";
  }
  return "";
}

bool isUser(std::string_view text) {
  return text.size() <= kMostUser &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 127;
         });
}

// sysexits(3), as spamd names them; 79 is its own.
std::string statusName(std::uint64_t code) {
  static constexpr std::array<std::pair<std::uint64_t, std::string_view>, 17>
      kNames = {{{64, "EX_USAGE"},
                 {65, "EX_DATAERR"},
                 {66, "EX_NOINPUT"},
                 {67, "EX_NOUSER"},
                 {68, "EX_NOHOST"},
                 {69, "EX_UNAVAILABLE"},
                 {70, "EX_SOFTWARE"},
                 {71, "EX_OSERR"},
                 {72, "EX_OSFILE"},
                 {73, "EX_CANTCREAT"},
                 {74, "EX_IOERR"},
                 {75, "EX_TEMPFAIL"},
                 {76, "EX_PROTOCOL"},
                 {77, "EX_NOPERM"},
                 {78, "EX_CONFIG"},
                 {79, "EX_TIMEOUT"},
                 {0, "EX_OK"}}};
  for (const auto& [number, name] : kNames)
    if (number == code) return std::string(name);
  return "status " + std::to_string(code);
}

Error nonsense(const std::string& what) {
  return {ErrorCode::Invalid, "spamd answers nonsense: " + what};
}

// Takes lines off the front of an answer.
class Lines {
 public:
  explicit Lines(std::string_view bytes) : rest_(bytes) {}

  // Nothing at the end, and for a line that is too long.
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const auto end = rest_.find('\n');
    auto line = rest_.substr(0, end);
    if (line.size() > AnswerLimits::kLine) return std::nullopt;
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "SPAMD/1.1 0 EX_OK": the code and what follows it.
Result<Done> readStatus(std::optional<std::string_view> line) {
  if (!line || !line->starts_with("SPAMD/")) return nonsense("no status line");
  const auto words = split(*line, ' ');
  const auto code = words.size() > 1 ? parseNumber(words[1]) : std::nullopt;
  if (!code) return nonsense("no status: " + printable(line->substr(0, 80)));
  if (*code == 0) return Done{};
  const auto at = line->find(words[1]) + words[1].size();
  return Error{ErrorCode::Unavailable,
               "spamd answers " + statusName(*code) + ": " +
                   printable(trim(line->substr(at)).substr(0, 200))};
}

// "True ; 7.5 / 5.0"
bool readJudgement(std::string_view value, Answer& answer) {
  const auto semicolon = value.find(';');
  const auto slash = value.find('/');
  if (semicolon == std::string_view::npos || slash == std::string_view::npos ||
      slash < semicolon)
    return false;
  const auto score =
      parseDecimal(trim(value.substr(semicolon + 1, slash - semicolon - 1)));
  const auto threshold = parseDecimal(trim(value.substr(slash + 1)));
  if (!score || !threshold) return false;
  answer.judged = true;
  answer.score = *score;
  answer.threshold = *threshold;
  return true;
}

bool says(std::string_view list, std::string_view word) {
  const auto parts = split(list, ',');
  return std::any_of(parts.begin(), parts.end(), [word](auto part) {
    return trim(part) == word;
  });
}

struct Head {
  std::optional<std::uint64_t> length;
};

Result<Head> readHead(Lines& lines, Answer& answer) {
  Head head;
  for (std::size_t count = 0;; ++count) {
    const auto line = lines.next();
    if (line && line->empty()) return head;
    // PING and an old spamd end with the last field.
    if (!line && lines.rest().empty()) return head;
    const auto colon = line ? line->find(':') : std::string_view::npos;
    if (colon == std::string_view::npos || count == AnswerLimits::kLines)
      return nonsense("no header field");
    const auto name = line->substr(0, colon);
    const auto value = trim(line->substr(colon + 1));
    if (equalsIgnoringCase(name, "Content-length")) {
      head.length = parseNumber(value);
      if (!head.length) return nonsense("no length");
    } else if (equalsIgnoringCase(name, "Spam")) {
      if (!readJudgement(value, answer))
        return nonsense("no score: " + printable(value.substr(0, 80)));
    } else if (equalsIgnoringCase(name, "DidSet")) {
      answer.learned = says(value, "local");
    } else if (equalsIgnoringCase(name, "DidRemove")) {
      answer.forgot = says(value, "local");
    }
  }
}

bool isRuleName(std::string_view text) {
  return !text.empty() && text.size() <= kMostRuleName &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace

Result<std::string> requestHead(const Request& request, std::size_t length) {
  if (!isUser(request.user))
    return Error{ErrorCode::Invalid, "no name of a user for spamd"};
  std::string head(verbName(request.verb));
  head += " SPAMC/1.5\r\n";
  if (request.verb != Verb::Ping) {
    if (!request.user.empty()) head += "User: " + request.user + "\r\n";
    if (request.verb == Verb::Tell) head += lessonFields(request.lesson);
    head += "Content-length: " + std::to_string(length) + "\r\n";
  }
  return head + "\r\n";
}

Result<Answer> parseAnswer(std::string_view bytes, Verb verb) {
  if (bytes.empty())
    return Error{ErrorCode::Unavailable, "spamd closed without an answer"};
  Answer answer;
  Lines lines(bytes);
  auto status = readStatus(lines.next());
  if (!status) return std::move(status).error();
  const auto head = readHead(lines, answer);
  if (!head) return head.error();
  const auto body = lines.rest();
  if (head->length && body.size() < *head->length)
    return Error{ErrorCode::Unavailable, "spamd broke off its answer"};
  answer.body = body.substr(0, head->length.value_or(body.size()));
  const bool judges = verb != Verb::Ping && verb != Verb::Tell;
  if (judges && !answer.judged) return nonsense("no score");
  return answer;
}

std::vector<std::string> ruleNames(std::string_view symbols) {
  std::vector<std::string> names;
  for (const auto part : split(symbols, ',')) {
    if (names.size() == kMostRules) break;
    if (isRuleName(trim(part))) names.emplace_back(trim(part));
  }
  return names;
}

std::vector<std::string> ruleNamesOfReport(std::string_view report) {
  std::vector<std::string> names;
  for (const auto line : split(report, '\n')) {
    if (names.size() == kMostRules) break;
    std::string_view rest = trim(line);
    const auto points = rest.substr(0, rest.find(' '));
    if (!parseDecimal(points)) continue;
    rest = trim(rest.substr(points.size()));
    const auto name = rest.substr(0, rest.find(' '));
    // A rule's name has a letter, and no small one.
    if (isRuleName(name) && name.size() > 1 &&
        std::any_of(name.begin(), name.end(), [](char c) {
          return c >= 'A' && c <= 'Z';
        }))
      names.emplace_back(name);
  }
  return names;
}

}  // namespace mailreeve::spam
