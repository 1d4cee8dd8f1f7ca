// mgmtctl job: what mgmtd does by itself, and when.
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct Options {
  std::string job;
  std::int64_t limit = 20;
  bool noWait = false;
};

std::string stateOf(const json& job) {
  if (job["running"].get<bool>()) {
    const std::string where = job.value("progress", "");
    return where.empty() ? "running" : "running: " + where;
  }
  if (job["waiting"].get<bool>()) return "waiting";
  if (!job.contains("last")) return "never ran";
  return job["last"]["outcome"].get<std::string>() + " " +
         shownTime(job["last"]["started"]);
}

Exit list(const Context& context, const Options&) {
  auto answer = Management(context).ask({{"do", "job_list"}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, {{"jobs", (*answer)["jobs"]}});
    return Exit::Done;
  }
  Table table({"JOB", "NEXT", "LAST", "WHAT"});
  for (const auto& job : (*answer)["jobs"])
    table.add({job["name"],
               shownTime(job.value("next", "never")),
               stateOf(job),
               job["what"]});
  std::cout << table.text();
  return Exit::Done;
}

Exit history(const Context& context, const Options& options) {
  auto answer = Management(context).ask(
      {{"do", "job_history"}, {"job", options.job}, {"limit", options.limit}});
  if (!answer) return fail(context, answer.error());
  if (context.json) {
    printJson(context, {{"runs", (*answer)["runs"]}});
    return Exit::Done;
  }
  Table table({"STARTED", "SECONDS", "JOB", "OUTCOME", "MESSAGE"});
  for (const auto& run : (*answer)["runs"])
    table.add({shownTime(run["started"]),
               run.contains("seconds")
                   ? std::to_string(run["seconds"].get<std::int64_t>())
                   : "-",
               run["job"],
               run["outcome"],
               run["message"]});
  std::cout << table.text();
  return Exit::Done;
}

// The run that came after `before`, once it has ended.
Result<json> await(Management& management,
                   const std::string& job,
                   std::int64_t before) {
  const bool tell = ::isatty(STDERR_FILENO) != 0;
  for (;;) {
    auto runs =
        management.ask({{"do", "job_history"}, {"job", job}, {"limit", 1}});
    if (!runs) return runs;
    const json& found = (*runs)["runs"];
    if (!found.empty() && found[0]["id"].get<std::int64_t>() > before &&
        found[0]["outcome"] != "running") {
      if (tell) std::cerr << "\r\x1b[K" << std::flush;
      return found[0];
    }
    if (tell)
      if (auto jobs = management.ask({{"do", "job_list"}}))
        for (const auto& one : (*jobs)["jobs"])
          if (one["name"] == job)
            std::cerr << "\r\x1b[K" << stateOf(one) << std::flush;
    std::this_thread::sleep_for(200ms);
  }
}

Exit run(const Context& context, const Options& options) {
  Management management(context);
  auto asked = management.ask({{"do", "job_run"}, {"job", options.job}});
  if (!asked) return fail(context, asked.error());
  if (options.noWait) {
    if (context.json) printJson(context, {{"job", options.job}});
    return Exit::Done;
  }
  auto ended =
      await(management, options.job, (*asked)["after"].get<std::int64_t>());
  if (!ended) return fail(context, ended.error());
  if (context.json)
    printJson(context, *ended);
  else
    std::cout << (*ended)["outcome"].get<std::string>() << ": "
              << (*ended)["message"].get<std::string>() << '\n';
  return (*ended)["outcome"] == "done" ? Exit::Done : Exit::Failed;
}

}  // namespace

void addJob(CLI::App& app, Context& context) {
  CLI::App* job = app.add_subcommand("job", "What mgmtd does by itself");
  job->require_subcommand(1);
  const auto options = std::make_shared<Options>();

  CLI::App* one = job->add_subcommand("list", "List the jobs");
  one->callback([&context, options] {
    context.run = [&context, options] { return list(context, *options); };
  });

  one = job->add_subcommand("run", "Run a job now and wait for its end");
  one->add_option("job", options->job, "As listed")->required();
  one->add_flag("--no-wait", options->noWait, "Only ask for it");
  one->callback([&context, options] {
    context.run = [&context, options] { return run(context, *options); };
  });

  one = job->add_subcommand("history", "List past runs, the newest first");
  one->add_option("job", options->job, "Of this job alone");
  one->add_option("--limit", options->limit, "How many")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  one->callback([&context, options] {
    context.run = [&context, options] { return history(context, *options); };
  });
}

}  // namespace mailreeve::cli
