// mgmtctl list: the allow and block lists, with how often each entry decided.
//
// What is added goes to managed/lists.yaml and takes effect by apply; entries
// of other files are shown, never touched.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/store/list_hits.h"
#include "mgmtd/cli/access_table.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/list_entries.h"
#include "mgmtd/cli/managed_file.h"
#include "mgmtd/cli/settings.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

namespace fs = std::filesystem;
using config::ListEntry;
using config::Lists;
using nlohmann::json;

struct Options {
  std::string list;  // "allow" or "block"; empty: both.
  std::string text;  // Searched for; or the name of an entry.
  std::string file;
  std::string format = "csv";
  std::string kind = "client";
  std::map<std::string, std::string> criteria;  // Key -> value, as given.
  ListEntry entry;
  std::string action = "reject";
  std::string proof = "none";
  bool dryRun = false;
};

using Hits = std::map<std::pair<std::string, std::string>, store::ListHit>;

std::vector<ListEntry>& entriesOf(Lists& lists, ListKind list) {
  return list == ListKind::Allow ? lists.allow : lists.block;
}

const std::vector<ListEntry>& entriesOf(const Lists& lists, ListKind list) {
  return list == ListKind::Allow ? lists.allow : lists.block;
}

ListKind kindOf(const std::string& list) {
  return list == "allow" ? ListKind::Allow : ListKind::Block;
}

fs::path managedPath(const Context& context) {
  return context.paths.config / "managed" / "lists.yaml";
}

// The entries that commands have written.
Lists readManaged(const Context& context) {
  const auto path = managedPath(context);
  const auto text = readFile(path);
  if (!text) return {};
  return config::parse({{path.string(), *text, false}}).settings.lists;
}

bool holds(const Lists& lists, ListKind list, const std::string& name) {
  const auto& entries = entriesOf(lists, list);
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return equalsIgnoringCase(entry.name, name);
  });
}

Result<Hits> readHits(const Context& context) {
  auto rows = store::readListHits(context.paths.countersDatabase());
  if (!rows) return std::move(rows).error();
  Hits hits;
  for (auto& row : *rows) hits[{row.list, row.name}] = row;
  return hits;
}

std::string minuteOf(TimePoint time) {
  return time == TimePoint{} ? "-" : localTime(time, "%Y-%m-%d %H:%M");
}

// Showing -----------------------------------------------------------------

// An entry, whence it is and what it did.
struct Shown {
  ListKind list;
  const ListEntry* entry;
  bool managed;
  const store::ListHit* hit;  // Null: not counted yet.
};

bool contains(const std::string& text, const std::string& part) {
  return lower(text).find(lower(part)) != std::string::npos;
}

std::vector<Shown> select(const Lists& lists,
                          const Lists& managed,
                          const Hits& hits,
                          const Options& options,
                          bool wholeName) {
  std::vector<Shown> found;
  for (const auto list : {ListKind::Allow, ListKind::Block}) {
    if (!options.list.empty() && options.list != name(list)) continue;
    for (const auto& entry : entriesOf(lists, list)) {
      const bool fits =
          wholeName ? equalsIgnoringCase(entry.name, options.text)
                    : contains(entry.name, options.text) ||
                          contains(criterionValue(entry), options.text) ||
                          contains(entry.note, options.text);
      if (!fits) continue;
      const auto hit = hits.find({name(list), entry.name});
      found.push_back({list,
                       &entry,
                       holds(managed, list, entry.name),
                       hit == hits.end() ? nullptr : &hit->second});
    }
  }
  return found;
}

std::string actionOf(const Shown& shown) {
  static constexpr const char* kProofs[] = {"", "spf", "dkim", "dmarc"};
  const auto& entry = *shown.entry;
  if (!entry.enabled) return "disabled";
  if (shown.list == ListKind::Block)
    return entry.action == config::ListAction::Discard ? "discard" : "reject";
  const std::string proof = kProofs[static_cast<std::size_t>(entry.proof)];
  return proof.empty() ? "allow" : "allow if " + proof;
}

