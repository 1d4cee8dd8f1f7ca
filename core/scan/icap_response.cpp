#include "core/scan/icap_response.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace mailreeve::scan {

namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::int64_t kDay = 86400;

Error wrong(const std::string& what) {
  return {ErrorCode::Invalid, "icap: " + what};
}

std::string shown(std::string_view text) {
  return printable(trim(text).substr(0, kLongestName));
}

std::string_view withoutReturn(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// "ICAP/1.0 204 No Content" -> 204. The same form as HTTP's.
std::optional<int> statusOf(std::string_view line, std::string_view protocol) {
  if (line.substr(0, protocol.size()) != protocol) return std::nullopt;
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos || line.size() < blank + 4)
    return std::nullopt;
  const auto digits = line.substr(blank + 1, 3);
  if (!std::all_of(digits.begin(), digits.end(), isDigit)) return std::nullopt;
  if (line.size() > blank + 4 && line[blank + 4] != ' ') return std::nullopt;
  return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

Result<Done> addLine(IcapResponse& response, std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    if (response.fields.empty()) return wrong("a folded line without a field");
    response.fields.back().second += "\n" + std::string(trim(line));
    return Done{};
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0)
    return wrong("\"" + shown(line) + "\" is no header field");
  if (response.fields.size() == IcapLimits::kFields)
    return wrong("too many header fields");
  response.fields.emplace_back(trim(line.substr(0, colon)),
                               trim(line.substr(colon + 1)));
  return Done{};
}

bool lists(const std::string& value, std::string_view word) {
  const auto parts = split(value, ',');
  return std::any_of(parts.begin(), parts.end(), [word](auto part) {
    return equalsIgnoringCase(trim(part), word);
  });
}

// "Type=0; Resolution=2; Threat=Eicar;" -> "Eicar".
std::string threatOf(const std::string& value) {
  constexpr std::string_view kThreat = "Threat=";
  for (const auto part : split(value, ';')) {
    const auto word = trim(part);
    if (startsWithIgnoringCase(word, kThreat))
      return shown(word.substr(kThreat.size()));
  }
  return shown(value);
}

// "1", the file's name, the threat, two numbers: a line each.
std::string violationOf(const std::string& value) {
  const auto lines = split(value, '\n');
  return lines.size() > 2 ? shown(lines[2]) : "violation";
}

}  // namespace

const std::string* IcapResponse::field(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (equalsIgnoringCase(key, name)) return &value;
  return nullptr;
}

std::string IcapResponse::tag() const {
  const auto* const value = field("ISTag");
  return value == nullptr ? "" : shown(unquoted(*value));
}

bool IcapResponse::closes() const {
  const auto* const value = field("Connection");
  return value != nullptr && lists(*value, "close");
}

Result<std::optional<IcapHead>> parseIcapHead(std::string_view bytes) {
  IcapHead head;
  std::size_t at = 0;
  for (;;) {
    const auto end = bytes.substr(0, IcapLimits::kHead).find('\n', at);
    if (end == std::string_view::npos) {
      if (bytes.size() >= IcapLimits::kHead)
        return wrong("the head is too long");
      return std::optional<IcapHead>();
    }
    const auto line = withoutReturn(bytes.substr(at, end - at));
    if (at == 0) {
      const auto code = statusOf(line, "ICAP/1.");
      if (!code) return wrong("\"" + shown(line) + "\" is no status line");
      head.response.code = *code;
      head.response.reason = shown(line.substr(line.find(' ') + 1));
    } else if (line.empty()) {
      head.length = end + 1;
      return std::optional<IcapHead>(std::move(head));
    } else if (auto added = addLine(head.response, line); !added) {
      return std::move(added).error();
    }
    at = end + 1;
  }
}

