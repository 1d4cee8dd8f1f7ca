// Generation 0: the host before Mailreeve.
//
// Of every file that a generation replaces it keeps what was there, or that
// nothing was; of Postfix and Dovecot, whether they ran. A file is taken into
// it once, before its first replacement, and never again while Mailreeve is in
// force: so `rollback 0` gives back what the administrator had.
#pragma once

#include "mgmtd/apply/generation.h"
#include "mgmtd/apply/host_file.h"

namespace mailreeve::apply {

struct Baseline {
  HostState files;
  bool postfixRan = false;
  bool dovecotRan = false;
};

// NotFound when there is none yet.
[[nodiscard]] Result<Baseline> readBaseline(const GenerationStore& store);

// Writes `baseline` as generation 0, in place of one that is there.
[[nodiscard]] Result<Done> writeBaseline(const GenerationStore& store,
                                         const Baseline& baseline,
                                         TimePoint now);

// `known` with each path of `tree` that it lacks, as the host has it now; the
// bool says whether anything was added.
[[nodiscard]] Result<bool> extendBaseline(Baseline& known,
                                          const RenderedTree& tree);

// What each path is to be under a generation: as rendered, or, where it
// renders nothing, as it was before Mailreeve.
[[nodiscard]] Result<HostState> desiredState(const Baseline& baseline,
                                             const RenderedTree& tree);

}  // namespace mailreeve::apply
