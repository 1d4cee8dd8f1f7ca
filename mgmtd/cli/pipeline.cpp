#include "mgmtd/cli/pipeline.h"

#include <chrono>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "mgmtd/apply/lock.h"

namespace mailreeve::cli {

namespace {

const char* kindName(apply::FileChange::Kind kind) {
  switch (kind) {
    case apply::FileChange::Kind::New:
      return "new";
    case apply::FileChange::Kind::Removed:
      return "removed";
    case apply::FileChange::Kind::Changed:
      break;
  }
  return "changed";
}

nlohmann::json serviceJson(apply::Action action, const std::string& why) {
  return {{"action", apply::actionName(action)}, {"why", why}};
}

}  // namespace

apply::Progress stageProgress(const Context& context) {
  if (context.json) return [](const std::string&) {};
  return [](const std::string& stage) {
    std::cerr << "  " << stage << " ...\n" << std::flush;
  };
}

nlohmann::json planJson(const apply::Plan& plan) {
  nlohmann::json services = {
      {"postfix", serviceJson(plan.services.postfix, plan.services.postfixWhy)},
      {"dovecot", serviceJson(plan.services.dovecot, plan.services.dovecotWhy)},
      {"spamd", serviceJson(plan.services.spamd, plan.services.spamdWhy)}};
  for (const auto& change : plan.services.units)
    services[change.unit] = serviceJson(change.action, change.why);
  nlohmann::json files = nlohmann::json::array();
  for (const auto& change : plan.files)
    files.push_back({{"path", change.path.string()},
                     {"change", kindName(change.kind)},
                     {"edited_by_hand", change.localEdit},
                     {"adopted", change.adopted},
                     {"diff", change.diff}});
  return {{"generation", plan.number},
          {"former", plan.former},
          {"empty", plan.empty()},
          {"settings", plan.settings},
          {"files", files},
          {"services", services}};
}

Exit withLock(const Context& context, const std::function<Exit()>& work) {
  if (::geteuid() != 0)
    return fail(context, {ErrorCode::Invalid, "only root may do this"});
  const auto lock = apply::ApplyLock::take(context.paths);
  if (!lock) return fail(context, lock.error());
  const SystemClock clock;
  const auto recovered = apply::recoverHost(context.paths, clock);
  if (!recovered) return fail(context, recovered.error());
  for (const auto& line : *recovered) std::cerr << "mgmtctl: " << line << '\n';
  return work();
}

Exit report(const Context& context, const Result<apply::Outcome>& outcome) {
  if (!outcome) return fail(context, outcome.error());
  if (context.json) {
    printJson(context,
              {{"generation", outcome->number},
               {"former", outcome->former},
               {"in_force", outcome->inForce},
               {"why", outcome->why},
               {"notes", outcome->notes}});
  } else {
    for (const auto& note : outcome->notes)
      std::cerr << "mgmtctl: note: " << note << '\n';
    if (outcome->inForce)
      std::cout << "Generation " << outcome->number << " is in force.\n";
    else
      std::cerr << "mgmtctl: generation " << outcome->number
                << " was undone: " << outcome->why << '\n';
  }
  return outcome->inForce ? Exit::Done : Exit::Undone;
}

}  // namespace mailreeve::cli