json jsonOf(const Shown& shown) {
  const auto seconds = [](TimePoint time) {
    return std::chrono::system_clock::to_time_t(time);
  };
  const auto& entry = *shown.entry;
  json out{{"list", name(shown.list)},
           {"name", entry.name},
           {"criterion", criterionKey(entry)},
           {"value", criterionValue(entry)},
           {"action", actionOf(shown)},
           {"enabled", entry.enabled},
           {"expires", entry.expires},
           {"note", entry.note},
           {"managed", shown.managed},
           {"hits", shown.hit == nullptr ? 0 : shown.hit->hits}};
  if (shown.hit != nullptr) {
    out["counted_since"] = seconds(shown.hit->since);
    if (shown.hit->last != TimePoint{})
      out["last_hit"] = seconds(shown.hit->last);
  }
  return out;
}

void printTable(const std::vector<Shown>& found) {
  Table table({"LIST",
               "NAME",
               "CRITERION",
               "VALUE",
               "ACTION",
               "EXPIRES",
               "HITS",
               "LAST HIT",
               "NOTE"});
  for (const auto& shown : found)
    table.add({name(shown.list),
               shown.entry->name,
               criterionKey(*shown.entry),
               criterionValue(*shown.entry),
               actionOf(shown),
               shown.entry->expires.empty() ? "-" : shown.entry->expires,
               shown.hit == nullptr ? "-" : std::to_string(shown.hit->hits),
               shown.hit == nullptr ? "-" : minuteOf(shown.hit->last),
               shown.entry->note});
  std::cout << table.text();
}

void printEntry(const Shown& shown) {
  const auto& entry = *shown.entry;
  const auto line = [](const char* label, const std::string& text) {
    if (!text.empty()) std::cout << label << printable(text) << '\n';
  };
  line("List:      ", name(shown.list));
  line("Name:      ", entry.name);
  line("Criterion: ", criterionKey(entry) + " " + criterionValue(entry));
  line("Action:    ", actionOf(shown));
  line("Expires:   ", entry.expires);
  line("Note:      ", entry.note);
  line("Kept in:   ",
       shown.managed ? "managed/lists.yaml" : "a file of the administrator's");
  if (shown.hit == nullptr) return;
  line(
      "Hits:      ",
      std::to_string(shown.hit->hits) + " since " + minuteOf(shown.hit->since));
  line("Last hit:  ", minuteOf(shown.hit->last));
}

Exit search(const Context& context,
            const Lists& lists,
            const Options& options) {
  auto hits = readHits(context);
  if (!hits) return fail(context, hits.error());
  const auto found = select(lists, readManaged(context), *hits, options, false);
  if (!context.json) {
    printTable(found);
    return Exit::Done;
  }
  json rows = json::array();
  for (const auto& shown : found) rows.push_back(jsonOf(shown));
  printJson(context, {{"entries", rows}});
  return Exit::Done;
}

Exit show(const Context& context, const Lists& lists, const Options& options) {
  auto hits = readHits(context);
  if (!hits) return fail(context, hits.error());
  const auto found = select(lists, readManaged(context), *hits, options, true);
  if (found.empty())
    return fail(context,
                {ErrorCode::NotFound,
                 options.list + ": no entry \"" + options.text + "\""});
  if (context.json)
    printJson(context, jsonOf(found.front()));
  else
    printEntry(found.front());
  return Exit::Done;
}

// Changing ----------------------------------------------------------------

void say(const Context& context, const json& value, const std::string& words) {
  if (context.json)
    printJson(context, value);
  else
    std::cout << words << "; `mgmtctl apply` puts it in force.\n";
}

Result<ListEntry> entryOf(const Options& options, ListKind list) {
  ListEntry entry = options.entry;
  std::size_t given = 0;
  for (const auto& [key, value] : options.criteria) {
    if (value.empty()) continue;
    ++given;
    (void)setCriterion(entry, key, value);
  }
  if (given != 1)
    return Error{ErrorCode::Invalid,
                 "give one of --ip, --network, --sender, --recipient, "
                 "--domain"};
  if (entry.name.empty()) entry.name = criterionValue(entry);
  if (options.action == "discard") entry.action = config::ListAction::Discard;
  entry.proof = options.proof == "spf"     ? config::ListProof::Spf
                : options.proof == "dkim"  ? config::ListProof::Dkim
                : options.proof == "dmarc" ? config::ListProof::Dmarc
                                           : config::ListProof::None;
  if (auto problem = problemOf(list, entry); !problem.empty())
    return Error{ErrorCode::Invalid, std::move(problem)};
  return entry;
}

