#include "mgmtd/cli/access_table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "core/base/network.h"
#include "core/base/text.h"

namespace mailreeve::cli {

namespace {

using config::ListAction;
using config::ListEntry;
using config::ListProof;

constexpr std::size_t kMost = 16U << 20U;

// Reading -----------------------------------------------------------------

// A line with those that go on from it.
struct LogicalLine {
  std::size_t number = 0;  // Of its first, from 1.
  std::string key;
  std::string action;
};

// The keys of a table, in lower case.
using Keys = std::unordered_set<std::string>;

LogicalLine logicalLine(std::size_t number, std::string_view text) {
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  return {number,
          std::string(text.substr(0, end)),
          std::string(trim(text.substr(end)))};
}

std::vector<LogicalLine> logicalLines(std::string_view text) {
  std::vector<LogicalLine> lines;
  std::string logical;
  std::size_t began = 0;
  std::size_t number = 0;
  const auto finish = [&] {
    if (!logical.empty()) lines.push_back(logicalLine(began, logical));
    logical.clear();
  };
  for (const auto physical : split(text, '\n')) {
    ++number;
    const auto content = trim(physical);
    if (content.empty() || content.front() == '#') continue;
    if (physical.front() != ' ' && physical.front() != '\t') {
      finish();
      began = number;
    }
    logical.append(logical.empty() ? "" : " ").append(content);
  }
  finish();
  return lines;
}

// What `action` of access(5) means here; nothing: it has no counterpart.
std::optional<std::pair<ListKind, ListAction>> meaningOf(
    std::string_view action) {
  const auto word = action.substr(0, action.find_first_of(" \t"));
  const auto is = [word](std::string_view name) {
    return equalsIgnoringCase(word, name);
  };
  // Another number by itself says OK: tables that other programs make.
  const auto code = parseNumber(word);
  const bool reply = code && *code >= 400 && *code <= 599;
  if (is("OK") || is("PERMIT") || (!reply && parseNumber(action)))
    return std::pair{ListKind::Allow, ListAction::Reject};
  if (is("REJECT")) return std::pair{ListKind::Block, ListAction::Reject};
  if (is("DISCARD")) return std::pair{ListKind::Block, ListAction::Discard};
  if (reply && *code >= 500)
    return std::pair{ListKind::Block, ListAction::Reject};
  return std::nullopt;
}

// "192.0.2" of access(5) is 192.0.2.0/24.
std::string networkOfOctets(const std::string& key) {
  std::size_t dots = 0;
  for (const char c : key) {
    if (c == '.')
      ++dots;
    else if (c < '0' || c > '9')
      return "";
  }
  if (key.empty() || dots > 2 || key.back() == '.') return "";
  std::string network = key;
  for (std::size_t i = dots; i < 3; ++i) network += ".0";
  return network + "/" + std::to_string(8 * (dots + 1));
}

void setClient(ListLine& line, const std::string& key) {
  if (parseIp(key))
    line.entry.ip = key;
  else if (parseNetwork(key))
    line.entry.network = key;
  else if (auto network = networkOfOctets(key); !network.empty())
    line.entry.network = std::move(network);
  else
    line.problem = "is neither an address nor a network";
}

bool isDomain(const std::string& key) {
  return key.find('@') == std::string::npos && key != "<>" &&
         !key.starts_with('.');
}

void setAddress(ListLine& line, const std::string& key, AccessKind kind) {
  std::string pattern = key;
  if (key.starts_with('.'))
    pattern = "*@*" + key;
  else if (key.ends_with('@'))
    pattern = key + "*";
  else if (isDomain(key))
    pattern = "*@" + key;
  (kind == AccessKind::Sender ? line.entry.sender : line.entry.recipient) =
      pattern;
}

// Of `key`, which is the line's or follows from it.
ListLine listLine(const LogicalLine& logical,
                  const std::string& key,
                  AccessKind kind) {
  ListLine line;
  line.line = logical.number;
  line.entry.name = key;
  if (kind == AccessKind::Client)
    setClient(line, key);
  else
    setAddress(line, key, kind);
  if (!line.problem.empty()) return line;
  const auto meaning = meaningOf(logical.action);
  if (!meaning) {
    line.problem = "the action " + printable(logical.action.substr(0, 40)) +
                   " has no counterpart";
    return line;
  }
  line.list = meaning->first;
  line.entry.action = meaning->second;
  line.problem = problemOf(line.list, line.entry);
  return line;
}

void addLines(std::vector<ListLine>& lines,
              const LogicalLine& logical,
              AccessKind kind,
              const Keys& keys) {
  lines.push_back(listLine(logical, logical.key, kind));
  const std::string below = "." + logical.key;
  if (lines.back().problem.empty() && kind != AccessKind::Client &&
      isDomain(logical.key) && !keys.contains(lower(below)))
    lines.push_back(listLine(logical, below, kind));
}

// Writing -----------------------------------------------------------------

// An entry as a table would have to say it.
struct Key {
  enum class Form { None, Exact, Domain, SubDomains };

