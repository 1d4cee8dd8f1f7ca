// mgmtctl quarantine: mail that was held back.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/store/keyed_mac.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/quarantine_words.h"
#include "mgmtd/cli/search.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string text;
  std::string since;
  std::string until;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::string found;
  std::string step;
  std::string kind;
  std::string state;
  std::string queueId;
  std::string traceCode;
  std::int64_t limit = 100;
  std::string id;
  std::vector<std::string> recipients;
  std::vector<std::string> alsoWaive;
  std::string link;
  bool requested = false;
  bool html = false;
  bool learn = false;
  bool yes = false;
};

Result<json> searchRequest(const Options& o) {
  json request{{"do", "quarantine_list"},
               {"text", o.text},
               {"sender", o.sender},
               {"recipient", o.recipient},
               {"subject", o.subject},
               {"found", o.found},
               {"step", o.step},
               {"kind", o.kind},
               {"state", o.state},
               {"requested", o.requested},
               {"queue_id", o.queueId},
               {"trace_code", o.traceCode}};
  auto added = addPeriod(request, o.since, o.until);
  if (!added) return std::move(added).error();
  return request;
}

Exit search(const Context& context, const Options& options) {
  auto request = searchRequest(options);
  if (!request) return fail(context, request.error());
  Management management(context);
  auto messages =
      askPages(management, *std::move(request), "messages", options.limit);
  if (!messages) return fail(context, messages.error());
  if (context.json) {
    printJson(context, {{"messages", std::move(*messages)}});
    return Exit::Done;
  }
  std::cout << tableOf(*messages);
  return Exit::Done;
}

Exit show(const Context& context, const Options& options) {
  auto answer =
      Management(context).ask({{"do", "quarantine_show"}, {"id", options.id}});
  if (!answer) return fail(context, answer.error());
  const json& message = (*answer)["message"];
  if (context.json) {
    printJson(context, message);
    return Exit::Done;
  }
  printHeld(message);
  return Exit::Done;
}

Exit view(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "quarantine_view"}, {"id", options.id}, {"html", options.html}});
  if (!answer) return fail(context, answer.error());
  if (context.json)
    printJson(context, {{"view", (*answer)["view"]}});
  else
    std::cout << (*answer)["view"].get<std::string>();
  return Exit::Done;
}

// The bytes as they came, piece by piece.
Exit original(const Context& context, const Options& options) {
  if (context.json)
    return fail(context,
                {ErrorCode::Invalid, "the original is bytes, never JSON"});
  if (context.terminal) return fail(context, notForTerminals());
  Management management(context);
  json request{{"do", "quarantine_original"}, {"id", options.id}};
  for (bool more = true; more;) {
    auto piece = management.ask(request);
    if (!piece) return fail(context, piece.error());
    const auto bytes =
        store::fromUrlBase64((*piece)["bytes"].get<std::string>());
    if (!bytes) return fail(context, bytes.error());
    std::cout.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
    if (!std::cout) return Exit::Failed;  // The reader has gone.
    more = (*piece)["more"].get<bool>();
    request["offset"] = (*piece)["next"];
  }
  std::cout << std::flush;
  return Exit::Done;
}

Exit release(const Context& context, const Options& options) {
  if (options.id.empty() == options.link.empty())
    return fail(context, {ErrorCode::Invalid, "give an ID, or --link"});
  json request{{"do", "quarantine_release"},
               {"id", options.id},
               {"recipients", options.recipients},
               {"also_waive", options.alsoWaive},
               {"learn", options.learn}};
  if (!options.link.empty() && (options.learn || !options.alsoWaive.empty()))
    return fail(context,
                {ErrorCode::Invalid,
                 "a link neither learns nor waives a further verdict"});
  if (!options.link.empty())
    request = {{"do", "quarantine_follow"}, {"link", options.link}};
  auto answer = Management(context).ask(request);
  if (!answer) return fail(context, answer.error());
  return tellFollowed(context, *answer);
}

Exit request(const Context& context, const Options& options) {
  auto answer = Management(context).ask({{"do", "quarantine_follow"},
                                         {"link", options.link},
                                         {"action", "request"}});
  if (!answer) return fail(context, answer.error());
  return tellFollowed(context, *answer);
}

Exit remove(const Context& context, const Options& options) {
  if (!options.yes && !confirm("Delete " + options.id + " for good?"))
    return fail(context,
                {ErrorCode::Invalid,
                 "nothing was deleted; --yes answers the question"});
  auto answer = Management(context).ask({{"do", "quarantine_delete"},
                                         {"id", options.id},
                                         {"recipients", options.recipients}});
  if (!answer) return fail(context, answer.error());
  if (context.json)
    printJson(context, *answer);
  else
    std::cout << "deleted for " << (*answer)["deleted"] << " recipients\n";
  return Exit::Done;
}

