// mgmtctl log: what happened to which message.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/search.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string since;
  std::string until;
  std::string sender;
  std::string recipient;
  std::string queueId;
  std::string traceCode;
  std::string verdict;
  std::string program;
  std::string text;
  std::int64_t limit = 100;
  bool follow = false;
};

Result<json> requestOf(const Options& options) {
  json request{{"do", "events"},
               {"sender", options.sender},
               {"recipient", options.recipient},
               {"queue_id", options.queueId},
               {"trace_code", options.traceCode},
               {"verdict", options.verdict},
               {"program", options.program},
               {"text", options.text}};
  auto added = addPeriod(request, options.since, options.until);
  if (!added) return std::move(added).error();
  return request;
}

// The newest `limit` events, the oldest of them first.
Result<json> newest(Management& management, json request, std::int64_t limit) {
  auto events = askPages(management, std::move(request), "events", limit);
  if (!events) return std::move(events).error();
  std::reverse(events->begin(), events->end());
  return json(*std::move(events));
}

std::string orDash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

// One line: when, what became of it, whose it was, and why.
void print(const json& event) {
  const TimePoint time = fromMilliseconds(event["time_ms"].get<std::int64_t>());
  const std::vector<std::string> recipients = event["recipients"];
  std::cout << localText(time) << "  "
            << orDash(event["verdict"].get<std::string>()) << "  "
            << orDash(event["queue_id"].get<std::string>()) << "  "
            << orDash(event["trace_code"].get<std::string>()) << "  <"
            << printable(event["sender"].get<std::string>()) << "> -> "
            << orDash(join(recipients, ", "));
  const std::int64_t size = event["size"].get<std::int64_t>();
  if (size > 0) std::cout << "  " << size << " bytes";
  const std::string reason = event["reason"].get<std::string>();
  if (!reason.empty()) std::cout << "  " << printable(reason);
  std::cout << '\n';
}

Exit follow(const Context& context,
            Management& management,
            json request,
            std::int64_t last) {
  for (;;) {
    std::cout << std::flush;
    if (!std::cout) return Exit::Done;  // The reader has gone.
    std::this_thread::sleep_for(std::chrono::seconds(1));
    request["after"] = last;
    request["limit"] = kPage;
    auto page = management.ask(request);
    if (!page) return fail(context, page.error());
    for (const auto& event : (*page)["events"]) {
      if (context.json)
        std::cout << asJson(event) << '\n';
      else
        print(event);
      last = event["id"].get<std::int64_t>();
    }
  }
}

// The last event of all, so that following begins behind it also when none of
// those shown was the last.
Result<std::int64_t> lastId(Management& management) {
  auto page = management.ask({{"do", "events"}, {"limit", 1}});
  if (!page) return std::move(page).error();
  const json& events = (*page)["events"];
  return events.empty() ? 0 : events[0]["id"].get<std::int64_t>();
}

Exit show(const Context& context, const Options& options) {
  auto request = requestOf(options);
  if (!request) return fail(context, request.error());
  Management management(context);
  const auto last = lastId(management);
  if (!last) return fail(context, last.error());
  auto events = newest(management, *request, options.limit);
  if (!events) return fail(context, events.error());
  if (context.json && !options.follow) {
    printJson(context, {{"events", std::move(*events)}});
    return Exit::Done;
  }
  for (const auto& event : *events) {
    if (context.json)
      std::cout << asJson(event) << '\n';
    else
      print(event);
  }
  if (!options.follow) return Exit::Done;
  // What came between the two questions was shown already.
  const std::int64_t shown =
      events->empty() ? *last : events->back()["id"].get<std::int64_t>();
  return follow(context, management, *request, std::max(*last, shown));
}

}  // namespace

void addLog(CLI::App& app, Context& context) {
  CLI::App* log = app.add_subcommand("log", "What happened to which message");
  const auto options = std::make_shared<Options>();
  log->add_option("--since", options->since, "From this time on")
      ->type_name("TIME");
  log->add_option("--until", options->until, "Before this time")
      ->type_name("TIME");
  log->add_option("--from", options->sender, "Sender, with `*`");
  log->add_option("--to", options->recipient, "Recipient, with `*`");
  log->add_option("--queue-id", options->queueId, "Postfix's queue id");
  log->add_option("--trace", options->traceCode, "Code in the SMTP reply");
  log->add_option("--verdict", options->verdict, "pass, reject, defer ...");
  log->add_option("--program", options->program, "milterd, policyd");
  log->add_option("--text",
                  options->text,
                  "Part of subject, message id, reason, reply, client, login");
  log->add_option("--limit", options->limit, "At most so many, the newest")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  log->add_flag("--follow", options->follow, "Wait for more");
  log->require_subcommand(0, 1);
  addLogRecords(*log, context);
  log->callback([log, &context, options] {
    if (!log->get_subcommands().empty()) return;  // It has run.
    context.run = [&context, options] { return show(context, *options); };
  });
}

}  // namespace mailreeve::cli