  Form form = Form::None;
  std::string text;
};

std::string patternOf(const ListEntry& entry, AccessKind kind) {
  if (kind == AccessKind::Recipient) return entry.recipient;
  return entry.domain.empty() ? entry.sender : "*@" + entry.domain;
}

Key addressKey(std::string_view pattern) {
  const auto domainKey = [&pattern](Key::Form form, std::size_t start) {
    std::string domain = lower(pattern.substr(start));
    const bool plain = domain.find_first_of("*@") == std::string::npos;
    return plain ? Key{form, std::move(domain)} : Key{};
  };
  if (pattern.starts_with("*@*.")) return domainKey(Key::Form::SubDomains, 4);
  if (pattern.starts_with("*@")) return domainKey(Key::Form::Domain, 2);
  if (pattern.starts_with("*.")) return domainKey(Key::Form::SubDomains, 2);
  if (pattern.ends_with("@*")) pattern.remove_suffix(1);
  const bool address =
      pattern == "<>" || pattern.find('@') != std::string_view::npos;
  if (!address || pattern.find('*') != std::string_view::npos) return {};
  return {Key::Form::Exact, std::string(pattern)};
}

// Nothing: the table is not about such entries.
std::optional<Key> keyOf(const ListEntry& entry, AccessKind kind) {
  if (kind == AccessKind::Client) {
    const auto& client = entry.ip.empty() ? entry.network : entry.ip;
    if (client.empty()) return std::nullopt;
    return Key{Key::Form::Exact, client};
  }
  const std::string pattern = patternOf(entry, kind);
  if (pattern.empty()) return std::nullopt;
  return addressKey(pattern);
}

// Why no line can say when the entry holds; empty: it always does.
std::string condition(const ListEntry& entry) {
  if (!entry.enabled) return "disabled";
  if (!entry.expires.empty()) return "holds until " + entry.expires + " only";
  if (entry.proof != ListProof::None) return "holds with proof only";
  return "";
}

// The domains for which entries, in two, say of the domain and of its
// sub-domains the same.
using WholeDomains = std::set<std::pair<std::string, ListAction>>;

WholeDomains wholeDomains(const std::vector<ListEntry>& entries,
                          AccessKind kind) {
  std::map<std::pair<std::string, ListAction>, std::set<Key::Form>> forms;
  for (const auto& entry : entries) {
    const auto key = keyOf(entry, kind);
    if (!key || !condition(entry).empty()) continue;
    if (key->form == Key::Form::Domain || key->form == Key::Form::SubDomains)
      forms[{key->text, entry.action}].insert(key->form);
  }
  WholeDomains whole;
  for (const auto& [domain, had] : forms)
    if (had.size() == 2) whole.insert(domain);
  return whole;
}

// Why no line can say exactly what the entry does; empty: one can.
std::string obstacle(const ListEntry& entry,
                     const Key& key,
                     const WholeDomains& whole) {
  std::string why = condition(entry);
  if (!why.empty() || whole.contains({key.text, entry.action})) return why;
  switch (key.form) {
    case Key::Form::Exact:
      break;
    case Key::Form::Domain:
      return "a line would fit its sub-domains, too; for these add *@*." +
             key.text;
    case Key::Form::SubDomains:
      return "a line would fit " + key.text + " itself, too; for that add *@" +
             key.text;
    case Key::Form::None:
      return "no key fits the same";
  }
  return "";
}

const char* actionOf(ListKind list, const ListEntry& entry) {
  if (list == ListKind::Allow) return "OK";
  return entry.action == ListAction::Discard ? "DISCARD" : "REJECT";
}

std::string accessLines(ListKind list,
                        const std::vector<ListEntry>& entries,
                        AccessKind kind) {
  const auto whole = wholeDomains(entries, kind);
  std::string out;
  for (const auto& entry : entries) {
    const auto key = keyOf(entry, kind);
    if (!key) continue;
    const std::string action = actionOf(list, entry);
    if (const auto why = obstacle(entry, *key, whole); !why.empty())
      out += "# " + entry.name + ": " + why + "\n# " + criterionValue(entry) +
             "\t" + action + "\n";
    else if (key->form != Key::Form::SubDomains)  // The domain's line says it.
      out += key->text + "\t" + action + "\n";
  }
  return out;
}

}  // namespace

Result<std::vector<ListLine>> parseAccessMap(std::string_view text,
                                             AccessKind kind) {
  if (text.size() > kMost)
    return Error{ErrorCode::Invalid, "larger than 16 MiB"};
  const auto logical = logicalLines(text);
  Keys keys;
  for (const auto& line : logical) keys.insert(lower(line.key));
  std::vector<ListLine> lines;
  for (const auto& line : logical) addLines(lines, line, kind, keys);
  return lines;
}

std::string accessMap(const config::Lists& lists, AccessKind kind) {
  return accessLines(ListKind::Allow, lists.allow, kind) +
         accessLines(ListKind::Block, lists.block, kind);
}

}  // namespace mailreeve::cli
