// mgmtctl dkim: create, list, show, check, rotate, activate, delete, import.
#include "mgmtd/cli/dkim.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string domain;
  std::string selector;
  std::string kind;
  std::int64_t bits = 0;
  bool force = false;
};

// A zone file's comment, then the record.
void printZone(const json& key) {
  std::string said = key["state"];
  if (key["state"] == "pending")
    said += key["forced"].get<bool>() ? ", forced"
                                      : ", used once this record is seen";
  if (key["state"] == "retired") said += ", may be removed";
  std::cout << "; " << key["domain"].get<std::string>() << ", "
            << key["algorithm"].get<std::string>() << ": " << said << '\n'
            << key["zone"].get<std::string>() << "\n";
}

Exit make(const Context& context, const Options& options, const char* verb) {
  auto answer = Management(context).ask({{"do", verb},
                                         {"domain", options.domain},
                                         {"selector", options.selector},
                                         {"kind", options.kind},
                                         {"bits", options.bits},
                                         {"force", options.force}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    answer->erase("ok");
    printJson(context, *answer);
    return Exit::Done;
  }
  for (const auto& key : (*answer)["keys"]) printZone(key);
  printNotices((*answer)["notices"]);
  std::cout << "; When these lines are in your zone: mgmtctl dkim check "
            << options.domain << '\n';
  return Exit::Done;
}

Exit create(const Context& context, const Options& options) {
  return make(context, options, "dkim_create");
}

Exit rotate(const Context& context, const Options& options) {
  return make(context, options, "dkim_rotate");
}

Exit list(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "dkim_list"}, {"domain", options.domain}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, {{"keys", (*answer)["keys"]}});
    return Exit::Done;
  }
  Table table({"DOMAIN", "SELECTOR", "KIND", "STATE", "SINCE", "RECORD"});
  for (const auto& key : (*answer)["keys"]) {
    const std::string problem = key["problem"];
    table.add({key["domain"],
               key["selector"],
               key["algorithm"].get<std::string>() + " " +
                   std::to_string(key["bits"].get<std::int64_t>()),
               key["state"].get<std::string>() +
                   (key["forced"].get<bool>() ? ", forced" : ""),
               shownTime(key["since"]),
               !problem.empty()       ? problem
               : key.contains("seen") ? "seen " + shownTime(key["seen"])
                                      : "not looked for yet"});
  }
  std::cout << table.text();
  return Exit::Done;
}

Exit show(const Context& context, const Options& options) {
  auto answer = Management(context).ask({{"do", "dkim_list"},
                                         {"domain", options.domain},
                                         {"selector", options.selector}});
  if (!answer) return fail(context, answer.error());
  const json& keys = (*answer)["keys"];
  if (keys.empty())
    return fail(context,
                {ErrorCode::NotFound,
                 "there is no such key of " + options.domain +
                     "; `mgmtctl dkim create` makes the first"});
  if (context.json) {
    printJson(context, {{"keys", keys}});
    return Exit::Done;
  }
  // Retired ones only when asked for: they are not to be published.
  for (const auto& key : keys)
    if (key["state"] != "retired" || !options.selector.empty()) printZone(key);
  return Exit::Done;
}

Exit check(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "dkim_check"}, {"domain", options.domain}});
  if (!answer) return fail(context, answer.error());
  const json& keys = (*answer)["keys"];
  const bool right = std::all_of(keys.begin(), keys.end(), [](const json& key) {
    return key["sight"] == "right";
  });
  const Exit exit = right ? Exit::Done : Exit::Failed;
  if (context.json) {
    printJson(context, {{"right", right}, {"keys", keys}});
    return exit;
  }
  Table table({"RECORD", "STATE", "DNS", "PROBLEM"});
  for (const auto& key : keys)
    table.add({key["name"], key["state"], key["sight"], key["problem"]});
  std::cout << table.text();
  // What is missing, ready to paste.
  for (const auto& key : keys)
    if (key["sight"] == "missing" || key["sight"] == "wrong") printZone(key);
  return exit;
}

