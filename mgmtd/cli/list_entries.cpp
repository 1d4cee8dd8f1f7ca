#include "mgmtd/cli/list_entries.h"

#include <array>

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

}  // namespace mailreeve::cli
