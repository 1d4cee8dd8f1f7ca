// What policyd knows between two requests: what it counts itself, and what it
// follows of what others write. One for the life of the process; the settings
// come and go above it.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/directory/policy.h"
#include "core/store/greylist.h"
#include "core/store/list_hits.h"
#include "core/store/unknown_recipients.h"
#include "core/store/write_behind.h"
#include "core/store/written_correspondents.h"
#include "policyd/asks.h"
#include "policyd/recipient_watch.h"
#include "policyd/usage_watch.h"

namespace mailreeve::policyd {

class Memory {
 public:
  // `clock` must outlive it.
  Memory(const Paths& paths, const Clock& clock);

  // To be told of settings before rules made of them are asked.
  void follow(const directory::Policy& policy);

  // Answers from this, which must outlive the rules.
  [[nodiscard]] Asks asks(const directory::Policy& policy,
                          std::shared_ptr<const ClientFacts> facts);

  [[nodiscard]] store::ListHits& hits() { return hits_; }

  [[nodiscard]] const store::Greylist& greylist() const { return greylist_; }

  // Writes now what is written every few seconds.
  [[nodiscard]] Result<Done> flush() { return writer_.flush(); }

  [[nodiscard]] bool healthy() const { return writer_.healthy(); }

 private:
  const Clock& clock_;
  UsageWatch usage_;
  RecipientWatch recipients_;
  store::WrittenCorrespondents correspondents_;
  store::Greylist greylist_;
  store::ListHits hits_;
  store::UnknownRecipients unknown_;
  store::WriteBehind writer_;  // Last: writes the others when it goes.
};

}  // namespace mailreeve::policyd
