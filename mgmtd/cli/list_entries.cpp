#include "mgmtd/cli/list_entries.h"

#include <array>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/config/text_kinds.h"
#include "mgmtd/cli/csv.h"
#include "mgmtd/cli/managed_file.h"

namespace mailreeve::cli {

namespace {

using config::ListAction;
using config::ListEntry;
using config::ListProof;
using config::TextKind;

constexpr std::size_t kMost = 16U << 20U;
constexpr std::array kColumns = {"list",
                                 "name",
                                 "criterion",
                                 "value",
                                 "action",
                                 "expires",
                                 "proof",
                                 "note",
                                 "enabled"};
constexpr std::array kProofs = {"none", "spf", "dkim", "dmarc"};

struct Criterion {
  std::string_view key;
  std::string ListEntry::*field;
  TextKind kind;
};

constexpr std::array kCriteria = {
    Criterion{"ip", &ListEntry::ip, TextKind::Ip},
    Criterion{"network", &ListEntry::network, TextKind::Network},
    Criterion{"sender", &ListEntry::sender, TextKind::AddressPattern},
    Criterion{"recipient", &ListEntry::recipient, TextKind::AddressPattern},
    Criterion{"domain", &ListEntry::domain, TextKind::DomainPattern}};

const Criterion* criterionOf(const ListEntry& entry) {
  for (const auto& each : kCriteria)
    if (!(entry.*each.field).empty()) return &each;
  return nullptr;
}

const char* proofName(ListProof proof) {
  return kProofs.at(static_cast<std::size_t>(proof));
}

std::string entryYaml(ListKind list, const ListEntry& entry) {
  std::string out = "    - {name: " + quoted(entry.name) + ", " +
                    criterionKey(entry) + ": " + quoted(criterionValue(entry));
  if (list == ListKind::Block && entry.action == ListAction::Discard)
    out += ", action: discard";
  if (entry.proof != ListProof::None)
    out += std::string(", proof: ") + proofName(entry.proof);
  if (!entry.expires.empty()) out += ", expires: " + quoted(entry.expires);
  if (!entry.note.empty()) out += ", note: " + quoted(entry.note);
  if (!entry.enabled) out += ", enabled: false";
  return out + "}\n";
}

std::string listYaml(ListKind list, const std::vector<ListEntry>& entries) {
  if (entries.empty()) return "";
  std::string out = std::string("  ") + name(list) + ":\n";
  for (const auto& entry : entries) out += entryYaml(list, entry);
  return out;
}

// CSV ---------------------------------------------------------------------

std::string csvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return "\"" + replaceAll(text, "\"", "\"\"") + "\"";
}

using Places = std::array<std::size_t, kColumns.size()>;

Result<Places> placesOf(const std::vector<std::string>& names) {
  Places places;
  places.fill(SIZE_MAX);
  for (std::size_t i = 0; i < names.size(); ++i) {
    bool known = false;
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
      if (names[i] != kColumns.at(column)) continue;
      known = places.at(column) == SIZE_MAX;
      places.at(column) = i;
    }
    if (!known)
      return Error{ErrorCode::Invalid,
                   "line 1: column '" + printable(names[i]) +
                       "' is unknown or comes twice"};
  }
  if (places[2] == SIZE_MAX || places[3] == SIZE_MAX)
    return Error{ErrorCode::Invalid,
                 "line 1: the columns criterion and value are needed"};
  return places;
}

// The words of a record that are no free text; empty when all are good.
std::string readWords(ListLine& line,
                      const std::string& list,
                      const std::string& action,
                      const std::string& proof,
                      const std::string& enabled) {
  if (list == "allow")
    line.list = ListKind::Allow;
  else if (!list.empty() && list != "block")
    return "list: must be allow or block";
  if (action == "discard")
    line.entry.action = ListAction::Discard;
  else if (!action.empty() && action != "reject")
    return "action: must be reject or discard";
  bool known = proof.empty();
  for (std::size_t i = 0; i < kProofs.size(); ++i) {
    if (proof != kProofs.at(i)) continue;
    line.entry.proof = static_cast<ListProof>(i);
    known = true;
  }
  if (!known) return "proof: must be none, spf, dkim or dmarc";
  if (enabled == "no" || enabled == "false" || enabled == "0")
    line.entry.enabled = false;
  else if (!enabled.empty() && enabled != "yes" && enabled != "true" &&
           enabled != "1")
    return "enabled: must be yes or no";
  return "";
}

