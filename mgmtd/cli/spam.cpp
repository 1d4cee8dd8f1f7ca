// mgmtctl spam: the engine's state, what users reported, and rules of the
// house.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/config/validate_spam.h"
#include "core/mail/charset.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/managed_file.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/settings.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Options {
  std::string id;
  std::string search;
  std::string name;
  std::string file;
  bool all = false;
};

Exit status(const Context& context) {
  auto answer = Management(context).ask({{"do", "spam_status"}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, *answer);
    return Exit::Done;
  }
  const bool on = (*answer)["enabled"].get<bool>();
  const json& rules = (*answer)["rules"];
  std::cout << "engine   "
            << (!on ? "off"
                : answer->value("running", false)
                    ? "running"
                    : "not running: " + answer->value("problem", ""))
            << "\nserver   " << answer->value("server", "") << "\nrules    "
            << rules.value("version", "")
            << (rules.contains("updated")
                    ? ", updated " + shownTime(rules["updated"])
                    : "")
            << "\n";
  for (const auto& channel : rules.value("channels", json::array()))
    std::cout << "         " << channel.value("channel", "") << ": "
              << channel.value("version", "")
              << (channel.contains("updated")
                      ? ", updated " + shownTime(channel["updated"])
                      : "")
              << "\n";
  std::cout << "reports  " << answer->value("reports", 0) << " to learn\n";
  return Exit::Done;
}

Exit reports(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "spam_reports"}, {"search", options.search}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, *answer);
    return Exit::Done;
  }
  Table table({"ID", "KIND", "REPORTED", "BY", "FROM", "SUBJECT"});
  for (const auto& report : (*answer)["reports"])
    table.add({report["id"],
               report["kind"],
               shownTime(report["at"]),
               report["reporter"],
               report.value("from", ""),
               report.value("subject", "")});
  std::cout << table.text();
  return Exit::Done;
}

// `safe`: without what a terminal would obey.
Exit show(const Context& context, const Options& options, bool safe) {
  if (!safe && !context.json && context.terminal)
    return fail(context, notForTerminals());
  auto answer =
      Management(context).ask({{"do", "spam_original"}, {"id", options.id}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, *answer);
    return Exit::Done;
  }
  const auto text =
      replaceAll((*answer)["message"].get<std::string>(), "\r\n", "\n");
  if (!safe) {
    std::cout << text;
  } else {
    for (const auto line : split(text, '\n'))
      std::cout << printable(line) << '\n';
  }
  return Exit::Done;
}

// Every report that there is, or the one that is named.
Exit each(const Context& context,
          const Options& options,
          const std::string& verb,
          const std::string& did) {
  Management management(context);
  std::vector<std::string> ids;
  if (options.all) {
    auto answer = management.ask({{"do", "spam_reports"}, {"limit", 2000}});
    if (!answer) return fail(context, answer.error());
    for (const auto& report : (*answer)["reports"]) ids.push_back(report["id"]);
  } else if (!options.id.empty()) {
    ids.push_back(options.id);
  } else {
    return fail(context, {ErrorCode::Invalid, "either a report's id or --all"});
  }
  for (const auto& id : ids)
    if (auto done = management.ask({{"do", verb}, {"id", id}}); !done)
      return fail(context, Error(done.error()).within(id));
  if (context.json)
    printJson(context, {{did, ids.size()}});
  else
    std::cout << ids.size() << " " << did << ".\n";
  return Exit::Done;
}

// Rules ---------------------------------------------------------------------

fs::path rulesPath(const Context& context, const std::string& name) {
  return context.paths.config / "managed" / ("spam-rules-" + name + ".yaml");
}

std::string yamlOf(const config::SpamRules& rules) {
  return "# Written by `mgmtctl spam rules`.\nspam:\n  rules:\n    - name: " +
         quoted(rules.name) +
         "\n      enabled: " + (rules.enabled ? "true" : "false") +
         "\n      text: " + quoted(rules.text) + "\n";
}

const config::SpamRules* find(const config::Settings& settings,
                              const std::string& name) {
  for (const auto& rules : settings.spam.rules)
    if (equalsIgnoringCase(rules.name, name)) return &rules;
  return nullptr;
}

