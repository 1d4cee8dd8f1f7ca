// The stages that change nothing: load, validate, render, verify, plan.
#include <cerrno>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "mgmtd/apply/apply.h"
#include "mgmtd/apply/install.h"
#include "mgmtd/apply/render.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

// The directory all mail is kept under, which Dovecot cannot make itself.
Result<Done> ensureVolume(const std::string& volume) {
  const auto* const owner = ::getpwnam("vmail");
  if (owner == nullptr)
    return Error{ErrorCode::NotFound,
                 "user vmail does not exist; run systemd-sysusers"};
  if (fs::exists(volume)) return Done{};
  auto made = makeDirectories(volume);
  if (!made) return std::move(made).error().within("mailboxes.volume");
  if (::chmod(volume.c_str(), 0750) != 0 ||
      ::chown(volume.c_str(), owner->pw_uid, owner->pw_gid) != 0)
    return Error{ErrorCode::Unavailable,
                 "mailboxes.volume: " + volume + ": " + errnoText(errno)};
  return Done{};
}

Result<Done> ensurePlaces(const Paths& paths,
                          const config::Settings& settings) {
  auto made = makeDirectories(paths.generations());
  if (made) made = ensureVolume(settings.mailboxes.volume);
  if (made && settings.server.tls.certificate.empty())
    made = ensureOwnCertificate(paths, settings.server.hostname);
  return made;
}

// While the host is its own, generation 0 is what stands there now; once it is
// ours, only files that were never replaced may be added.
Result<Baseline> baselineFor(const GenerationStore& store,
                             Number current,
                             const RenderedTree& tree,
                             Running now) {
  Baseline baseline;
  if (current == 0) {
    baseline.postfixRan = now.postfix;
    baseline.dovecotRan = now.dovecot;
  } else {
    auto known = readBaseline(store);
    if (!known) return known;
    baseline = *std::move(known);
  }
  auto extended = extendBaseline(baseline, tree);
  if (!extended) return std::move(extended).error();
  return baseline;
}

struct Former {
  Generation generation;
  config::Settings settings;
};

Result<Former> readFormer(const GenerationStore& store, Number current) {
  if (current == 0) return Former{};
  auto generation = store.read(current);
  if (!generation) return std::move(generation).error();
  auto settings = store.settings(current);
  if (!settings) return std::move(settings).error();
  return Former{*std::move(generation), *std::move(settings)};
}

Result<Plan> planOf(const Paths& paths,
                    const Prepared& prepared,
                    const Former& former,
                    Running now) {
  auto after = desiredState(prepared.baseline, prepared.generation.tree);
  if (!after) return std::move(after).error();
  Intended intended;
  intended.number = prepared.generation.number;
  intended.former = prepared.generation.former;
  intended.after = *std::move(after);
  addExpiringClients(intended.after, paths, prepared.settings);
  if (intended.former != 0) intended.formerTree = &former.generation.tree;
  intended.settings = prepared.settings;
  intended.formerSettings = former.settings;
  intended.now = now;
  intended.wanted = {true, true};
  return makePlan(paths, intended);
}

Result<Prepared> prepareFrom(const Paths& paths,
                             const Clock& clock,
                             const Progress& progress,
                             std::vector<config::Source> sources,
                             config::Settings settings) {
  const GenerationStore store(paths);
  auto places = ensurePlaces(paths, settings);
  if (!places) return std::move(places).error();
  auto facts = gatherFacts(paths);
  if (!facts) return std::move(facts).error();
  const Number current = store.current();
  auto former = readFormer(store, current);
  if (!former) return std::move(former).error();

  progress("render");
  facts->generation = store.next();
  auto tree = render(settings, *facts, templatesOf(paths));
  if (!tree) return std::move(tree).error().within("render");
  progress("verify");
  auto verified =
      verify(carryOver(*std::move(tree), former->generation.tree), *facts);
  if (!verified) return std::move(verified).error().within("verify");

  progress("plan");
  const Running now = runningServices();
  Prepared prepared;
  prepared.facts = *std::move(facts);
  prepared.sources = std::move(sources);
  prepared.settings = std::move(settings);
  prepared.generation.number = store.next();
  prepared.generation.former = current;
  prepared.generation.time = utcText(clock.now());
  prepared.generation.result = "installed";
  prepared.generation.tree = verified->files();
  auto baseline = baselineFor(store, current, prepared.generation.tree, now);
  if (!baseline) return std::move(baseline).error();
  prepared.baseline = *std::move(baseline);
  auto plan = planOf(paths, prepared, *former, now);
  if (!plan) return std::move(plan).error();
  prepared.generation.summary = plan->settings;
  prepared.plan = *std::move(plan);
  return prepared;
}

}  // namespace

Preparation prepare(const Paths& paths,
                    const Clock& clock,
                    const Progress& progress) {
  progress("load");
  auto files = config::readFiles(paths.config);
  if (!files.problems.empty()) return Refusal{std::move(files.problems), {}};
  progress("validate");
  auto loaded = config::parse(files.sources);
  if (!loaded.ok()) return Refusal{std::move(loaded.problems), {}};
  auto prepared = prepareFrom(paths,
                              clock,
                              progress,
                              std::move(files.sources),
                              std::move(loaded.settings));
  if (!prepared) return Refusal{{}, std::move(prepared).error()};
  return *std::move(prepared);
}

}  // namespace mailreeve::apply
