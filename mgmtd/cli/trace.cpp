// mgmtctl trace: one time line of a message, or which messages there are.
#include <algorithm>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/search.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string id;
  std::string since;
  std::string until;
  std::string sender;
  std::string recipient;
  std::string client;
  std::int64_t limit = 50;

  [[nodiscard]] bool searches() const {
    return !since.empty() || !until.empty() || !sender.empty() ||
           !recipient.empty() || !client.empty();
  }
};

std::string textOf(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string()
             ? printable(found->get<std::string>())
             : std::string();
}

// With milliseconds: what happens to a message takes few of them.
std::string moment(const json& value) {
  const auto ms = value["time_ms"].get<std::int64_t>();
  std::string fraction = std::to_string(1000 + ms % 1000);
  fraction.front() = '.';
  return localText(fromMilliseconds(ms)) + fraction;
}

void printMessage(const json& message) {
  std::cout << "Message " << textOf(message, "queue_id");
  if (const auto id = textOf(message, "message_id"); !id.empty())
    std::cout << "  <" << id << '>';
  std::cout << "\n  from <" << textOf(message, "sender") << '>';
  if (const auto client = textOf(message, "client"); !client.empty())
    std::cout << ", client " << client;
  if (const auto login = textOf(message, "login"); !login.empty())
    std::cout << ", login " << login;
  const auto size = message["size"].get<std::int64_t>();
  if (size > 0) std::cout << ", " << size << " bytes";
  if (const auto subject = textOf(message, "subject"); !subject.empty())
    std::cout << "\n  subject: " << subject;
  std::cout << '\n';
}

void printStep(const json& step) {
  std::cout << moment(step) << "  " << textOf(step, "program");
  if (const auto id = textOf(step, "queue_id"); !id.empty())
    std::cout << "  " << id;
  const auto recipient = textOf(step, "recipient");
  const auto says = textOf(step, "says");
  if (!recipient.empty() && says.find(recipient) == std::string::npos)
    std::cout << "  " << recipient;
  std::cout << "  " << says;
  const auto code = textOf(step, "trace_code");
  if (!code.empty() && says.find(code) == std::string::npos)
    std::cout << " (reference " << code << ')';
  std::cout << '\n';
  if (!step.contains("steps")) return;
  for (const auto& one : step["steps"]) {
    std::cout << "    " << textOf(one, "step") << ": " << textOf(one, "says");
    if (const auto saw = textOf(one, "saw"); !saw.empty())
      std::cout << ", " << saw;
    if (const auto found = textOf(one, "found"); !found.empty())
      std::cout << " [" << found << ']';
    std::cout << '\n';
  }
}

void print(const json& trace) {
  for (const auto& message : trace["messages"]) printMessage(message);
  for (const auto& link : trace["links"])
    std::cout << "  " << textOf(link, "from") << " -> " << textOf(link, "to")
              << "  " << textOf(link, "how") << '\n';
  std::cout << '\n';
  for (const auto& step : trace["steps"]) printStep(step);
  std::cout << "\nOutcome\n";
  for (const auto& outcome : trace["outcomes"]) {
    const auto recipient = textOf(outcome, "recipient");
    std::cout << "  " << (recipient.empty() ? "(all)" : recipient) << ": "
              << textOf(outcome, "state");
    if (const auto says = textOf(outcome, "says"); !says.empty())
      std::cout << ", " << says;
    std::cout << '\n';
  }
  if (trace["unknown"].empty()) return;
  std::cout << "\nNot known\n";
  for (const auto& one : trace["unknown"])
    std::cout << "  " << printable(one.get<std::string>()) << '\n';
}

Exit showOne(const Context& context, const Options& options) {
  auto trace = Management(context).ask({{"do", "trace"}, {"id", options.id}});
  if (!trace) return fail(context, trace.error());
  const bool nothing =
      (*trace)["messages"].empty() && (*trace)["steps"].empty();
  if (nothing) {
    std::string what = "nothing is known of " + printable(options.id);
    for (const auto& one : (*trace)["unknown"])
      what += "\nnot known: " + printable(one.get<std::string>());
    return fail(context, {ErrorCode::NotFound, what});
  }
  if (context.json)
    printJson(context, *trace);
  else
    print(*trace);
  return Exit::Done;
}

Exit search(const Context& context, const Options& options) {
  json request{{"do", "find_traces"},
               {"sender", options.sender},
               {"recipient", options.recipient},
               {"client", options.client},
               {"limit", options.limit}};
  auto added = addPeriod(request, options.since, options.until);
  if (!added) return fail(context, added.error());
  Management management(context);
  auto found = management.ask(request);
  if (!found) return fail(context, found.error());
  const auto unknown = askUnknown(management);
  if (!unknown) return fail(context, unknown.error());
  if (context.json) {
    (*found)["unknown"] = *unknown;
    printJson(context, *found);
    return Exit::Done;
  }
  Table table({"TIME", "ID", "CLIENT", "FROM", "TO", "WHAT"});
  for (const auto& one : (*found)["messages"]) {
    const auto orDash = [&](const char* key) {
      const auto text = textOf(one, key);
      return text.empty() ? std::string("-") : text;
    };
    table.add({moment(one),
               orDash("id"),
               orDash("client"),
               "<" + textOf(one, "sender") + ">",
               orDash("recipient"),
               orDash("says")});
  }
  std::cout << table.text();
  tellUnknown(*unknown);
  return Exit::Done;
}

}  // namespace

void addTrace(CLI::App& app, Context& context) {
  CLI::App* trace = app.add_subcommand(
      "trace", "One time line of a message, through every program");
  const auto options = std::make_shared<Options>();
  trace->add_option("id",
                    options->id,
                    "Queue id, message id, code in the SMTP reply, or id in "
                    "quarantine");
  trace->add_option("--from", options->sender, "Find by sender, with `*`");
  trace->add_option("--to", options->recipient, "Find by recipient, with `*`");
  trace->add_option(
      "--client", options->client, "Find by the client's address");
  trace->add_option("--since", options->since, "Find from this time on")
      ->type_name("TIME");
  trace->add_option("--until", options->until, "Find before this time")
      ->type_name("TIME");
  trace
      ->add_option(
          "--limit", options->limit, "Find at most so many, the newest")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  trace->callback([&context, options] {
    if (options->id.empty() != options->searches())
      throw CLI::ValidationError(
          "trace", "give either an ID, or what to find messages by");
    context.run = [&context, options] {
      return options->searches() ? search(context, *options)
                                 : showOne(context, *options);
    };
  });
}

}  // namespace mailreeve::cli
