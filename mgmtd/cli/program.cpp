#include "mgmtd/cli/program.h"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/complete.h"
#include "mgmtd/cli/examples.h"

namespace mailreeve::cli {

namespace {

// Groups of options, which have no name, are none.
std::vector<const CLI::App*> commandsOf(const CLI::App& app) {
  return app.get_subcommands(
      [](const CLI::App* one) { return !one->get_name().empty(); });
}

// What was typed, as far as it names commands.
struct Typed {
  const CLI::App* command = nullptr;
  std::string path;
  std::string_view unknown;  // The word behind it; empty: there is none.
};

Typed commandIn(const CLI::App& app, int argc, const char* const* argv) {
  Typed typed{&app, app.get_name(), {}};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with('-')) {
      if (takesValue(*typed.command, word)) ++i;
      continue;
    }
    if (commandsOf(*typed.command).empty()) return typed;
    const auto* named = subcommand(*typed.command, word);
    if (named == nullptr) {
      typed.unknown = argv[i];
      return typed;
    }
    typed.command = named;
    typed.path += " " + word;
  }
  return typed;
}

std::string unknownText(const Typed& typed) {
  std::vector<std::string_view> names;
  for (const auto* command : commandsOf(*typed.command))
    names.push_back(command->get_name());
  const auto near = nearest(typed.unknown, names);
  return typed.path + ": unknown command \"" + printable(typed.unknown) + "\"" +
         (near.empty() ? "; see `" + typed.path + " --help`"
                       : "; did you mean \"" + std::string(near) + "\"?") +
         "\n";
}

}  // namespace

std::unique_ptr<CLI::App> makeProgram(Context& context) {
  auto made = std::make_unique<CLI::App>(
      "Governs a mail system of Postfix and Dovecot.", "mgmtctl");
  CLI::App& app = *made;
  app.set_version_flag("--version", "mgmtctl " MAILREEVE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", context.json, "Answer in JSON, times in UTC");
  app.add_option(
         "--config-dir", context.paths.config, "The administrator's YAML")
      ->capture_default_str();
  app.add_option("--state-dir", context.paths.state, "Mailreeve's own state")
      ->capture_default_str();
  app.add_option("--run-dir", context.paths.run, "The daemons' sockets")
      ->capture_default_str();

  using Add = void (*)(CLI::App&, Context&);
  const auto add = [&](const char* group, std::initializer_list<Add> commands) {
    const auto before = commandsOf(app).size();
    for (const auto command : commands) command(app, context);
    auto all = app.get_subcommands([](CLI::App*) { return true; });
    for (auto i = before; i < all.size(); ++i)
      if (!all[i]->get_group().empty()) all[i]->group(group);
  };
  add("Settings",
      {addInit, addSettings, addExplain, addTest, addSchema, addTables});
  add("Putting them in force",
      {addPlan, addApply, addConfirm, addRollback, addGenerations, addRecover});
  add("Accounts", {addAccount, addUsage});
  add("Protection",
      {addList, addAdvise, addDkim, addAntivirus, addSpam, addQuarantine});
  add("What happened", {addTrace, addLog, addDmarc});
  add("The running system", {addStatus, addJob});
  addComplete(app, context);
  addExamples(app);
  return made;
}

std::string usageText(const CLI::App& app,
                      int argc,
                      const char* const* argv,
                      const CLI::ParseError& problem) {
  const auto typed = commandIn(app, argc, argv);
  if (!typed.unknown.empty()) return unknownText(typed);
  // The last word was a command that needs another.
  if (problem.get_exit_code() ==
          static_cast<int>(CLI::ExitCodes::RequiredError) &&
      typed.command->get_require_subcommand_min() > 0) {
    const auto end = typed.path.rfind(' ');
    return typed.command->help(
        end == std::string::npos ? "" : typed.path.substr(0, end));
  }
  return typed.path + ": " + problem.what() + "; see `" + typed.path +
         " --help`\n";
}

}  // namespace mailreeve::cli
