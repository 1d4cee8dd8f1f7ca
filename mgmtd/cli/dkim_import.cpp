// mgmtctl dkim import: the keys of an OpenDKIM that signed before.
//
// Says first what would come of each key; asks, or wants --yes, before it takes
// any. The files of OpenDKIM are only read.
#include <iostream>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

#include "core/auth/dkim/key_file.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/dkim.h"
#include "mgmtd/cli/table.h"
#include "mgmtd/keys/opendkim_tables.h"

namespace mailreeve::cli {

namespace {

using keys::PlannedKey;
using nlohmann::json;

constexpr std::size_t kFile = std::size_t{16} << 20U;

struct Options {
  std::string keyTable;
  std::string signingTable;
  bool dryRun = false;
  bool yes = false;
  bool force = false;
};

struct Candidate {
  PlannedKey plan;
  std::string algorithm;
  std::string pem;  // Never printed.
};

// The rows of one table, or every problem in it as one Error.
template <class Row>
Result<std::vector<Row>> readTable(
    const std::string& path,
    std::vector<Row> (*read)(std::string_view,
                             std::vector<keys::TableProblem>&)) {
  auto text = readFile(path, kFile);
  if (!text) return std::move(text).error();
  std::vector<keys::TableProblem> problems;
  auto rows = read(*text, problems);
  if (problems.empty()) return rows;
  std::vector<std::string> lines;
  lines.reserve(problems.size());
  for (const auto& problem : problems)
    lines.push_back(path + ":" + std::to_string(problem.line) + ": " +
                    problem.what);
  return Error{ErrorCode::Invalid, join(lines, "\n")};
}

// A key that cannot be read stays in the plan, with the reason.
Candidate open(PlannedKey plan) {
  Candidate candidate{std::move(plan), "", ""};
  if (!candidate.plan.usable) return candidate;
  const auto read = dkim::readForeignKeyFile(candidate.plan.path);
  auto pem = read ? read->key.toPem() : Result<std::string>(read.error());
  if (!pem) {
    candidate.plan.usable = false;
    candidate.plan.notes.push_back(pem.error().what);
    return candidate;
  }
  if (read->sharedWithGroup)
    candidate.plan.notes.push_back(
        "a group can use this key, too, so it may be no secret: rotate it "
        "soon");
  candidate.algorithm =
      read->key.algorithm() == dkim::Algorithm::RsaSha256 ? "rsa" : "ed25519";
  candidate.pem = *std::move(pem);
  return candidate;
}

// One key of each kind signs for a domain: the first in the table, as there.
void leaveOutSeconds(std::vector<Candidate>& candidates) {
  std::set<std::pair<std::string, std::string>> taken;
  for (auto& candidate : candidates) {
    auto& plan = candidate.plan;
    if (!plan.usable || taken.emplace(plan.domain, candidate.algorithm).second)
      continue;
    plan.usable = false;
    plan.notes.push_back("a key above signs for all of " + plan.domain +
                         " already");
  }
}

Result<std::vector<Candidate>> plan(Management& management,
                                    const Options& options) {
  auto keyRows = readTable(options.keyTable, keys::readKeyTable);
  if (!keyRows) return std::move(keyRows).error();
  auto signingRows = readTable(options.signingTable, keys::readSigningTable);
  if (!signingRows) return std::move(signingRows).error();
  auto domains = management.ask({{"do", "dkim_domains"}});
  if (!domains) return std::move(domains).error();
  std::vector<Candidate> candidates;
  for (auto& planned :
       keys::planImport(*keyRows, *signingRows, (*domains)["domains"]))
    candidates.push_back(open(std::move(planned)));
  leaveOutSeconds(candidates);
  return candidates;
}

void preview(const std::vector<Candidate>& candidates) {
  Table table({"DOMAIN", "SELECTOR", "KIND", "IMPORT", "KEY"});
  for (const auto& [plan, algorithm, pem] : candidates)
    table.add({plan.domain,
               plan.selector,
               algorithm.empty() ? "?" : algorithm,
               plan.usable ? "yes" : "no",
               plan.path});
  std::cout << table.text();
  for (const auto& candidate : candidates)
    for (const auto& note : candidate.plan.notes)
      std::cout << candidate.plan.domain << ' ' << candidate.plan.selector
                << ": " << note << '\n';
}

json toJson(const std::vector<Candidate>& candidates) {
  json out = json::array();
  for (const auto& [plan, algorithm, pem] : candidates)
    out.push_back({{"domain", plan.domain},
                   {"selector", plan.selector},
                   {"algorithm", algorithm},
                   {"path", plan.path},
                   {"import", plan.usable},
                   {"notes", plan.notes}});
  return out;
}

Exit import(const Context& context, const Options& options) {
  Management management(context);
  const auto candidates = plan(management, options);
  if (!candidates) return fail(context, candidates.error());
  if (!context.json) preview(*candidates);
  if (options.dryRun) {
    if (context.json) printJson(context, {{"plan", toJson(*candidates)}});
    return Exit::Done;
  }
  if (!options.yes && !confirm("Import these keys?"))
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was imported; --yes answers the question"});

  json imported = json::array();
  json problems = json::array();
  std::set<std::string> domains;
  for (const auto& [plan, algorithm, pem] : *candidates) {
    if (!plan.usable) continue;
    auto answer = management.ask({{"do", "dkim_import"},
                                  {"domain", plan.domain},
                                  {"selector", plan.selector},
                                  {"pem", pem},
                                  {"force", options.force}});
    if (answer) {
      imported.push_back(plan.domain + " " + plan.selector);
      domains.insert(plan.domain);
    } else {
      problems.push_back(answer.error().what);
    }
  }
  // Their records are there already, as a rule: no need to wait for the job.
  json notices = json::array();
  for (const auto& domain : domains) {
    auto moved = management.ask({{"do", "dkim_activate"}, {"domain", domain}});
    if (!moved) return fail(context, moved.error());
    for (auto& notice : (*moved)["notices"])
      notices.push_back(std::move(notice));
  }
  if (context.json) {
    printJson(context,
              {{"plan", toJson(*candidates)},
               {"imported", imported},
               {"problems", problems},
               {"notices", notices}});
  } else {
    std::cout << imported.size() << " keys imported\n";
    printNotices(notices);
    for (const auto& problem : problems)
      std::cerr << "mgmtctl: " << problem.get<std::string>() << '\n';
  }
  return problems.empty() ? Exit::Done : Exit::Failed;
}

}  // namespace

void addDkimImport(CLI::App& dkim, Context& context) {
  CLI::App* command =
      dkim.add_subcommand("import", "Take over the keys of an OpenDKIM");
  auto options = std::make_shared<Options>();
  command->add_option("--key-table", options->keyTable, "Its KeyTable")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--signing-table",
                   options->signingTable,
                   "Its SigningTable, also one with patterns (refile:)")
      ->required()
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dryRun, "Only say what would come");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_flag(
      "--force", options->force, "Sign although a record is not seen");
  command->callback([&context, options] {
    context.run = [&context, options] { return import(context, *options); };
  });
}

}  // namespace mailreeve::cli
