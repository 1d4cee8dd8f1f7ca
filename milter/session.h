// One connection of the MTA and the messages it brings, without libmilter: the
// glue translates callbacks into these calls, and tests make them directly.
//
// A message is judged by the engine that is current at its MAIL FROM, whatever
// is loaded later. Used by one thread at a time, but not always the same one:
// all state is in the object.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/snapshot.h"
#include "core/mail/message.h"
#include "core/store/list_hits.h"
#include "core/store/outbox.h"
#include "core/store/usage.h"
#include "milter/draft.h"
#include "milter/engine.h"
#include "milter/holding.h"
#include "milter/report.h"
#include "milter/tally.h"

namespace mailreeve::milter {

// What all sessions share; outlives them.
struct Services {
  const Snapshot<Engine>& engine;
  store::UsageCounter& usage;
  const Clock& clock;
  Tally& tally;
  std::string spoolDirectory;

  // Gets every report; must not block and may be called by any thread.
  std::function<void(Report)> record;

  // Null: there is none, and what should go there is deferred.
  Holding* quarantine = nullptr;

  // Null: notices are not sent.
  store::Outbox* outbox = nullptr;

  // Null: list entries that a message proves are not counted.
  store::ListHits* hits = nullptr;
};

// More header than this is refused: no client writes it, and every field costs
// memory.
struct HeaderLimits {
  static constexpr std::size_t kFields = 10'000;
  static constexpr std::size_t kBytes = std::size_t{2} << 20U;
};

class Session {
 public:
  // `bodyComes`: whether the MTA was asked to send bodies.
  Session(Services& services, bool bodyComes);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session();

  // `daemon` is the MTA's name of the way in: "RELEASE" takes nothing but what
  // is released from quarantine, "SUBMITTED" is sendmail(1), and "OWN" brings
  // what Postfix itself has written, which is never refused.
  void connect(std::string_view name,
               std::string_view address,
               std::string_view daemon = {});
  void helo(std::string_view name);

  // `parameters` are the ESMTP ones: "SIZE=1000".
  void mailFrom(std::string_view sender,
                const std::vector<std::string_view>& parameters,
                std::string_view login);
  void rcptTo(std::string_view recipient);

  // A verdict other than pass is the answer, complete with trace code, and
  // ends the message.
  [[nodiscard]] Verdict data(std::string_view queueId);

  void header(std::string_view name, std::string_view value);
  void body(std::string_view chunk);

  // Always ends the message. On pass and mark, its changes have been made on
  // `mta`; on quarantine it is on the disk.
  [[nodiscard]] Verdict endOfMessage(std::string_view queueId, Mta& mta);

  // The message will not come, or a step failed outside of the session's
  // control. No effect between messages.
  void abort();

  // Something of this message was lost: it must not be accepted.
  void spoil(std::string_view reason);

 private:
  struct Mail;  // The state of one message.

  [[nodiscard]] Mail& current();

  // What the token says, in the place of what the envelope says.
  [[nodiscard]] std::optional<Verdict> admit(Mail& mail);
  [[nodiscard]] Verdict judge(Mail& mail, Report& report, Mta& mta);

  // All checks and edits that are left, at the end of the message.
  [[nodiscard]] Outcome ask(Mail& mail, const mail::Message& message);
  [[nodiscard]] Verdict hold(const Mail& mail,
                             const mail::Message& message,
                             Verdict verdict,
                             Report& report);
  // What a part is taken out of goes on, and is kept as it came.
  [[nodiscard]] Result<Done> keep(const Mail& mail,
                                  const mail::Message& message,
                                  const Draft& draft,
                                  Report& report);
  [[nodiscard]] HoldReason reasonFor(const Mail& mail,
                                     const Report& report,
                                     std::string step,
                                     std::string found,
                                     std::string reason) const;
  [[nodiscard]] Verdict settle(Mail& mail,
                               const mail::Message& message,
                               const Draft& draft,
                               Report& report,
                               Mta& mta);
  static void noteCorrespondents(const Mail& mail);

  // The letters that the content rules ask for, now that `verdict` stands.
  [[nodiscard]] Verdict putLetters(const Mail& mail,
                                   const mail::Message& message,
                                   Verdict verdict);
  void putNotices(const Findings& findings, const Verdict& verdict);
  void noteObstacle(const Mail& mail, const Verdict& verdict);
  [[nodiscard]] Verdict finish(Mail& mail, Verdict verdict, Report report);

  Services& services_;
  bool bodyComes_;
  std::string clientName_;
  std::string clientAddress_;
  std::string helo_;
  bool releases_ = false;  // The connection is of the release listener.
  mail::Origin origin_ = mail::Origin::Network;
  std::unique_ptr<Mail> mail_;  // Null between messages.
};

}  // namespace mailreeve::milter