Exit add(const Context& context, const Lists& lists, const Options& options) {
  const ListKind list = kindOf(options.list);
  auto entry = entryOf(options, list);
  if (!entry) return fail(context, entry.error());
  if (holds(lists, list, entry->name))
    return fail(context,
                {ErrorCode::Invalid,
                 "there is an entry \"" + entry->name +
                     "\" already; --name "
                     "gives this one another"});
  Lists managed = readManaged(context);
  entriesOf(managed, list).push_back(*entry);
  auto done = writeManaged(context, managedPath(context), listsYaml(managed));
  if (!done) return fail(context, done.error());
  say(context,
      {{"added", entry->name}, {"list", options.list}},
      "added \"" + printable(entry->name) + "\" to the " + options.list +
          " list");
  return Exit::Done;
}

Exit removeEntry(const Context& context,
                 const Lists& lists,
                 const Options& options) {
  const ListKind list = kindOf(options.list);
  Lists managed = readManaged(context);
  const auto gone =
      std::erase_if(entriesOf(managed, list), [&](const ListEntry& entry) {
        return equalsIgnoringCase(entry.name, options.text);
      });
  if (gone == 0)
    return fail(context,
                {ErrorCode::NotFound,
                 holds(lists, list, options.text)
                     ? "\"" + options.text +
                           "\" stands in a file of yours; remove it "
                           "there"
                     : options.list + ": no entry \"" + options.text + "\""});
  auto done = writeManaged(context, managedPath(context), listsYaml(managed));
  if (!done) return fail(context, done.error());
  say(context,
      {{"removed", options.text}, {"list", options.list}},
      "removed \"" + printable(options.text) + "\" from the " + options.list +
          " list");
  return Exit::Done;
}

// Moving in and out -------------------------------------------------------

AccessKind accessKind(const Options& options) {
  return options.kind == "sender"      ? AccessKind::Sender
         : options.kind == "recipient" ? AccessKind::Recipient
                                       : AccessKind::Client;
}

Exit importLists(const Context& context,
                 const Lists& lists,
                 const Options& options) {
  auto text = readFile(options.file, std::size_t{16} << 20U);
  if (!text) return fail(context, text.error());
  auto lines = options.format == "csv"
                   ? parseListCsv(*text)
                   : parseAccessMap(*text, accessKind(options));
  if (!lines)
    return fail(context, std::move(lines).error().within(options.file));

  std::unordered_set<std::string> had;
  for (const auto list : {ListKind::Allow, ListKind::Block})
    for (const auto& entry : entriesOf(lists, list))
      had.insert(name(list) + lower(entry.name));
  Lists managed = readManaged(context);
  std::size_t added = 0;
  std::vector<std::string> skipped;
  for (auto& line : *lines) {
    if (line.problem.empty() &&
        !had.insert(name(line.list) + lower(line.entry.name)).second)
      line.problem = "exists already";
    if (!line.problem.empty()) {
      skipped.push_back(std::to_string(line.line) + ": " +
                        printable(line.entry.name) + ": " + line.problem);
      continue;
    }
    entriesOf(managed, line.list).push_back(std::move(line.entry));
    ++added;
  }
  if (!options.dryRun && added > 0) {
    auto done = writeManaged(context, managedPath(context), listsYaml(managed));
    if (!done) return fail(context, done.error());
  }
  if (context.json) {
    printJson(
        context,
        {{"added", added}, {"skipped", skipped}, {"dry_run", options.dryRun}});
    return Exit::Done;
  }
  for (const auto& line : skipped)
    std::cerr << options.file << ":" << line << '\n';
  std::cout << added << (options.dryRun ? " would be" : "") << " imported, "
            << skipped.size() << " left alone"
            << (options.dryRun || added == 0
                    ? ".\n"
                    : "; `mgmtctl apply` puts them in force.\n");
  return Exit::Done;
}