Exit activate(const Context& context, const Options& options) {
  auto answer = Management(context).ask({{"do", "dkim_activate"},
                                         {"domain", options.domain},
                                         {"selector", options.selector},
                                         {"force", options.force}});
  if (!answer) return fail(context, answer.error());
  bool waiting = false;
  for (const auto& key : (*answer)["keys"])
    waiting =
        waiting ||
        (key["state"] == "pending" &&
         (options.selector.empty() || key["selector"] == options.selector));
  if (context.json) {
    answer->erase("ok");
    printJson(context, *answer);
  } else {
    printNotices((*answer)["notices"]);
    for (const auto& key : (*answer)["keys"])
      if (key["state"] == "pending")
        std::cout << key["domain"].get<std::string>() << ' '
                  << key["selector"].get<std::string>()
                  << ": still pending: " << key["problem"].get<std::string>()
                  << '\n';
  }
  return waiting ? Exit::Failed : Exit::Done;
}

Exit remove(const Context& context, const Options& options) {
  auto answer = Management(context).ask({{"do", "dkim_delete"},
                                         {"domain", options.domain},
                                         {"selector", options.selector}});
  if (!answer) return fail(context, answer.error());
  if (context.json) printJson(context, json::object());
  return Exit::Done;
}

using Work = Exit (*)(const Context&, const Options&);

CLI::App* addCommand(CLI::App& dkim,
                     Context& context,
                     const char* name,
                     const char* what,
                     const std::shared_ptr<Options>& options,
                     Work work) {
  CLI::App* command = dkim.add_subcommand(name, what);
  command->callback([&context, options, work] {
    context.run = [&context, options, work] { return work(context, *options); };
  });
  return command;
}

CLI::Option* wantDomain(CLI::App* command, Options& options) {
  return command->add_option(
      "domain", options.domain, "A domain, or an additional one");
}

CLI::Option* wantSelector(CLI::App* command, Options& options) {
  return command->add_option("selector", options.selector, "One key alone");
}

void wantKind(CLI::App* command, Options& options) {
  command
      ->add_option("--kind",
                   options.kind,
                   "both, rsa or ed25519; default: as the settings say")
      ->check(CLI::IsMember({"both", "rsa", "ed25519"}));
  command->add_option("--bits", options.bits, "Of the RSA key")
      ->check(CLI::IsMember({1024, 2048, 4096}));
  command->add_option(
      "--selector", options.selector, "Instead of one that is made up");
  command->add_flag(
      "--force", options.force, "Sign although the record is not seen");
}

}  // namespace

void printNotices(const json& notices) {
  for (const auto& notice : notices)
    std::cout << notice["domain"].get<std::string>() << ' '
              << notice["selector"].get<std::string>() << ": "
              << notice["what"].get<std::string>() << '\n';
}

void addDkim(CLI::App& app, Context& context) {
  CLI::App* dkim = app.add_subcommand("dkim", "Keys that sign outgoing mail");
  dkim->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto command = [&](const char* name, const char* what, Work work) {
    return addCommand(*dkim, context, name, what, options, work);
  };

  CLI::App* one =
      command("create",
              "Make the first keys of a domain; prints their records",
              create);
  wantDomain(one, *options)->required();
  wantKind(one, *options);

  one = command("list", "List keys and what they are used for", list);
  wantDomain(one, *options);

  one = command("show", "Print the records as lines of a zone file", show);
  wantDomain(one, *options)->required();
  wantSelector(one, *options);

  one = command("check", "Ask the DNS for the records; changes nothing", check);
  wantDomain(one, *options);

  one = command("rotate", "Make the next keys; prints their records", rotate);
  wantDomain(one, *options)->required();
  wantKind(one, *options);

  one = command(
      "activate", "Look for the records now, and use what is seen", activate);
  wantDomain(one, *options)->required();
  wantSelector(one, *options);
  one->add_flag("--force", options->force, "Sign although it is not seen");

  one = command("delete", "Delete a key that does not sign", remove);
  wantDomain(one, *options)->required();
  wantSelector(one, *options)->required();

  addDkimImport(*dkim, context);
}

}  // namespace mailreeve::cli
