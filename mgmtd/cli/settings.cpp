#include "mgmtd/cli/settings.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

namespace {

using nlohmann::ordered_json;

template <class T>
void addRow(ordered_json& rows,
            const char* name,
            const directory::Effective<T>& effective) {
  rows.push_back({{"setting", name},
                  {"value", effective.value},
                  {"from", effective.from}});
}

// As JSON writes it: 5 and not 5.0.
void addRow(ordered_json& rows,
            const char* name,
            const directory::Effective<Decimal>& effective) {
  rows.push_back({{"setting", name},
                  {"value", ordered_json::parse(effective.value.text())},
                  {"from", effective.from}});
}

ordered_json rowsOf(const directory::EffectiveUser& user) {
  ordered_json rows = ordered_json::array();
  addRow(rows, "auto_forwarding", user.autoForwarding);
  addRow(rows, "daily_messages", user.dailyMessages);
  addRow(rows, "daily_volume", user.dailyVolume);
  addRow(rows, "attachment_size", user.attachmentSize);
  addRow(rows, "message_size", user.messageSize);
  addRow(rows, "internal_only", user.internalOnly);
  addRow(rows, "imap", user.imap);
  addRow(rows, "imap_lan_only", user.imapLanOnly);
  addRow(rows, "pop3", user.pop3);
  addRow(rows, "pop3_lan_only", user.pop3LanOnly);
  addRow(rows, "managesieve", user.managesieve);
  addRow(rows, "managesieve_lan_only", user.managesieveLanOnly);
  addRow(rows, "smtp", user.smtp);
  addRow(rows, "smtp_lan_only", user.smtpLanOnly);
  addRow(rows, "spam_threshold", user.spamThreshold);
  return rows;
}

void printTable(const directory::EffectiveUser& user,
                const ordered_json& rows) {
  std::cout << user.user << ": "
            << (user.policy.empty() ? "no policy names this user"
                                    : "policy " + user.policy)
            << "\n\n";
  for (const auto& row : rows) {
    const auto name = row["setting"].get<std::string>();
    const std::string value = row["value"].dump();
    std::cout << "  " << name << std::string(22 - name.size(), ' ') << value
              << std::string(value.size() < 14 ? 14 - value.size() : 1, ' ')
              << row["from"].get<std::string>() << '\n';
  }
}

Exit effective(const Context& context, const std::string& user) {
  auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  const directory::Policy policy(std::move(*settings));
  if (policy.domainOfAddress(user) == nullptr)
    return fail(
        context,
        {ErrorCode::NotFound, user + ": not an address of one of our domains"});
  const auto found = policy.effective(user);
  const ordered_json rows = rowsOf(found);
  if (context.json)
    printJson(context,
              nlohmann::json({{"user", found.user},
                              {"policy", found.policy},
                              {"settings", rows}}));
  else
    printTable(found, rows);
  return Exit::Done;
}

Exit show(const Context& context) {
  const auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  std::cout << config::show(*settings);
  return Exit::Done;
}

Exit check(const Context& context) {
  const auto settings = loadSettings(context);
  if (!settings) return Exit::InvalidSettings;
  if (context.json)
    printJson(context, {{"problems", nlohmann::json::array()}});
  else
    std::cout << "The settings are valid: " << settings->domains.size()
              << " domain(s).\n";
  return Exit::Done;
}

}  // namespace

Exit failInvalid(const Context& context,
                 const std::vector<config::Problem>& problems) {
  if (context.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& p : problems)
      rows.push_back({{"file", p.file},
                      {"line", p.line},
                      {"column", p.column},
                      {"key", p.key},
                      {"problem", p.what}});
    printJson(context,
              {{"error", "the settings are invalid"}, {"problems", rows}});
  } else {
    for (const auto& problem : problems) std::cerr << problem.text() << '\n';
    std::cerr << "mgmtctl: " << problems.size()
              << " problem(s); nothing was changed\n";
  }
  return Exit::InvalidSettings;
}

std::optional<config::Settings> loadSettings(const Context& context) {
  auto loaded = config::load(context.paths.config);
  if (loaded.ok()) return std::move(loaded.settings);
  (void)failInvalid(context, loaded.problems);
  return std::nullopt;
}

void addSettings(CLI::App& app, Context& context) {
  app.add_subcommand("show",
                     "Print the settings as they stand in the YAML, every "
                     "value spelt out")
      ->callback([&context] { context.run = [&] { return show(context); }; });

  CLI::App* checks = app.add_subcommand("check", "Check something");
  checks->require_subcommand(1);
  checks
      ->add_subcommand("config",
                       "Check the YAML and report every problem with its place")
      ->callback([&context] { context.run = [&] { return check(context); }; });

  CLI::App* user = app.add_subcommand(
      "effective", "Print what holds for a user, and which rule says so");
  auto address = std::make_shared<std::string>();
  user->add_option("USER", *address, "Address of the user")->required();
  user->callback([&context, address] {
    context.run = [&context, address] { return effective(context, *address); };
  });
}

}  // namespace mailreeve::cli