Exit exportLists(const Context&, const Lists& lists, const Options& options) {
  Lists chosen = lists;
  if (options.list == "allow") chosen.block.clear();
  if (options.list == "block") chosen.allow.clear();
  std::cout << (options.format == "csv" ? listCsv(chosen)
                : options.format == "yaml"
                    ? listsYaml(chosen)
                    : accessMap(chosen, accessKind(options)));
  return Exit::Done;
}

// The command line --------------------------------------------------------

using Action = Exit (*)(const Context&, const Lists&, const Options&);

CLI::App* addAction(CLI::App& parent,
                    Context& context,
                    const std::shared_ptr<Options>& options,
                    const char* name,
                    const char* help,
                    Action action) {
  CLI::App* command = parent.add_subcommand(name, help);
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      auto settings = loadSettings(context);
      if (!settings) return Exit::InvalidSettings;
      return action(context, settings->lists, *options);
    };
  });
  return command;
}

CLI::Option* addWhich(CLI::App* command, Options& options) {
  return command->add_option("LIST", options.list, "allow or block")
      ->check(CLI::IsMember({"allow", "block"}))
      ->required();
}

void addOnly(CLI::App* command, Options& options) {
  command->add_option("--list", options.list, "Only this list")
      ->check(CLI::IsMember({"allow", "block"}));
}

void addFormat(CLI::App* command,
               Options& options,
               const std::vector<std::string>& formats) {
  command->add_option("--format", options.format, "How the entries are written")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
  command
      ->add_option(
          "--kind", options.kind, "What the keys of an access table are")
      ->check(CLI::IsMember({"client", "sender", "recipient"}))
      ->capture_default_str();
}

void addEntry(CLI::App* command, Options& options) {
  for (const auto& [key, help] : std::map<std::string, std::string>{
           {"ip", "Address of the client"},
           {"network", "Network of the client"},
           {"sender", "Envelope sender, with *"},
           {"recipient", "Envelope recipient, with *"},
           {"domain", "Domain of the envelope sender; allow only"}})
    command->add_option("--" + key, options.criteria[key], help);
  command->add_option(
      "--name", options.entry.name, "Shown in traces; default: the value");
  command->add_option("--action", options.action, "Of the block list")
      ->check(CLI::IsMember({"reject", "discard"}))
      ->capture_default_str();
  command
      ->add_option("--proof",
                   options.proof,
                   "What an allowed sender or domain must show")
      ->check(CLI::IsMember({"none", "spf", "dkim", "dmarc"}))
      ->capture_default_str();
  command->add_option("--expires", options.entry.expires, "The last day")
      ->type_name("YYYY-MM-DD");
  command->add_option("--note", options.entry.note, "For people");
}

}  // namespace

void addList(CLI::App& app, Context& context) {
  CLI::App* list = app.add_subcommand("list", "The allow and block lists");
  list->require_subcommand(1);
  const auto options = std::make_shared<Options>();

  CLI::App* one =
      addAction(*list, context, options, "add", "Add an entry", add);
  addWhich(one, *options);
  addEntry(one, *options);

  one = addAction(*list,
                  context,
                  options,
                  "remove",
                  "Remove an entry that a command has added",
                  removeEntry);
  addWhich(one, *options);
  one->add_option("NAME", options->text, "Of the entry")->required();

  one = addAction(*list,
                  context,
                  options,
                  "search",
                  "List entries, with how often they decided",
                  search);
  one->add_option(
      "TEXT", options->text, "In name, value or note; without it: all");
  addOnly(one, *options);

  one = addAction(*list, context, options, "show", "Show one entry", show);
  addWhich(one, *options);
  one->add_option("NAME", options->text, "Of the entry")->required();

  one = addAction(*list,
                  context,
                  options,
                  "import",
                  "Add the entries of a file; existing names are left alone",
                  importLists);
  one->add_option("FILE", options->file, "The file to read")->required();
  addFormat(one, *options, {"csv", "access"});
  one->add_flag(
      "--dry-run", options->dryRun, "Say what would be imported, and stop");

  one = addAction(
      *list, context, options, "export", "Print the lists", exportLists);
  addOnly(one, *options);
  addFormat(one, *options, {"csv", "access", "yaml"});
}

}  // namespace mailreeve::cli