Exit write(const Context& context,
           const config::SpamRules& rules,
           const std::string& did) {
  auto done =
      writeManaged(context, rulesPath(context, rules.name), yamlOf(rules));
  if (!done) return fail(context, done.error());
  if (context.json)
    printJson(context, {{"name", rules.name}, {"enabled", rules.enabled}});
  else
    std::cout << rules.name << ": " << did
              << "; `mgmtctl apply` puts it in force.\n";
  return Exit::Done;
}

// Before SpamAssassin sees them: it would run the code that they load.
Result<Done> judge(const config::SpamRules& rules) {
  config::Settings settings;
  settings.spam.rules.push_back(rules);
  std::string problem;
  if (!mail::isValidUtf8(rules.text)) problem = "is not in UTF-8";
  config::validateSpam(settings,
                       [&problem](const std::string&, const std::string& what) {
                         if (problem.empty()) problem = what;
                       });
  if (problem.empty()) return Done{};
  return Error{ErrorCode::Invalid, problem};
}

// As SpamAssassin reads them beside its own rules: a copy, so that what is
// read is what was judged.
Result<Done> lint(const std::string& text) {
  std::string directory = "/tmp/mgmtctl.XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr)
    return Error{ErrorCode::Unavailable, "no temporary directory in /tmp"};
  const fs::path copy = fs::path(directory) / "rules.cf";
  auto done = replaceFile(copy, text, 0600);
  auto answer = done ? run({"spamassassin",
                            "--lint",
                            "--prefspath=/dev/null",
                            "--cf=include " + copy.string()})
                     : Result<Finished>(done.error());
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  if (!answer) return std::move(answer).error();
  if (answer->status == 0 && trim(answer->err).empty()) return Done{};
  return Error{ErrorCode::Invalid,
               replaceAll(std::string(trim(answer->err)), directory + "/", "")};
}

Exit importRules(const Context& context, const Options& options) {
  const fs::path file = options.file;
  if (file.extension() != ".cf")
    return fail(context,
                {ErrorCode::Invalid,
                 options.file + ": rules come in a file called *.cf"});
  constexpr std::size_t kMost = 256U << 10U;
  auto text = readFile(file, kMost);
  if (!text) return fail(context, text.error());
  const config::SpamRules rules{
      options.name.empty() ? file.stem().string() : options.name,
      true,
      *std::move(text)};
  auto good = judge(rules);
  if (good) good = lint(rules.text);
  if (!good) return fail(context, Error(good.error()).within(options.file));
  return write(context, rules, "imported and enabled");
}

Exit listRules(const Context& context) {
  auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  json all = json::array();
  Table table({"NAME", "ENABLED", "BYTES"});
  for (const auto& rules : settings->spam.rules) {
    all.push_back({{"name", rules.name}, {"enabled", rules.enabled}});
    table.add({rules.name,
               rules.enabled ? "yes" : "no",
               std::to_string(rules.text.size())});
  }
  if (context.json)
    printJson(context, {{"rules", all}});
  else
    std::cout << table.text();
  return Exit::Done;
}

Exit withRules(const Context& context,
               const Options& options,
               const std::function<Exit(config::SpamRules)>& act) {
  auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  const auto* rules = find(*settings, options.name);
  if (rules == nullptr)
    return fail(
        context,
        {ErrorCode::NotFound, options.name + ": there are no such rules"});
  return act(*rules);
}

Exit enableRules(const Context& context, const Options& options, bool on) {
  return withRules(context, options, [&](config::SpamRules rules) {
    if (!fs::exists(rulesPath(context, rules.name)))
      return fail(
          context,
          {ErrorCode::Invalid,
           rules.name + ": stands in a file of yours; change it there"});
    rules.enabled = on;
    return write(context, rules, on ? "enabled" : "disabled");
  });
}