Result<IcapParts> parseEncapsulated(const IcapResponse& response) {
  IcapParts parts;
  const auto* const value = response.field("Encapsulated");
  if (value == nullptr) return wrong("no Encapsulated field");
  for (const auto part : split(*value, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos)
      return wrong("odd Encapsulated field");
    const auto name = trim(part.substr(0, equals));
    const auto at = parseNumber(trim(part.substr(equals + 1)));
    if (!at || *at > IcapLimits::kHead) return wrong("odd Encapsulated field");
    if (equalsIgnoringCase(name, "res-hdr")) parts.response = true;
    if (equalsIgnoringCase(name, "res-body") ||
        equalsIgnoringCase(name, "req-body")) {
      parts.body = true;
      parts.bodyAt = static_cast<std::size_t>(*at);
    }
    if (equalsIgnoringCase(name, "null-body"))
      parts.bodyAt = static_cast<std::size_t>(*at);
  }
  return parts;
}

std::optional<std::string> infectionOf(const IcapResponse& response) {
  std::string name;
  if (const auto* const value = response.field("X-Infection-Found"))
    name = threatOf(*value);
  else if (const auto* const id = response.field("X-Virus-ID"))
    name = shown(*id);
  else if (const auto* const virus = response.field("X-Virus-Name"))
    name = shown(*virus);
  else if (const auto* const list = response.field("X-Violations-Found"))
    name = violationOf(*list);
  else
    return std::nullopt;
  return name.empty() ? "unnamed" : name;
}

Result<IcapOptions> parseIcapOptions(const IcapResponse& response) {
  if (response.code != 200)
    return Error{ErrorCode::Unavailable,
                 "icap: OPTIONS was answered with " + response.reason};
  const auto* const methods = response.field("Methods");
  if (methods == nullptr) return wrong("OPTIONS without Methods");
  IcapOptions options;
  options.request = lists(*methods, "REQMOD");
  options.response = lists(*methods, "RESPMOD");
  if (!options.request && !options.response)
    return wrong("a service without REQMOD and RESPMOD");
  if (const auto* const allow = response.field("Allow"))
    options.allows204 = lists(*allow, "204");
  if (const auto* const preview = response.field("Preview"))
    if (const auto size = parseNumber(*preview); size && *size <= (1U << 20U))
      options.preview = static_cast<std::size_t>(*size);
  if (const auto* const ttl = response.field("Options-TTL"))
    if (const auto seconds = parseNumber(*ttl))
      options.seconds =
          static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, kDay));
  if (const auto* const service = response.field("Service"))
    options.service = shown(*service);
  options.tag = response.tag();
  return options;
}

std::optional<int> httpStatus(std::string_view head) {
  return statusOf(withoutReturn(head.substr(0, head.find('\n'))), "HTTP/1.");
}

Result<ChunkedComparison::State> ChunkedComparison::take(
    std::string_view bytes) {
  while (!bytes.empty() && at_ != At::End) {
    if (at_ == At::Data) {
      const auto piece = bytes.substr(0, left_);
      same_ = same_ && expected_.substr(0, piece.size()) == piece;
      if (!same_) return State::Different;
      expected_.remove_prefix(piece.size());
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) at_ = At::DataEnd;
      continue;
    }
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (c != '\n') {
      line_.push_back(c);
      if (line_.size() > 1024) return wrong("a chunk's line is too long");
      continue;
    }
    if (auto ended = endLine(); !ended) return std::move(ended).error();
  }
  if (at_ != At::End) return State::More;
  return expected_.empty() ? State::Same : State::Different;
}

Result<Done> ChunkedComparison::endLine() {
  const std::string taken = std::exchange(line_, {});
  const auto line = withoutReturn(taken);
  if (at_ == At::DataEnd) {
    if (!line.empty()) return wrong("a chunk is longer than it says");
    at_ = At::Size;
    return Done{};
  }
  if (at_ == At::Trailer) {
    if (line.empty()) at_ = At::End;
    return Done{};
  }
  const auto number = trim(line.substr(0, line.find(';')));
  const auto* const end = number.data() + number.size();
  const auto [stop, problem] = std::from_chars(number.data(), end, left_, 16);
  if (problem != std::errc() || stop != end || number.empty())
    return wrong("\"" + shown(line) + "\" is no size of a chunk");
  at_ = left_ == 0 ? At::Trailer : At::Data;
  return Done{};
}

}  // namespace mailreeve::scan
