// Puts a generation in force, all of it or nothing.
//
// Before the first change an intent file is written; it is removed when the
// last is made. Between the two a crash leaves the host in no state anybody
// chose: recover() then makes it wholly the generation that `current` names.
// `current` is switched after all files are in place, so it names the old one
// until the very end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mgmtd/apply/baseline.h"
#include "mgmtd/apply/generation.h"

namespace mailreeve::apply {

// What an installation changed on the host.
struct Installed {
  Number number = 0;
  Number former = 0;
  std::vector<std::filesystem::path> changed;  // In the order of the changes.
};

// Makes `number`, which is complete in the store, the current generation. On
// an Error the former one is in force again; if even that could not be done,
// the error says so, and recover() is to be run.
[[nodiscard]] Result<Installed> install(const Paths& paths,
                                        const GenerationStore& store,
                                        Number number);

// Ends what a crash has left half done; nothing to do is fine. Returns the
// generation in force and what had to be changed for it.
[[nodiscard]] Result<Installed> recover(const Paths& paths,
                                        const GenerationStore& store);

// Adds to `state` what goes with `settings` and the time of day, and so stands
// outside of every generation.
void addExpiringClients(HostState& state,
                        const Paths& paths,
                        const config::Settings& settings);

// True while an installation is under way or was cut off.
[[nodiscard]] bool isHalfDone(const Paths& paths);

}  // namespace mailreeve::apply