Exit removeRules(const Context& context, const Options& options) {
  return withRules(context, options, [&](const config::SpamRules& rules) {
    std::error_code problem;
    if (!fs::remove(rulesPath(context, rules.name), problem))
      return fail(
          context,
          {ErrorCode::Invalid,
           rules.name + ": stands in a file of yours; remove it there"});
    if (context.json)
      printJson(context, {{"name", rules.name}});
    else
      std::cout << rules.name
                << ": removed; `mgmtctl apply` takes it out of force.\n";
    return Exit::Done;
  });
}

Exit exportRules(const Context& context, const Options& options) {
  return withRules(context, options, [&](const config::SpamRules& rules) {
    if (context.json)
      printJson(context, {{"name", rules.name}, {"text", rules.text}});
    else
      std::cout << rules.text;
    return Exit::Done;
  });
}

Exit update(const Context& context) {
  auto asked =
      Management(context).ask({{"do", "job_run"}, {"job", "spam-update"}});
  if (!asked) return fail(context, asked.error());
  if (context.json)
    printJson(context, {{"job", "spam-update"}});
  else
    std::cout << "Asked for; `mgmtctl job history spam-update` tells how it "
                 "went.\n";
  return Exit::Done;
}

using Act = std::function<Exit()>;

CLI::App* add(CLI::App& to,
              Context& context,
              const char* name,
              const char* what,
              Act act) {
  CLI::App* one = to.add_subcommand(name, what);
  one->callback([&context, act = std::move(act)] { context.run = act; });
  return one;
}

void addRules(CLI::App& spam,
              Context& context,
              const std::shared_ptr<Options>& options) {
  CLI::App* rules = spam.add_subcommand("rules", "Own rules for SpamAssassin");
  rules->require_subcommand(1);
  auto* one =
      add(*rules,
          context,
          "import",
          "Take a file of rules, if SpamAssassin can read it",
          [&context, options] { return importRules(context, *options); });
  one->add_option("file", options->file, "A file called *.cf")->required();
  one->add_option("--name", options->name, "Another name than the file's");
  add(*rules, context, "list", "List them", [&context] {
    return listRules(context);
  });
  const auto named = [&](const char* name, const char* what, Act act) {
    add(*rules, context, name, what, std::move(act))
        ->add_option("name", options->name, "As listed")
        ->required();
  };
  named("enable",
        "Put rules in force with the next apply",
        [&context, options] { return enableRules(context, *options, true); });
  named("disable", "Keep rules, but out of force", [&context, options] {
    return enableRules(context, *options, false);
  });
  named("export", "Print rules", [&context, options] {
    return exportRules(context, *options);
  });
  named("remove", "Delete rules", [&context, options] {
    return removeRules(context, *options);
  });
}

}  // namespace

void addSpam(CLI::App& app, Context& context) {
  CLI::App* spam = app.add_subcommand("spam", "Spam: engine, reports, rules");
  spam->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  add(*spam,
      context,
      "status",
      "The engine, its rules, what waits to be learned",
      [&context] { return status(context); });
  add(*spam, context, "update", "Fetch new rules now", [&context] {
    return update(context);
  });
  add(*spam,
      context,
      "reports",
      "List what users reported",
      [&context, options] { return reports(context, *options); })
      ->add_option(
          "search", options->search, "In reporter, sender, recipient, subject");
  const auto one = [&](const char* name, const char* what, Act act) {
    return add(*spam, context, name, what, std::move(act))
        ->add_option("id", options->id, "As listed");
  };
  one("view", "Show a report, fit for a terminal", [&context, options] {
    return show(context, *options, true);
  })->required();
  one("original", "Print a report as it came", [&context, options] {
    return show(context, *options, false);
  })->required();
  const auto many = [&](const char* name, const char* what, Act act) {
    CLI::App* command = add(*spam, context, name, what, std::move(act));
    command->add_option("id", options->id, "As listed");
    command->add_flag("--all", options->all, "All of them");
  };
  many("learn", "Teach SpamAssassin what was reported", [&context, options] {
    return each(context, *options, "spam_learn", "learned");
  });
  many("delete", "Forget reports without learning them", [&context, options] {
    return each(context, *options, "spam_delete", "deleted");
  });
  addRules(*spam, context, options);
}

}  // namespace mailreeve::cli