ListLine readRecord(const CsvRecord& record, const Places& places) {
  const auto field = [&](std::size_t column) {
    const std::size_t place = places.at(column);
    return place == SIZE_MAX ? std::string()
                             : std::string(trim(record.fields[place]));
  };
  ListLine line;
  line.line = record.line;
  line.problem = readWords(
      line, lower(field(0)), lower(field(4)), lower(field(6)), lower(field(8)));
  line.entry.name = field(1).empty() ? field(3) : field(1);
  line.entry.expires = field(5);
  line.entry.note = field(7);
  if (!setCriterion(line.entry, lower(field(2)), field(3)) &&
      line.problem.empty())
    line.problem =
        "criterion: must be ip, network, sender, recipient or domain";
  if (line.problem.empty()) line.problem = problemOf(line.list, line.entry);
  return line;
}

// Access tables -----------------------------------------------------------

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

void setAddress(ListLine& line, const std::string& key, AccessKind kind) {
  std::string pattern = key;
  if (key.starts_with('.'))
    pattern = "*@*" + key;
  else if (key.ends_with('@'))
    pattern = key + "*";
  else if (key.find('@') == std::string::npos && key != "<>")
    pattern = "*@" + key;
  (kind == AccessKind::Sender ? line.entry.sender : line.entry.recipient) =
      pattern;
}

ListLine readAccessLine(std::size_t number,
                        std::string_view text,
                        AccessKind kind) {
  ListLine line;
  line.line = number;
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const std::string key(text.substr(0, end));
  const auto action = trim(text.substr(end));
  const auto meaning = meaningOf(action);
  line.entry.name = key;
  if (kind == AccessKind::Client)
    setClient(line, key);
  else
    setAddress(line, key, kind);
  if (!line.problem.empty()) return line;
  if (!meaning) {
    line.problem =
        "the action " + printable(action.substr(0, 40)) + " has no counterpart";
    return line;
  }
  line.list = meaning->first;
  line.entry.action = meaning->second;
  line.problem = problemOf(line.list, line.entry);
  return line;
}

// The key of an access table for the entry; empty: there is none.
std::string accessKey(const ListEntry& entry, AccessKind kind) {
  if (kind == AccessKind::Client)
    return entry.ip.empty() ? entry.network : entry.ip;
  std::string pattern =
      kind == AccessKind::Sender ? entry.sender : entry.recipient;
  if (kind == AccessKind::Sender && !entry.domain.empty())
    pattern = "*@" + entry.domain;
  if (pattern.starts_with("*@*."))
    pattern.erase(0, 3);
  else if (pattern.starts_with("*@"))
    pattern.erase(0, 2);
  else if (pattern.ends_with("@*"))
    pattern.pop_back();
  return pattern.find('*') == std::string::npos ? pattern : "";
}

std::string accessLines(ListKind list,
                        const std::vector<ListEntry>& entries,
                        AccessKind kind) {
  std::string out;
  for (const auto& entry : entries) {
    const std::string key = accessKey(entry, kind);
    const char* action = list == ListKind::Allow               ? "OK"
                         : entry.action == ListAction::Discard ? "DISCARD"
                                                               : "REJECT";
    const bool concerned =
        kind == AccessKind::Client
            ? !key.empty()
            : !(kind == AccessKind::Sender ? entry.sender + entry.domain
                                           : entry.recipient)
                   .empty();
    if (!concerned) continue;
    if (key.empty() || !entry.enabled || entry.proof != ListProof::None)
      out += "# " + entry.name + ": " +
             (!entry.enabled ? "disabled"
              : key.empty()  ? "more than one wildcard"
                             : "holds with proof only") +
             "\n# " + criterionValue(entry) + "\t" + action + "\n";
    else
      out += key + "\t" + action + "\n";
  }
  return out;
}

}  // namespace

