// mgmtctl account import: many accounts from a CSV file, all or none.
//
// Everything is checked before the first password is hashed, which takes its
// time; every problem is named with its line.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/password.h"
#include "mgmtd/cli/account.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/csv.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

constexpr std::size_t kFile = std::size_t{64} << 20U;
constexpr std::size_t kRows = 500;  // Of one request.

struct Options {
  std::string file;
  bool dryRun = false;
};

// One account of the file; either of the two passwords is set.
struct Entry {
  std::size_t line = 0;
  std::string address;
  std::string displayName;
  bool enabled = true;
  store::Secret password;
  std::string hash;
  std::string scram;
};

struct Columns {
  std::size_t address = SIZE_MAX;
  std::size_t password = SIZE_MAX;
  std::size_t passwordHash = SIZE_MAX;
  std::size_t displayName = SIZE_MAX;
  std::size_t enabled = SIZE_MAX;
};

Result<Columns> readColumns(const std::vector<std::string>& names) {
  Columns columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t* place = names[i] == "address"         ? &columns.address
                         : names[i] == "password"      ? &columns.password
                         : names[i] == "password_hash" ? &columns.passwordHash
                         : names[i] == "display_name"  ? &columns.displayName
                         : names[i] == "enabled"       ? &columns.enabled
                                                       : nullptr;
    if (place == nullptr || *place != SIZE_MAX)
      return Error{ErrorCode::Invalid,
                   "line 1: column '" + printable(names[i]) +
                       (place == nullptr ? "' is unknown" : "' comes twice") +
                       "; there are address, password, password_hash, "
                       "display_name and enabled"};
    *place = i;
  }
  if (columns.address == SIZE_MAX ||
      (columns.password == SIZE_MAX && columns.passwordHash == SIZE_MAX))
    return Error{ErrorCode::Invalid,
                 "line 1: the columns address and password or password_hash "
                 "are needed"};
  return columns;
}

std::string take(CsvRecord& record, std::size_t column) {
  if (column == SIZE_MAX) return "";
  return std::exchange(record.fields[column], "");
}

Result<bool> readFlag(const std::string& text) {
  const std::string word = lower(trim(text));
  if (word.empty() || word == "yes" || word == "true" || word == "1")
    return true;
  if (word == "no" || word == "false" || word == "0") return false;
  return Error{ErrorCode::Invalid,
               "enabled: must be yes or no, is " + printable(text)};
}

Result<Entry> readEntry(CsvRecord& record, const Columns& columns) {
  Entry entry;
  entry.line = record.line;
  entry.address = trim(take(record, columns.address));
  entry.displayName = trim(take(record, columns.displayName));
  entry.password = store::Secret(take(record, columns.password));
  entry.hash = trim(take(record, columns.passwordHash));
  auto enabled = readFlag(take(record, columns.enabled));
  if (!enabled) return std::move(enabled).error();
  entry.enabled = *enabled;
  if (entry.hash.empty() == entry.password.view().empty())
    return Error{ErrorCode::Invalid,
                 "either a password or a password hash is needed"};
  if (!entry.hash.empty()) {
    auto checked = store::checkForeignHash(entry.hash);
    if (!checked) return std::move(checked).error();
    entry.hash = std::move(*checked);
  } else if (auto fit = store::checkPassword(entry.password.view()); !fit) {
    return std::move(fit).error();
  }
  return entry;
}

Result<std::vector<Entry>> readEntries(const std::string& path,
                                       std::vector<CsvProblem>& problems) {
  auto text = readFile(path, kFile);
  if (!text) return std::move(text).error();
  const store::Secret bytes(std::move(*text));
  CsvTable table = parseCsv(bytes.view(), problems);
  auto columns = readColumns(table.columns);
  if (!columns) return std::move(columns).error().within(path);
  std::vector<Entry> entries;
  for (auto& record : table.records) {
    auto entry = readEntry(record, *columns);
    if (entry)
      entries.push_back(std::move(*entry));
    else
      problems.push_back({record.line, entry.error().what});
  }
  return entries;
}

// Looks like a hash, for the first pass.
std::string placeholder() {
  return "{SHA512-CRYPT}$6$" + std::string(100, '.');
}

json rowOf(const Entry& entry) {
  return {{"line", entry.line},
          {"address", entry.address},
          {"display_name", entry.displayName},
          {"enabled", entry.enabled},
          {"password", entry.hash.empty() ? placeholder() : entry.hash},
          {"scram", entry.scram}};
}

