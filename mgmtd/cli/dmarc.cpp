// mgmtctl dmarc reports: what other domains are told about mail in their name.
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

struct Options {
  std::string domain;
  std::int64_t id = 0;
  std::int64_t limit = 100;
  bool today = false;
};

Exit list(const Context& context, const Options& options) {
  auto found = Management(context).ask({{"do", "dmarc_reports"},
                                        {"domain", options.domain},
                                        {"limit", options.limit}});
  if (!found) return fail(context, found.error());
  if (context.json) {
    printJson(context, *found);
    return Exit::Done;
  }
  Table table({"ID", "DOMAIN", "FROM", "MESSAGES", "STATE", "TO"});
  for (const auto& one : (*found)["reports"]) {
    const std::string to = one["recipients"];
    const std::string detail = one["detail"];
    table.add({std::to_string(one["id"].get<std::int64_t>()),
               one["domain"],
               one["begin"],
               std::to_string(one["messages"].get<std::int64_t>()),
               one["state"],
               to.empty() ? detail : to});
  }
  std::cout << table.text();
  return Exit::Done;
}

Exit show(const Context& context, const Options& options) {
  auto found =
      Management(context).ask({{"do", "dmarc_report"}, {"id", options.id}});
  if (!found) return fail(context, found.error());
  if (context.json)
    printJson(context, *found);
  else
    std::cout << (*found)["xml"].get<std::string>();
  return Exit::Done;
}

Exit send(const Context& context, const Options& options) {
  auto sent = Management(context).ask({{"do", "dmarc_send"},
                                       {"domain", options.domain},
                                       {"today", options.today}});
  if (!sent) return fail(context, sent.error());
  if (context.json) {
    printJson(context, *sent);
  } else {
    std::cout << (*sent)["reports"] << " reports wait to be sent, "
              << (*sent)["unwanted"] << " are not wanted\n";
    for (const auto& problem : (*sent)["problems"])
      std::cerr << "mgmtctl: later: " << problem.get<std::string>() << '\n';
  }
  return (*sent)["problems"].empty() ? Exit::Done : Exit::Unavailable;
}

}  // namespace

void addDmarc(CLI::App& app, Context& context) {
  CLI::App* dmarc = app.add_subcommand("dmarc", "DMARC aggregate reports");
  dmarc->require_subcommand(1);
  CLI::App* reports =
      dmarc->add_subcommand("reports", "What other domains are told");
  reports->require_subcommand(1);
  const auto options = std::make_shared<Options>();

  CLI::App* one =
      reports->add_subcommand("list", "List them, the newest first");
  one->add_option("--domain", options->domain, "Of this domain alone");
  one->add_option("--limit", options->limit, "How many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  one->callback([&context, options] {
    context.run = [&context, options] { return list(context, *options); };
  });

  one = reports->add_subcommand("show", "Print one as XML");
  one->add_option("id", options->id, "As listed")->required();
  one->callback([&context, options] {
    context.run = [&context, options] { return show(context, *options); };
  });

  one = reports->add_subcommand("send", "Make those that are due now");
  one->add_option("--domain", options->domain, "Of this domain alone");
  one->add_flag("--today", options->today, "Also of the day that is not over");
  one->callback([&context, options] {
    context.run = [&context, options] { return send(context, *options); };
  });
}

}  // namespace mailreeve::cli
