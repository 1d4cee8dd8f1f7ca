// mgmtctl usage: what users have sent today, with their limits.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string pattern;
  std::string day;
  std::string user;
  bool all = false;
  bool yes = false;
};

// All pages.
Result<json> everyUser(const Context& context, const Options& options) {
  Management management(context);
  json request{{"do", "usage_list"}, {"pattern", options.pattern}};
  if (!options.day.empty()) request["day"] = options.day;
  json usage = json::array();
  for (;;) {
    auto page = management.ask(request);
    if (!page) return page;
    for (auto& row : (*page)["usage"]) usage.push_back(std::move(row));
    if (!page->contains("next")) return usage;
    request["after"] = (*page)["next"];
  }
}

std::string limit(const json& row, const char* key) {
  const std::int64_t value = row.value(key, std::int64_t{0});
  return value == 0 ? "-" : std::to_string(value);
}

Exit list(const Context& context, const Options& options) {
  auto usage = everyUser(context, options);
  if (!usage) return fail(context, usage.error());
  if (context.json) {
    printJson(context, {{"usage", std::move(*usage)}});
    return Exit::Done;
  }
  Table table({"USER", "DAY", "MESSAGES", "LIMIT", "BYTES", "LIMIT"});
  for (const auto& row : *usage)
    table.add({row["user"],
               row["day"],
               std::to_string(row["messages"].get<std::int64_t>()),
               limit(row, "daily_messages"),
               std::to_string(row["bytes"].get<std::int64_t>()),
               limit(row, "daily_volume")});
  std::cout << table.text();
  return Exit::Done;
}

Exit clear(const Context& context, const Options& options) {
  if (options.all && !options.yes && !confirm("Clear the usage of all users?"))
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was cleared; --yes answers the question"});
  json request{{"do", "usage_clear"}};
  if (options.all)
    request["all"] = true;
  else
    request["user"] = options.user;
  auto answer = Management(context).ask(request);
  if (!answer) return fail(context, answer.error());
  if (answer->contains("warning"))
    std::cerr << "mgmtctl: warning: " << (*answer)["warning"].get<std::string>()
              << '\n';
  if (context.json)
    printJson(context, {{"cleared", (*answer)["cleared"]}});
  else
    std::cout << (*answer)["cleared"] << " counters cleared\n";
  return Exit::Done;
}

}  // namespace

void addUsage(CLI::App& app, Context& context) {
  CLI::App* usage = app.add_subcommand("usage", "What users have sent today");
  usage->require_subcommand(1);
  const auto options = std::make_shared<Options>();

  CLI::App* one = usage->add_subcommand("list", "List it, with the limits");
  one->add_option("--user", options->pattern, "Users, with `*`");
  one->add_option("--day", options->day, "Another day")
      ->type_name("YYYY-MM-DD");
  one->callback([&context, options] {
    context.run = [&context, options] { return list(context, *options); };
  });

  one = usage->add_subcommand("clear", "Count from nothing again");
  auto* user = one->add_option("user", options->user, "The login's address");
  auto* all = one->add_flag("--all", options->all, "Every user");
  user->excludes(all);
  one->add_flag("--yes", options->yes, "Do not ask");
  one->callback([&context, options] {
    context.run = [&context, options] { return clear(context, *options); };
  });
}

}  // namespace mailreeve::cli
