// mgmtctl explain: every check in order, what it saw, what would happen.
#include <iostream>
#include <iterator>
#include <memory>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/dry_run.h"
#include "mgmtd/cli/settings.h"

namespace mailreeve::cli {

namespace {

struct Options {
  Mail mail;
  std::string file;
  bool applied = false;  // The settings in force instead of those in /etc.
  bool showMessage = false;
};

constexpr std::size_t kMostMessage = 256U << 20U;

Result<std::string> readMessage(const std::string& file) {
  if (file.empty()) return std::string();
  if (file != "-") return readFile(file, kMostMessage);
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  return text;
}

void printStep(const DryStep& step) {
  const std::string what =
      step.step + (step.recipient.empty() ? "" : " <" + step.recipient + ">");
  std::cout << "  " << step.where
            << std::string(9 - std::min<std::size_t>(8, step.where.size()), ' ')
            << what << std::string(what.size() < 44 ? 44 - what.size() : 1, ' ')
            << step.says
            << std::string(step.says.size() < 11 ? 11 - step.says.size() : 1,
                           ' ')
            << printable(step.saw) << "  (" << step.microseconds << " us)\n";
}

void printList(const char* label, const std::vector<std::string>& values) {
  if (!values.empty()) std::cout << label << join(values, ", ") << '\n';
}

// What leaves is what came, as far as nobody changed it: a terminal gets no
// commands with it.
void printMessage(const std::string& message, bool terminal) {
  if (!terminal) {
    std::cout << message;
    return;
  }
  for (const auto line : split(replaceAll(message, "\r\n", "\n"), '\n'))
    std::cout << printable(line) << '\n';
}

void print(const DryRun& run, const Options& options, bool terminal) {
  for (const auto& step : run.steps) printStep(step);
  std::cout << "\nAnswer:    " << run.code << ' ' << run.enhanced << ' '
            << run.text;
  if (!run.decidedBy.empty()) std::cout << "  (" << run.decidedBy << ")";
  std::cout << '\n';
  printList("Delivered: ", run.accepted);
  printList("Refused:   ", run.refused);
  printList("Discarded: ", run.dropped);
  printList("In quarantine: ", run.held);
  printList("Copies:    ", run.copies);
  if (!options.showMessage || run.leaves.empty()) return;
  std::cout << '\n';
  printMessage(run.leaves, terminal);
}

nlohmann::json jsonOf(const DryRun& run) {
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& step : run.steps)
    steps.push_back({{"where", step.where},
                     {"recipient", step.recipient},
                     {"step", step.step},
                     {"says", step.says},
                     {"saw", step.saw},
                     {"microseconds", step.microseconds}});
  return {{"steps", steps},
          {"code", run.code},
          {"enhanced", run.enhanced},
          {"text", run.text},
          {"decided_by", run.decidedBy},
          {"delivered", run.accepted},
          {"refused", run.refused},
          {"discarded", run.dropped},
          {"quarantined", run.held},
          {"copies", run.copies},
          {"message", run.leaves}};
}

Exit explain(const Context& context, Options options) {
  Context from = context;
  if (options.applied) from.paths.config = context.paths.currentYaml();
  auto settings = loadSettings(from);
  if (!settings) return Exit::InvalidSettings;
  auto message = readMessage(options.file);
  if (!message) return fail(context, message.error());
  options.mail.message = std::move(*message);

  const SystemClock clock;
  const auto runner = DryRunner::make(
      std::make_shared<const directory::Policy>(std::move(*settings)),
      context.paths,
      clock);
  if (!runner) return fail(context, runner.error());
  const auto run = runner->run(options.mail);
  if (!run) return fail(context, run.error());
  if (context.json)
    printJson(context, jsonOf(*run));
  else
    print(*run, options, context.terminal);
  return Exit::Done;
}

}  // namespace

void addExplain(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "explain",
      "Say what would happen to a message, check by check, without "
      "sending it");
  auto options = std::make_shared<Options>();
  command
      ->add_option("--from",
                   options->mail.from,
                   "Envelope sender; \"\" is the null sender")
      ->required();
  command
      ->add_option(
          "--rcpt", options->mail.to, "Envelope recipient; may be repeated")
      ->required();
  command->add_option("--client", options->mail.client, "Address of the client")
      ->capture_default_str();
  command
      ->add_option("--client-name",
                   options->mail.clientName,
                   "Name of that address in the DNS")
      ->capture_default_str();
  command->add_option("--helo", options->mail.helo, "What it says in EHLO")
      ->capture_default_str();
  command->add_option("--login", options->mail.login, "Who logged in");
  command->add_flag("--applied",
                    options->applied,
                    "By the settings in force, not by the YAML as it stands");
  command->add_flag(
      "--message", options->showMessage, "Print the message as it would leave");
  command->add_option("FILE",
                      options->file,
                      "The message (.eml), - for standard input; default: a "
                      "short one");
  command->callback([&context, options] {
    context.run = [&context, options] { return explain(context, *options); };
  });
}

}  // namespace mailreeve::cli
