// mgmtctl alias and mgmtctl bcc: list, and move in and out in Postfix's form.
//
// Import never touches a file that a person wrote: what it adds goes to
// managed/aliases-DOMAIN.yaml or managed/bcc-DOMAIN.yaml, which it alone
// writes, and takes effect by apply like everything else.
#include <iostream>
#include <memory>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/managed_file.h"
#include "mgmtd/cli/postfix_tables.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string domain;
  std::string file;
  std::string kind = "sender";  // Of BCC rules: sender or recipient.
  bool dryRun = false;
};

// What an import did with each line of the file.
struct ImportReport {
  std::size_t added = 0;
  std::vector<std::string> skipped;  // "12: info: exists already".
};

// One of our domains by its main name.
Result<const config::Domain*> findDomain(const directory::Policy& policy,
                                         const std::string& name) {
  const config::Domain* domain = policy.domainOf(name);
  if (domain != nullptr) return domain;
  return Error{ErrorCode::NotFound, name + ": not one of our domains"};
}

// The domain's part in a file that an earlier import wrote.
config::Domain readManaged(const fs::path& path) {
  const auto text = readFile(path);
  if (!text) return {};
  auto loaded = config::parse({{path.string(), *text, false}});
  return loaded.settings.domains.empty()
             ? config::Domain{}
             : std::move(loaded.settings.domains.front());
}

std::string head(const config::Domain& domain, const std::string& key) {
  return "# Written by `mgmtctl` import; a later import adds to it.\n"
         "domains:\n"
         "  - name: " +
         quoted(domain.name) + "\n    " + key + ":\n";
}

void report(const Context& context,
            const ImportReport& result,
            const Options& options) {
  if (context.json) {
    printJson(context,
              {{"added", result.added},
               {"skipped", result.skipped},
               {"dry_run", options.dryRun}});
    return;
  }
  for (const auto& line : result.skipped)
    std::cerr << options.file << ":" << line << '\n';
  std::cout << result.added << (options.dryRun ? " would be" : "")
            << " imported, " << result.skipped.size() << " left alone"
            << (options.dryRun || result.added == 0
                    ? ".\n"
                    : "; `mgmtctl apply` puts them in force.\n");
}

std::string localPart(const std::string& address,
                      const config::Domain& domain) {
  const auto sign = address.rfind('@');
  if (sign == std::string::npos) return address;
  return equalsIgnoringCase(address.substr(sign + 1), domain.name)
             ? address.substr(0, sign)
             : address;
}

// Aliases ------------------------------------------------------------------

std::string aliasYaml(const config::Domain& domain,
                      const std::vector<config::Alias>& aliases) {
  std::string out = head(domain, "aliases");
  for (const auto& alias : aliases)
    out += "      - {name: " + quoted(alias.name) +
           ", to: " + quotedList(alias.to) + "}\n";
  return out;
}

// Adds what the table has and the domain has not.
ImportReport mergeAliases(const std::vector<TableLine>& table,
                          const config::Domain& domain,
                          std::vector<config::Alias>& into) {
  std::unordered_set<std::string> names;
  for (const auto& alias : domain.aliases) names.insert(lower(alias.name));
  ImportReport result;
  for (const auto& line : table) {
    const std::string place = std::to_string(line.line) + ": " + line.key;
    const std::string name = localPart(line.key, domain);
    if (!line.problem.empty())
      result.skipped.push_back(place + ": " + line.problem);
    else if (name.find('@') != std::string::npos)
      result.skipped.push_back(place + ": is of another domain");
    else if (!names.insert(lower(name)).second)
      result.skipped.push_back(place + ": exists already");
    else {
      config::Alias alias;
      alias.name = name;
      for (const auto& target : line.targets)
        alias.to.push_back(localPart(target, domain));
      into.push_back(std::move(alias));
      ++result.added;
    }
  }
  return result;
}

Exit importAliases(const Context& context,
                   const directory::Policy& policy,
                   const Options& options) {
  auto domain = findDomain(policy, options.domain);
  if (!domain) return fail(context, domain.error());
  auto table = readFile(options.file).then([](const std::string& text) {
    return parsePostfixTable(text);
  });
  if (!table) return fail(context, table.error());

  const fs::path path = context.paths.config / "managed" /
                        ("aliases-" + (*domain)->name + ".yaml");
  auto aliases = readManaged(path).aliases;
  const ImportReport result = mergeAliases(*table, **domain, aliases);
  if (!options.dryRun && result.added > 0) {
    auto done = writeManaged(context, path, aliasYaml(**domain, aliases));
    if (!done) return fail(context, done.error());
  }
  report(context, result, options);
  return Exit::Done;
}

Exit exportAliases(const Context& context,
                   const directory::Policy& policy,
                   const Options& options) {
  auto domain = findDomain(policy, options.domain);
  if (!domain) return fail(context, domain.error());
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& alias : (*domain)->aliases) {
    if (context.json)
      rows.push_back({{"name", alias.name}, {"to", alias.to}});
    else
      std::cout << alias.name << ": " << join(alias.to, ", ") << '\n';
  }
  if (context.json) printJson(context, rows);
  return Exit::Done;
}

// Auto BCC -----------------------------------------------------------------

