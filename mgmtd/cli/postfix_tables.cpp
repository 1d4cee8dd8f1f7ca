#include "mgmtd/cli/postfix_tables.h"

#include "core/base/text.h"

namespace mailreeve::cli {

namespace {

constexpr std::size_t kMost = 16U << 20U;

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

// Takes one word up to a blank, comma or (for keys) colon; quotes hold blanks.
std::string takeWord(std::string_view& rest, std::string_view ends) {
  std::string word;
  bool quoted = false;
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && ends.find(c) != std::string_view::npos)
      break;
    else
      word += c;
    rest.remove_prefix(1);
  }
  return word;
}

std::string problemOf(const TableLine& line) {
  if (line.key.empty()) return "has no name before the targets";
  if (line.targets.empty()) return "has no target";
  for (const auto& target : line.targets) {
    if (target.starts_with('|')) return "pipes to a command: " + target;
    if (target.starts_with('/')) return "delivers to a file: " + target;
    if (startsWithIgnoringCase(target, ":include:"))
      return "includes a file: " + target;
  }
  return "";
}

TableLine parseLogicalLine(std::size_t number, std::string_view rest) {
  TableLine line;
  line.line = number;
  line.key = takeWord(rest, " \t:");
  while (!rest.empty() && (isBlank(rest.front()) || rest.front() == ':')) {
    const bool colon = rest.front() == ':';
    rest.remove_prefix(1);
    if (colon) break;  // The next colon belongs to a target (:include:).
  }
  while (!rest.empty()) {
    if (isBlank(rest.front()) || rest.front() == ',') {
      rest.remove_prefix(1);
      continue;
    }
    line.targets.push_back(takeWord(rest, " \t,"));
  }
  line.problem = problemOf(line);
  return line;
}

}  // namespace

Result<std::vector<TableLine>> parsePostfixTable(std::string_view text) {
  if (text.size() > kMost)
    return Error{ErrorCode::Invalid, "larger than 16 MiB"};
  std::vector<TableLine> lines;
  std::string logical;
  std::size_t began = 0;
  std::size_t number = 0;
  const auto finish = [&] {
    if (!logical.empty()) lines.push_back(parseLogicalLine(began, logical));
    logical.clear();
  };
  for (auto physical : split(text, '\n')) {
    ++number;
    if (physical.ends_with('\r')) physical.remove_suffix(1);
    const auto content = trim(physical);
    if (content.empty() || content.front() == '#') continue;
    if (!isBlank(physical.front())) {
      finish();
      began = number;
    }
    logical.append(logical.empty() ? "" : " ").append(content);
  }
  finish();
  return lines;
}

}  // namespace mailreeve::cli