Result<json> send(Management& management,
                  const std::vector<Entry>& entries,
                  bool dryRun) {
  json token;
  for (std::size_t from = 0; from == 0 || from < entries.size();
       from += kRows) {
    json rows = json::array();
    for (std::size_t i = from; i < std::min(from + kRows, entries.size()); ++i)
      rows.push_back(rowOf(entries[i]));
    auto gathered = management.ask({{"do", "account_import_rows"},
                                    {"import", token},
                                    {"rows", std::move(rows)}});
    if (!gathered) return gathered;
    token = (*gathered)["import"];
  }
  return management.ask({{"do", "account_import_commit"},
                         {"import", token},
                         {"dry_run", dryRun}});
}

// On all processors; says how far it is on a terminal.
Result<Done> hashAll(std::vector<Entry>& entries) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> failed;
  const bool tell = ::isatty(STDERR_FILENO) != 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < entries.size(); i = next++) {
      auto& entry = entries[i];
      if (!entry.hash.empty()) continue;
      auto hash = store::hashPassword(entry.password.view());
      auto scram = store::scramSecret(entry.password.view());
      const std::lock_guard lock(mutex);
      if (!hash || !scram) {
        failed = !hash ? hash.error() : scram.error();
        return;
      }
      entry.hash = std::move(*hash);
      entry.scram = std::move(*scram);
      if (tell && i % 20 == 0)
        std::cerr << "\rPasswords: " << i << " of " << entries.size()
                  << std::flush;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency());
         ++i)
      threads.emplace_back(work);
  }
  if (tell) std::cerr << "\r\x1b[K" << std::flush;
  if (failed) return *failed;
  return Done{};
}

Exit report(const Context& context, std::vector<CsvProblem> problems) {
  std::sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) {
    return a.line < b.line;
  });
  json list = json::array();
  for (const auto& problem : problems) {
    list.push_back({{"line", problem.line}, {"what", problem.what}});
    if (!context.json)
      std::cerr << "mgmtctl: line " << problem.line << ": " << problem.what
                << '\n';
  }
  if (context.json)
    printJson(context, {{"added", 0}, {"problems", std::move(list)}});
  else
    std::cerr << "mgmtctl: nothing was imported\n";
  return Exit::Failed;
}

void addProblems(const json& answer, std::vector<CsvProblem>& problems) {
  for (const auto& problem : answer["problems"])
    problems.push_back({problem["line"].get<std::size_t>(), problem["what"]});
}

Exit succeed(const Context& context, const json& answer, bool dryRun) {
  const auto count = answer[dryRun ? "checked" : "added"].get<std::size_t>();
  if (context.json)
    printJson(
        context,
        {{dryRun ? "checked" : "added", count}, {"problems", json::array()}});
  else
    std::cout << count
              << (dryRun ? " accounts can be imported\n"
                         : " accounts imported\n");
  return Exit::Done;
}

Exit import(const Context& context, const Options& options) {
  std::vector<CsvProblem> problems;
  auto entries = readEntries(options.file, problems);
  if (!entries) return fail(context, entries.error());

  Management management(context);
  auto checked = send(management, *entries, true);
  if (!checked) return fail(context, checked.error());
  addProblems(*checked, problems);
  if (!problems.empty()) return report(context, std::move(problems));
  if (options.dryRun) return succeed(context, *checked, true);

  auto hashed = hashAll(*entries);
  if (!hashed) return fail(context, hashed.error());
  auto added = send(management, *entries, false);
  if (!added) return fail(context, added.error());
  addProblems(*added, problems);  // Somebody else was quicker.
  if (!problems.empty()) return report(context, std::move(problems));
  return succeed(context, *added, false);
}

}  // namespace

void addAccountImport(CLI::App& account, Context& context) {
  CLI::App* command =
      account.add_subcommand("import", "Add the accounts of a CSV file");
  auto options = std::make_shared<Options>();
  command
      ->add_option("file",
                   options->file,
                   "Columns: address, password or password_hash, "
                   "display_name, enabled")
      ->required()
      ->type_name("FILE.csv");
  command->add_flag("--dry-run", options->dryRun, "Only check");
  command->callback([&context, options] {
    context.run = [&context, options] { return import(context, *options); };
  });
}

}  // namespace mailreeve::cli