Exit status(const Context& context, const Options&) {
  auto answer = Management(context).ask({{"do", "quarantine_status"}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, *answer);
    return Exit::Done;
  }
  std::cout << (*answer)["messages"] << " messages, "
            << formatSize((*answer)["bytes"].get<std::uint64_t>()) << " bytes, "
            << (*answer)["requested"] << " asked for by their senders\n";
  Table table({"KIND", "STATE", "COPIES"});
  for (const auto& [kind, states] : (*answer)["recipients"].items())
    for (const auto& [state, count] : states.items())
      table.add({kind, state, std::to_string(count.get<std::int64_t>())});
  std::cout << table.text();
  return Exit::Done;
}

using Command = Exit (*)(const Context&, const Options&);

CLI::App* add(CLI::App* parent,
              Context& context,
              const std::shared_ptr<Options>& options,
              const char* name,
              const char* what,
              Command command) {
  CLI::App* one = parent->add_subcommand(name, what);
  one->callback([&context, options, command] {
    context.run = [&context, options, command] {
      return command(context, *options);
    };
  });
  return one;
}

void addFilters(CLI::App* one, Options& o) {
  one->add_option("--since", o.since, "Received from this time on")
      ->type_name("TIME");
  one->add_option("--until", o.until, "Received before this time")
      ->type_name("TIME");
  one->add_option("--from", o.sender, "Envelope sender, with `*`");
  one->add_option("--to", o.recipient, "Recipient or alias, with `*`");
  one->add_option("--subject", o.subject, "Part of the subject");
  one->add_option(
      "--found,--virus", o.found, "Part of the virus' or rule's name");
  one->add_option(
      "--step", o.step, "The check that held it: spam, antivirus ...");
  one->add_option("--kind", o.kind, "spam, content, authentication, virus");
  one->add_option(
      "--state", o.state, "held, releasing, released, failed, deleted");
  one->add_flag("--requested",
                o.requested,
                "Whose senders ask for its release, and nobody has decided");
  one->add_option("--queue-id", o.queueId, "Postfix's queue id");
  one->add_option("--trace", o.traceCode, "Trace code of the log");
  one->add_option("--limit", o.limit, "At most so many, the newest")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
}

}  // namespace

void addQuarantine(CLI::App& app, Context& context) {
  CLI::App* all = app.add_subcommand("quarantine", "Mail that was held back");
  all->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  Options& o = *options;

  addFilters(add(all, context, options, "list", "List it", search), o);
  CLI::App* one =
      add(all, context, options, "search", "List what is about TEXT", search);
  one->add_option(
      "text", o.text, "Part of subject, author, finding, reason or message id");
  addFilters(one, o);
  one = add(all, context, options, "show", "All that is known of one", show);
  one->add_option("id", o.id, "As listed")->required();
  one = add(all, context, options, "view", "Its text, safe to look at", view);
  one->add_option("id", o.id, "As listed")->required();
  one->add_flag("--html", o.html, "As a page without anything active");
  one = add(
      all, context, options, "original", "Its bytes, as they came", original);
  one->add_option("id", o.id, "As listed")->required();
  one = add(all, context, options, "release", "Deliver it after all", release);
  one->add_option("id", o.id, "As listed");
  one->add_option("--to", o.recipients, "To these recipients only");
  one->add_option("--also-waive",
                  o.alsoWaive,
                  "Waive the verdict of this check, too: spam, content_rules "
                  "...")
      ->allow_extra_args(false)
      ->type_name("CHECK");
  one->add_option("--link", o.link, "Do what a digest's link says")
      ->type_name("TOKEN");
  one->add_flag(
      "--learn", o.learn, "And teach the spam filter that it is no spam");
  one = add(all,
            context,
            options,
            "request",
            "Ask for its release, as its sender",
            request);
  one->add_option("--link", o.link, "The link of his digest")
      ->type_name("TOKEN")
      ->required();
  one = add(all, context, options, "delete", "Delete it for good", remove);
  one->add_option("id", o.id, "As listed")->required();
  one->add_option("--to", o.recipients, "For these recipients only");
  one->add_flag("--yes", o.yes, "Do not ask");
  (void)add(all, context, options, "status", "How much there is", status);
}

}  // namespace mailreeve::cli
