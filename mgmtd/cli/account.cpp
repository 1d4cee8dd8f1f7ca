// mgmtctl account: add, list, show, passwd, disable, enable, delete, import.
#include "mgmtd/cli/account.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/password_source.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string address;
  std::string name;
  std::string pattern;
  bool disabled = false;
  bool purgeMail = false;
  bool yes = false;
  PasswordOptions password;
};

void printWarnings(const json& answer) {
  for (const auto& warning : answer.value("warnings", json::array()))
    std::cerr << "mgmtctl: warning: " << warning.get<std::string>() << '\n';
}

// The generated password is the answer; everything else is silence.
Exit done(const Context& context,
          json answer,
          const NewPassword* password = nullptr) {
  printWarnings(answer);
  const bool show = password != nullptr && password->generated;
  answer.erase("ok");
  if (show && context.json)
    answer["password"] = std::string(password->generated->view());
  if (context.json)
    printJson(context, answer);
  else if (show)
    std::cout << password->generated->view() << '\n';
  return Exit::Done;
}

Exit add(const Context& context, const Options& options) {
  auto password = readPassword(options.password);
  if (!password) return fail(context, password.error());
  auto answer = Management(context).ask({{"do", "account_add"},
                                         {"address", options.address},
                                         {"display_name", options.name},
                                         {"enabled", !options.disabled},
                                         {"password", password->hash},
                                         {"scram", password->scram}});
  if (!answer) return fail(context, answer.error());
  return done(context, std::move(*answer), &*password);
}

Exit passwd(const Context& context, const Options& options) {
  Management management(context);
  // An account that does not exist is told before somebody types twice.
  auto known =
      management.ask({{"do", "account_show"}, {"address", options.address}});
  if (!known) return fail(context, known.error());
  auto password = readPassword(options.password);
  if (!password) return fail(context, password.error());
  auto answer = management.ask({{"do", "account_password"},
                                {"address", options.address},
                                {"password", password->hash},
                                {"scram", password->scram}});
  if (!answer) return fail(context, answer.error());
  return done(context, std::move(*answer), &*password);
}

Exit enable(const Context& context, const Options& options, bool enabled) {
  auto answer = Management(context).ask({{"do", "account_enable"},
                                         {"address", options.address},
                                         {"enabled", enabled}});
  if (!answer) return fail(context, answer.error());
  return done(context, std::move(*answer));
}

Exit remove(const Context& context, const Options& options) {
  if (options.purgeMail && !options.yes &&
      !confirm("Delete " + options.address + " and all of its mail?"))
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was deleted; --yes answers the question"});
  auto answer = Management(context).ask({{"do", "account_delete"},
                                         {"address", options.address},
                                         {"purge_mail", options.purgeMail}});
  if (!answer) return fail(context, answer.error());
  return done(context, std::move(*answer));
}

// All pages.
Result<json> everyAccount(const Context& context, const std::string& pattern) {
  Management management(context);
  json accounts = json::array();
  json request{{"do", "account_list"}, {"pattern", pattern}};
  for (;;) {
    auto page = management.ask(request);
    if (!page) return page;
    for (auto& account : (*page)["accounts"])
      accounts.push_back(std::move(account));
    if (!page->contains("next")) return accounts;
    request["after"] = (*page)["next"];
  }
}

Exit list(const Context& context, const Options& options) {
  auto accounts = everyAccount(context, options.pattern);
  if (!accounts) return fail(context, accounts.error());
  if (context.json) {
    printJson(context, {{"accounts", std::move(*accounts)}});
    return Exit::Done;
  }
  Table table({"ADDRESS", "STATUS", "PASSWORD", "NAME"});
  for (const auto& account : *accounts)
    table.add({account["address"],
               account["enabled"].get<bool>() ? "enabled" : "disabled",
               account["scheme"],
               account["display_name"]});
  std::cout << table.text();
  return Exit::Done;
}

Exit show(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "account_show"}, {"address", options.address}});
  if (!answer) return fail(context, answer.error());
  const json& account = (*answer)["account"];
  if (context.json) {
    printJson(context, account);
    return Exit::Done;
  }
  std::vector<std::string> addresses = account["addresses"];
  Table table({"address", account["address"]});
  table.add({"name", account["display_name"]});
  table.add(
      {"status", account["enabled"].get<bool>() ? "enabled" : "disabled"});
  table.add({"password",
             account["scheme"].get<std::string>() +
                 (account["scram"].get<bool>() ? ", SCRAM-SHA-256" : "")});
  table.add({"created", shownTime(account["created"])});
  table.add({"last changed", shownTime(account["last_changed"])});
  table.add({"mail for", join(addresses, ", ")});
  table.add({"sent today",
             std::to_string(account["today"]["messages"].get<std::int64_t>()) +
                 " messages, " +
                 std::to_string(account["today"]["bytes"].get<std::int64_t>()) +
                 " bytes"});
  std::cout << table.text();
  return Exit::Done;
}

using Work = Exit (*)(const Context&, const Options&);

CLI::App* addCommand(CLI::App& account,
                     Context& context,
                     const char* name,
                     const char* what,
                     const std::shared_ptr<Options>& options,
                     Work work) {
  CLI::App* command = account.add_subcommand(name, what);
  command->callback([&context, options, work] {
    context.run = [&context, options, work] { return work(context, *options); };
  });
  return command;
}

void wantAddress(CLI::App* command, Options& options) {
  command->add_option("address", options.address, "The account's main address")
      ->required();
}

}  // namespace

void addAccount(CLI::App& app, Context& context) {
  CLI::App* account = app.add_subcommand("account", "Mailboxes and logins");
  account->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto command = [&](const char* name, const char* what, Work work) {
    return addCommand(*account, context, name, what, options, work);
  };

  CLI::App* one = command("add", "Add an account", add);
  wantAddress(one, *options);
  one->add_option("--name", options->name, "Display name");
  one->add_flag("--disabled", options->disabled, "Without login and mail yet");
  addPasswordOptions(*one, options->password);

  one = command("list", "List accounts", list);
  one->add_option("pattern", options->pattern, "Addresses, with `*`");

  wantAddress(command("show", "Show one account", show), *options);

  one = command("passwd", "Set a password", passwd);
  wantAddress(one, *options);
  addPasswordOptions(*one, options->password);

  wantAddress(command("disable",
                      "Refuse login and mail; nothing is deleted",
                      [](const Context& c, const Options& o) {
                        return enable(c, o, false);
                      }),
              *options);
  wantAddress(command("enable",
                      "Allow login and mail again",
                      [](const Context& c, const Options& o) {
                        return enable(c, o, true);
                      }),
              *options);

  one = command("delete", "Delete an account; its mail stays", remove);
  wantAddress(one, *options);
  one->add_flag("--purge-mail", options->purgeMail, "Delete its mail as well");
  one->add_flag("--yes", options->yes, "Do not ask");

  addAccountImport(*account, context);
}

}  // namespace mailreeve::cli
