// Where held mail is asked for: releases it through Postfix's release socket,
// tries again what is still on its way, deletes. The one place that knows the
// order of things: right, claim, token, SMTP, answer.
//
// Callable from any thread. Nothing is opened before it is needed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/store/keyed_mac.h"
#include "core/store/quarantine.h"
#include "core/store/release_link.h"
#include "mgmtd/quarantine/link_limit.h"
#include "mgmtd/quarantine/rights.h"

namespace mailreeve::quarantine {

// The settings in force.
using PolicySource = std::function<Result<directory::PolicyPtr>()>;

struct ReleaseOutcome {
  // False: noted, and a second administrator must ask for it, too.
  bool begun = false;
  std::vector<store::ReleaseAnswer> answers;  // One for each claimed recipient.
};

// What a link was, and what came of it.
struct Followed {
  store::ReleaseLink link;
  ReleaseOutcome outcome;
};

struct RetryTotals {
  std::int64_t released = 0;
  std::int64_t waiting = 0;
  std::int64_t failed = 0;
};

class Desk {
 public:
  // `clock` must outlive this.
  Desk(Paths paths, const Clock& clock, PolicySource policy);

  // Unavailable when state.db cannot be opened.
  [[nodiscard]] Result<store::Quarantine*> store();
  [[nodiscard]] Result<const store::KeyedMac*> key();

  [[nodiscard]] Result<directory::PolicyPtr> policy() const {
    return policy_();
  }

  // To the order's recipients that are held or failed; what it names to be
  // waived may be named as an administrator would. Waits for the MTA. Invalid:
  // not his to release or to waive, or nobody is left to release it to.
  [[nodiscard]] Result<ReleaseOutcome> release(store::ReleaseOrder order,
                                               const Asker& asker);

  // Deletes the copies of `recipients`, none named: of everybody whom `asker`
  // may decide for. Returns whose. Invalid: nobody's; they are gone already, on
  // their way or not his.
  [[nodiscard]] Result<std::vector<std::string>> remove(
      const std::string& id,
      const std::vector<std::string>& recipients,
      const Asker& asker);

  // Does what a link says. `wanted` names what is expected of it: Invalid when
  // it says something else. Empty: whatever it is. Unavailable: too many links
  // were followed, to whatever end.
  [[nodiscard]] Result<Followed> follow(std::string_view link,
                                        std::string_view wanted);

  // Tries again what is due.
  [[nodiscard]] Result<RetryTotals> retry();

 private:
  [[nodiscard]] Result<ReleaseOutcome> act(const store::ReleaseLink& link);
  [[nodiscard]] Result<ReleaseOutcome> request(const store::ReleaseLink& link);

  // Notes that `asker` consents to whatever takes two. False: another
  // administrator has to, too.
  [[nodiscard]] Result<bool> agreed(store::Quarantine& index,
                                    const config::Quarantine& settings,
                                    const store::HeldMessage& held,
                                    const store::ReleaseOrder& order,
                                    const Asker& asker);

  // Into the log, for whoever asks who let something go or away. `verdict`:
  // "release", "delete", or "request" of who only asks for a release.
  void record(const store::HeldMessage& held,
              const std::vector<std::string>& recipients,
              const char* verdict,
              const std::string& what);

  // Recipients that are ours by claim, through the MTA, and what it said
  // written down.
  [[nodiscard]] Result<std::vector<store::ReleaseAnswer>> deliver(
      store::Quarantine& index,
      const store::HeldMessage& held,
      const store::Claim& claim);

  // One try. An Error: the MTA was not asked.
  [[nodiscard]] Result<std::vector<store::ReleaseAnswer>> send(
      store::Quarantine& index,
      const store::HeldMessage& held,
      const store::Claim& claim);

  const Paths paths_;
  const Clock& clock_;
  const PolicySource policy_;
  LinkLimit followed_;
  std::mutex mutex_;
  std::unique_ptr<store::Quarantine> store_;  // Guarded by mutex_: once set...
  std::optional<store::KeyedMac> key_;        // ...both stay as they are.
};

}  // namespace mailreeve::quarantine
