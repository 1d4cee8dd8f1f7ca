// Asks Postfix and Dovecot what they think of a tree before it is installed.
//
// The tree is written to a directory of its own and judged there; nothing that
// runs is touched. Both programs shrug at some mistakes, so anything they say
// on standard error counts as a refusal.
#pragma once

#include "mgmtd/apply/facts.h"
#include "mgmtd/apply/tree.h"

namespace mailreeve::apply {

// A tree that was verified: only this can be installed.
class VerifiedTree {
 public:
  [[nodiscard]] const RenderedTree& files() const { return files_; }

 private:
  explicit VerifiedTree(RenderedTree files) : files_(std::move(files)) {}

  friend Result<VerifiedTree> verify(RenderedTree tree, const Facts& facts);
  RenderedTree files_;
};

// The error holds every complaint, a line each, with the paths the files will
// have. Takes a few seconds at most.
[[nodiscard]] Result<VerifiedTree> verify(RenderedTree tree,
                                          const Facts& facts);

}  // namespace mailreeve::apply
