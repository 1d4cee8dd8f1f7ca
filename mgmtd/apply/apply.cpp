// The stages that change the host: install, reload, probe; and the way back.
#include "mgmtd/apply/apply.h"

#include <signal.h>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "mgmtd/apply/confirm.h"
#include "mgmtd/apply/install.h"
#include "mgmtd/apply/probe.h"

namespace mailreeve::apply {

namespace {

// A closed terminal or an impatient Ctrl-C must not cut in half what takes
// seconds; the signal is delivered afterwards.
class Uninterrupted {
 public:
  Uninterrupted() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }

  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;
  Uninterrupted(Uninterrupted&&) = delete;
  Uninterrupted& operator=(Uninterrupted&&) = delete;

  ~Uninterrupted() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// Which of our daemons must answer: those that did before.
ProbeOptions probeOptions(const Paths& paths, std::chrono::milliseconds limit) {
  ProbeOptions options;
  options.limit = limit;
  options.milterd = hasSystemd() || isListening(paths.milterSocket());
  options.policyd = hasSystemd() || isListening(paths.policySocket());
  return options;
}

struct Change {
  Number number = 0;
  ServiceActions actions;
  std::optional<config::Settings> settings;  // To probe; none: no probe.
  ProbeOptions probe;
};

Result<Done> reloadAndProbe(const Paths& paths,
                            const Change& change,
                            const Progress& progress,
                            std::vector<std::string>& notes) {
  progress("reload");
  if (change.number != 0) {
    const auto started = startDaemons();
    if (!started) notes.push_back(started.error().what);
  }
  const auto complaints = reloadDaemons(paths);
  notes.insert(notes.end(), complaints.begin(), complaints.end());
  auto done = perform(change.actions);
  if (!done) return std::move(done).error().within("reload");
  if (!change.settings) return Done{};
  progress("probe");
  const auto silent = probe(paths, *change.settings, change.probe);
  if (silent.empty()) return Done{};
  return Error{ErrorCode::Unavailable, "probe: " + join(silent, "; ")};
}

// The actions that lead back: what was started is stopped, what was reloaded
// or restarted is so again.
Action backwards(Action action) {
  switch (action) {
    case Action::Start:
      return Action::Stop;
    case Action::Stop:
      return Action::Start;
    case Action::Nothing:
    case Action::Reload:
      return action;
    case Action::Restart:
      break;
  }
  return Action::Restart;
}

// A service that its own change has killed is started again.
Action repaired(Action action, bool runs) {
  if (action == Action::Reload || action == Action::Restart)
    return runs ? action : Action::Start;
  if (action == Action::Stop) return runs ? action : Action::Nothing;
  if (action == Action::Start) return runs ? Action::Nothing : action;
  return action;
}

// Postfix is restarted, not reloaded: an smtpd that died of the change, or of
// Dovecot's, makes master(8) hold back its service for a minute (throttling),
// which a reload does not end.
ServiceActions wayBack(const ServiceActions& actions) {
  const Running now = runningServices();
  ServiceActions back;
  back.postfix = repaired(backwards(actions.postfix), now.postfix);
  back.dovecot = repaired(backwards(actions.dovecot), now.dovecot);
  back.spamd = actions.spamd;  // With what stands in its files then.
  back.units = actions.units;
  for (auto& unit : back.units) unit.action = Action::Restart;
  if (now.postfix && back.postfix != Action::Stop)
    back.postfix = Action::Restart;
  return back;
}

// Installs the former generation and says how that went.
std::string goBack(const Paths& paths,
                   const GenerationStore& store,
                   const Installed& installed,
                   const Change& change,
                   const Progress& progress) {
  progress("going back");
  const std::string former = "generation " + std::to_string(installed.former);
  auto back = install(paths, store, installed.former);
  if (!back) return former + " could not be installed: " + back.error().what;
  Change reverse;
  reverse.number = installed.former;
  reverse.actions = wayBack(change.actions);
  reverse.probe = change.probe;
  if (installed.former != 0) {
    auto settings = store.settings(installed.former);
    if (settings) reverse.settings = *std::move(settings);
  }
  std::vector<std::string> notes;
  auto done = reloadAndProbe(paths, reverse, progress, notes);
  if (!done)
    return former + " is installed, but does not answer: " + done.error().what;
  return former + " is in force again" +
         (reverse.settings ? " and answers" : "");
}

// What milterd and policyd are needed for, while they are not there.
void noteAbsentDaemons(const ProbeOptions& options, Outcome& outcome) {
  if (!options.milterd)
    outcome.notes.emplace_back(
        "milterd does not run: mail is deferred until it does");
  if (!options.policyd)
    outcome.notes.emplace_back(
        "policyd does not run: mail is deferred until it does");
}

Result<Outcome> putInForce(const Paths& paths,
                           const GenerationStore& store,
                           const Change& change,
                           const Progress& progress) {
  progress("install");
  auto installed = install(paths, store, change.number);
  if (!installed) return std::move(installed).error();
  Outcome outcome;
  outcome.number = installed->number;
  outcome.former = installed->former;
  auto works = reloadAndProbe(paths, change, progress, outcome.notes);
  outcome.inForce = works.ok();
  if (works) {
    if (change.number != 0) noteAbsentDaemons(change.probe, outcome);
    return outcome;
  }
  outcome.why = works.error().what + "\n" +
                goBack(paths, store, *installed, change, progress);
  return outcome;
}

Result<Done> keepLocalEdits(const GenerationStore& store,
                            const Prepared& prepared) {
  for (const auto& path : prepared.plan.localEdits) {
    auto file = readHostFile(path);
    if (!file) return std::move(file).error();
    if (file->kind != HostFile::Kind::File) continue;
    auto kept =
        store.keepLocalEdit(prepared.generation.number, path, file->bytes);
    if (!kept) return kept;
  }
  return Done{};
}

Result<Done> checkLocalEdits(const Plan& plan, bool overwrite) {
  if (overwrite || plan.localEdits.empty()) return Done{};
  std::vector<std::string> paths;
  for (const auto& path : plan.localEdits) paths.push_back(path);
  return Error{ErrorCode::Invalid,
               "edited by hand since the last apply: " + join(paths, ", ") +
                   "; `mgmtctl plan` shows how. Move the edits to the YAML or "
                   "to templates, or give --overwrite-local-edits"};
}

Result<Done> awaitConfirmation(const Paths& paths,
                               const Clock& clock,
                               const Outcome& outcome,
                               std::chrono::seconds within) {
  auto written = writePending(
      paths, {outcome.number, outcome.former, clock.now() + within});
  if (!written) return written;
  return startGuard(paths);
}

}  // namespace

Result<Outcome> applyPrepared(const Paths& paths,
                              const Clock& clock,
                              const Prepared& prepared,
                              const ApplyOptions& options,
                              const Progress& progress) {
  const GenerationStore store(paths);
  auto edits = checkLocalEdits(prepared.plan, options.overwriteLocalEdits);
  if (!edits) return std::move(edits).error();
  Change change;
  change.number = prepared.generation.number;
  change.actions = prepared.plan.services;
  change.settings = prepared.settings;
  change.probe = probeOptions(paths, options.probeLimit);

  auto kept = writeBaseline(store, prepared.baseline, clock.now());
  if (kept)
    kept = store.write(prepared.generation, prepared.sources, paths.config);
  if (kept) kept = keepLocalEdits(store, prepared);
  if (!kept) return std::move(kept).error();
  auto outcome = putInForce(paths, store, change, progress);
  const std::string result = !outcome ? "undone: " + outcome.error().what
                             : outcome->inForce ? std::string("applied")
                                                : "undone: " + outcome->why;
  auto noted = store.setResult(change.number, result);
  if (!outcome) return outcome;
  if (!noted) outcome->notes.push_back(noted.error().what);
  // What came into force since makes an older wish for confirmation moot.
  auto moot = removePending(paths);
  if (!moot) outcome->notes.push_back(moot.error().what);
  if (outcome->inForce && options.confirmWithin) {
    auto waits =
        awaitConfirmation(paths, clock, *outcome, *options.confirmWithin);
    if (!waits) outcome->notes.push_back(waits.error().what);
  }
  return outcome;
}

Result<Plan> planRollback(const Paths& paths, Number number) {
  const GenerationStore store(paths);
  auto baseline = readBaseline(store);
  if (!baseline) return std::move(baseline).error();
  auto generation = store.read(number);
  if (!generation) return std::move(generation).error();
  auto after = desiredState(*baseline, generation->tree);
  if (!after) return std::move(after).error();
  auto former = store.read(store.current());
  if (!former) return std::move(former).error();
  Intended intended;
  intended.number = number;
  intended.former = store.current();
  intended.after = *std::move(after);
  if (intended.former != 0) intended.formerTree = &former->tree;
  intended.now = runningServices();
  intended.wanted = number != 0
                        ? Running{true, true}
                        : Running{baseline->postfixRan, baseline->dovecotRan};
  auto settings = store.settings(number);
  auto formerSettings = store.settings(intended.former);
  if (!settings) return std::move(settings).error();
  if (formerSettings && number != 0 && intended.former != 0) {
    intended.settings = *settings;
    intended.formerSettings = *std::move(formerSettings);
  }
  if (number != 0) addExpiringClients(intended.after, paths, *settings);
  return makePlan(paths, intended);
}

Result<Outcome> rollback(const Paths& paths,
                         Number number,
                         const ApplyOptions& options,
                         const Progress& progress) {
  const GenerationStore store(paths);
  auto plan = planRollback(paths, number);
  if (!plan) return std::move(plan).error();
  auto edits = checkLocalEdits(*plan, options.overwriteLocalEdits);
  if (!edits) return std::move(edits).error();
  Change change;
  change.number = number;
  change.actions = plan->services;
  change.probe = probeOptions(paths, options.probeLimit);
  if (number != 0) {
    progress("verify");
    auto facts = gatherFacts(paths);
    if (!facts) return std::move(facts).error();
    auto generation = store.read(number);
    if (!generation) return std::move(generation).error();
    auto verified = verify(generation->tree, *facts);
    if (!verified) return std::move(verified).error().within("verify");
    auto settings = store.settings(number);
    if (!settings) return std::move(settings).error();
    change.settings = *std::move(settings);
  }
  auto outcome = putInForce(paths, store, change, progress);
  if (!outcome) return outcome;
  auto moot = removePending(paths);
  if (!moot) outcome->notes.push_back(moot.error().what);
  return outcome;
}

}  // namespace mailreeve::apply