const char* name(ListKind list) {
  return list == ListKind::Allow ? "allow" : "block";
}

std::string criterionKey(const ListEntry& entry) {
  const auto* criterion = criterionOf(entry);
  return criterion == nullptr ? "" : std::string(criterion->key);
}

std::string criterionValue(const ListEntry& entry) {
  const auto* criterion = criterionOf(entry);
  return criterion == nullptr ? "" : entry.*criterion->field;
}

bool setCriterion(ListEntry& entry,
                  std::string_view key,
                  const std::string& value) {
  for (const auto& each : kCriteria) {
    if (each.key != key) continue;
    entry.*each.field = value;
    return true;
  }
  return false;
}

std::string problemOf(ListKind list, const ListEntry& entry) {
  const auto* criterion = criterionOf(entry);
  if (criterion == nullptr) return "has no value";
  if (list == ListKind::Block && criterion->key == "domain")
    return "domain: is for the allow list; block the sender *@" + entry.domain;
  const auto wrong = [](std::string_view key, const std::string& what) {
    return what.empty() ? "" : std::string(key) + ": " + what;
  };
  std::string problem =
      wrong(criterion->key,
            config::checkText(criterion->kind, entry.*criterion->field));
  if (problem.empty())
    problem = wrong("name", config::checkText(TextKind::Name, entry.name));
  if (problem.empty() && !entry.expires.empty())
    problem = wrong("expires", config::checkText(TextKind::Day, entry.expires));
  if (problem.empty())
    problem = wrong("note", config::checkText(TextKind::Free, entry.note));
  return problem;
}

std::string listsYaml(const config::Lists& lists) {
  if (lists.allow.empty() && lists.block.empty()) return "";
  return "# Written by `mgmtctl list`.\nlists:\n" +
         listYaml(ListKind::Allow, lists.allow) +
         listYaml(ListKind::Block, lists.block);
}

Result<std::vector<ListLine>> parseListCsv(std::string_view text) {
  if (text.size() > kMost)
    return Error{ErrorCode::Invalid, "larger than 16 MiB"};
  std::vector<CsvProblem> problems;
  const CsvTable table = parseCsv(text, problems);
  auto places = placesOf(table.columns);
  if (!places) return std::move(places).error();
  std::vector<ListLine> lines;
  for (const auto& problem : problems)
    lines.push_back({problem.line, ListKind::Block, {}, problem.what});
  for (const auto& record : table.records)
    lines.push_back(readRecord(record, *places));
  return lines;
}

std::string listCsv(const config::Lists& lists) {
  std::string out;
  for (const char* column : kColumns)
    out += (out.empty() ? "" : ",") + std::string(column);
  out += "\n";
  for (const auto list : {ListKind::Allow, ListKind::Block}) {
    const bool allow = list == ListKind::Allow;
    for (const auto& entry : allow ? lists.allow : lists.block)
      out += std::string(name(list)) + "," + csvField(entry.name) + "," +
             criterionKey(entry) + "," + csvField(criterionValue(entry)) + "," +
             (allow                                 ? ""
              : entry.action == ListAction::Discard ? "discard"
                                                    : "reject") +
             "," + entry.expires + "," + (allow ? proofName(entry.proof) : "") +
             "," + csvField(entry.note) + "," + (entry.enabled ? "yes" : "no") +
             "\n";
  }
  return out;
}

Result<std::vector<ListLine>> parseAccessMap(std::string_view text,
                                             AccessKind kind) {
  if (text.size() > kMost)
    return Error{ErrorCode::Invalid, "larger than 16 MiB"};
  std::vector<ListLine> lines;
  std::string logical;
  std::size_t began = 0;
  std::size_t number = 0;
  const auto finish = [&] {
    if (!logical.empty()) lines.push_back(readAccessLine(began, logical, kind));
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

std::string accessMap(const config::Lists& lists, AccessKind kind) {
  return accessLines(ListKind::Allow, lists.allow, kind) +
         accessLines(ListKind::Block, lists.block, kind);
}

}  // namespace mailreeve::cli