std::string bccYaml(const config::Domain& domain,
                    const std::vector<config::AutoBcc>& rules) {
  std::string out = head(domain, "auto_bcc");
  for (const auto& rule : rules)
    out += "      - {name: " + quoted(rule.name) + ", when: " +
           (rule.when == config::BccWhen::Sender ? "sender" : "recipient") +
           ", contains: " + quoted(rule.contains) +
           ", to: " + quotedList(rule.to) + "}\n";
  return out;
}

ImportReport mergeBcc(const std::vector<TableLine>& table,
                      config::BccWhen when,
                      const config::Domain& domain,
                      std::vector<config::AutoBcc>& into) {
  std::unordered_set<std::string> had;
  for (const auto& rule : domain.autoBcc)
    if (rule.when == when) had.insert(lower(rule.contains));
  const std::string kind =
      when == config::BccWhen::Sender ? "sender " : "recipient ";
  ImportReport result;
  for (const auto& line : table) {
    const std::string place = std::to_string(line.line) + ": " + line.key;
    if (!line.problem.empty()) {
      result.skipped.push_back(place + ": " + line.problem);
    } else if (!had.insert(lower(line.key)).second) {
      result.skipped.push_back(place + ": exists already");
    } else {
      config::AutoBcc rule;
      rule.name = kind + line.key;
      rule.when = when;
      rule.contains = line.key;
      for (const auto& target : line.targets)
        rule.to.push_back(localPart(target, domain));
      into.push_back(std::move(rule));
      ++result.added;
    }
  }
  return result;
}

config::BccWhen whenOf(const Options& options) {
  return options.kind == "sender" ? config::BccWhen::Sender
                                  : config::BccWhen::Recipient;
}

Exit importBcc(const Context& context,
               const directory::Policy& policy,
               const Options& options) {
  auto domain = findDomain(policy, options.domain);
  if (!domain) return fail(context, domain.error());
  auto table = readFile(options.file).then([](const std::string& text) {
    return parsePostfixTable(text);
  });
  if (!table) return fail(context, table.error());

  const fs::path path =
      context.paths.config / "managed" / ("bcc-" + (*domain)->name + ".yaml");
  auto rules = readManaged(path).autoBcc;
  const ImportReport result =
      mergeBcc(*table, whenOf(options), **domain, rules);
  if (!options.dryRun && result.added > 0) {
    auto done = writeManaged(context, path, bccYaml(**domain, rules));
    if (!done) return fail(context, done.error());
  }
  report(context, result, options);
  return Exit::Done;
}

// Postfix's maps know whole addresses and @domains; a rule for less than that
// is left out with a comment.
Exit exportBcc(const Context& context,
               const directory::Policy& policy,
               const Options& options) {
  auto domain = findDomain(policy, options.domain);
  if (!domain) return fail(context, domain.error());
  for (const auto& rule : (*domain)->autoBcc) {
    if (rule.when != whenOf(options)) continue;
    std::vector<std::string> targets;
    for (const auto& to : rule.to)
      targets.push_back(
          to.find('@') == std::string::npos ? to + "@" + (*domain)->name : to);
    const bool fits = rule.contains.find('@') != std::string::npos &&
                      !rule.contains.ends_with('@') && rule.enabled;
    if (!fits)
      std::cout << "# " << rule.name << ": "
                << (rule.enabled ? "no whole address or @domain" : "disabled")
                << "\n# ";
    std::cout << rule.contains << '\t' << join(targets, ", ") << '\n';
  }
  return Exit::Done;
}

using Action = Exit (*)(const Context&,
                        const directory::Policy&,
                        const Options&);

CLI::App* addAction(CLI::App& parent,
                    Context& context,
                    const std::shared_ptr<Options>& options,
                    const char* name,
                    const char* help,
                    Action action) {
  CLI::App* command = parent.add_subcommand(name, help);
  command->add_option("--domain", options->domain, "One of our domains")
      ->required();
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      auto settings = loadSettings(context);
      if (!settings) return Exit::InvalidSettings;
      return action(context, directory::Policy(std::move(*settings)), *options);
    };
  });
  return command;
}

void addImportOptions(CLI::App* command, Options& options) {
  command->add_option("FILE", options.file, "The table to read")->required();
  command->add_flag(
      "--dry-run", options.dryRun, "Say what would be imported, and stop");
}

void addKind(CLI::App* command, Options& options) {
  command
      ->add_option(
          "--kind", options.kind, "Which rules: by sender or by recipient")
      ->check(CLI::IsMember({"sender", "recipient"}))
      ->capture_default_str();
}

}  // namespace

void addTables(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();

  CLI::App* alias = app.add_subcommand("alias", "Aliases of a domain");
  alias->require_subcommand(1);
  addAction(*alias,
            context,
            options,
            "export",
            "Print them in the form of aliases(5)",
            exportAliases);
  addImportOptions(
      addAction(*alias,
                context,
                options,
                "import",
                "Add those of a Postfix table; existing names are left alone",
                importAliases),
      *options);

  CLI::App* bcc = app.add_subcommand("bcc", "Auto BCC rules of a domain");
  bcc->require_subcommand(1);
  addKind(addAction(*bcc,
                    context,
                    options,
                    "export",
                    "Print them in the form of Postfix's bcc maps",
                    exportBcc),
          *options);
  CLI::App* importer =
      addAction(*bcc,
                context,
                options,
                "import",
                "Add those of a Postfix bcc map; existing rules are left alone",
                importBcc);
  addImportOptions(importer, *options);
  addKind(importer, *options);
}

}  // namespace mailreeve::cli
