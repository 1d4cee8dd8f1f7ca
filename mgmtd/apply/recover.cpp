// What a crash, a power cut or a missed confirmation left to be done.
#include "core/base/text.h"
#include "mgmtd/apply/apply.h"
#include "mgmtd/apply/confirm.h"
#include "mgmtd/apply/install.h"

namespace mailreeve::apply {

namespace {

// At boot nothing runs yet, and what starts later reads the right files.
Result<Done> reloadWhatRuns(const Paths& paths) {
  const Running now = runningServices();
  ServiceActions actions;
  if (now.dovecot) actions.dovecot = Action::Reload;
  if (now.postfix) actions.postfix = Action::Reload;
  const auto complaints = reloadDaemons(paths);
  auto done = perform(actions);
  if (!done) return done;
  if (!complaints.empty())
    return Error{ErrorCode::Unavailable, join(complaints, "; ")};
  return Done{};
}

Result<Done> recoverCutOff(const Paths& paths,
                           const GenerationStore& store,
                           std::vector<std::string>& lines) {
  if (!isHalfDone(paths)) return Done{};
  auto recovered = recover(paths, store);
  if (!recovered) return std::move(recovered).error();
  lines.push_back("an apply was cut off: generation " +
                  std::to_string(recovered->number) + " is in force (" +
                  std::to_string(recovered->changed.size()) +
                  " files put right)");
  return reloadWhatRuns(paths);
}

Result<Done> recoverUnconfirmed(const Paths& paths,
                                const GenerationStore& store,
                                const Clock& clock,
                                std::vector<std::string>& lines) {
  auto pending = readPending(paths);
  if (!pending) return std::move(pending).error();
  if (!*pending) return Done{};
  const auto& awaited = **pending;
  if (store.current() != awaited.number) return removePending(paths);
  if (clock.now() < awaited.deadline) return Done{};
  const std::string missed = "generation " + std::to_string(awaited.number) +
                             " was not confirmed in time: ";
  const std::string back =
      "generation " + std::to_string(awaited.former) + " is in force again";
  const Running now = runningServices();
  if (!now.postfix && !now.dovecot) {
    // At boot: there is nothing to reload or to probe.
    auto installed = install(paths, store, awaited.former);
    if (!installed) return std::move(installed).error().within(missed);
    lines.push_back(missed + back);
    return removePending(paths);
  }
  auto outcome = rollback(
      paths, awaited.former, {.overwriteLocalEdits = true}, [](const auto&) {});
  if (!outcome) return std::move(outcome).error().within(missed);
  lines.push_back(missed + (outcome->inForce ? back : outcome->why));
  return Done{};
}

}  // namespace

Result<std::vector<std::string>> recoverHost(const Paths& paths,
                                             const Clock& clock) {
  const GenerationStore store(paths);
  std::vector<std::string> lines;
  auto done = recoverCutOff(paths, store, lines);
  if (done) done = recoverUnconfirmed(paths, store, clock, lines);
  if (!done) return std::move(done).error();
  return lines;
}

}  // namespace mailreeve::apply
