// Mail that is held back: the exact bytes received, one file each, and an index
// of who sent what to whom and what was found.
//
//   quarantine/2026/03/01/20260301-7K2M9QXR4TPB.eml   the bytes
//   quarantine/2026/03/01/20260301-7K2M9QXR4TPB.json  what the index knew then
//   db/state.db, quarantine_*                          the index
//
// Both files are complete and durable before the row is, and the row before
// hold() returns: whoever answers "taken" after that loses nothing. Files that
// a crash left without a row are indexed again by recover(). Bytes never
// change; what happens to a recipient's copy is his row's state:
//
//   held -> releasing -> released
//             ^   |
//             |   v
//            failed          held, failed, released -> deleted
//
// Every transition is one UPDATE that names the state it leaves, so that of two
// who ask at once one is told that he came second.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

// Every criterion that is set must hold. Addresses may hold `*`.
struct QuarantineQuery {
  std::optional<TimePoint> since;
  std::optional<TimePoint> until;
  std::string sender;
  std::string recipient;  // Also finds what was sent to his aliases.
  std::string subject;    // Part of it, ASCII case ignored.
  std::string found;      // Part of the virus' or rule's name.
  std::string step;
  std::optional<HeldKind> kind;
  std::optional<HeldState> state;  // Of any recipient.
  bool requested = false;          // Asked for by its sender, and not decided.
  std::string queueId;
  std::string traceCode;
  std::string text;      // Part of subject, found, reason or message id.
  std::string beforeId;  // For the next page; empty: from the newest.
  std::int64_t limit = 100;
};

struct QuarantineTotals {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

struct StateCount {
  HeldKind kind = HeldKind::Content;
  HeldState state = HeldState::Held;
  std::int64_t count = 0;
};

// Recipients of one message that are the caller's to release until the lease
// ends, and what is waived for them.
struct Claim {
  std::string id;
  std::vector<std::string> recipients;
  std::vector<std::string> alsoWaived;
};

// What is to be released, and how far.
struct ReleaseOrder {
  std::string id;
  std::vector<std::string> recipients;       // Empty: all.
  std::vector<std::string> alsoWaived = {};  // As alsoWaived() gives it.
};

// What the MTA said about one recipient.
struct ReleaseAnswer {
  std::string recipient;
  HeldState state = HeldState::Releasing;  // Releasing: to be tried again.
  std::string answer;
  Obstacle obstacle = {};
};

// All methods may be called by any thread.
class Quarantine {
 public:
  // `directory` must be there and be the caller's. `clock` must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<Quarantine>> open(
      const std::filesystem::path& directory,
      const std::filesystem::path& stateDatabase,
      const Clock& clock);

  // Stores and indexes; gives the id. What `message` leaves empty (id, time,
  // size, hash) is filled in. `maxSize` limits all bytes held; 0: no limit.
  // Unavailable: no room, disk or database failing; nothing is kept then.
  //
  // Who was not told that we took his message sends it again: what is held
  // already is not held twice (heldBefore()).
  [[nodiscard]] Result<std::string> hold(HeldMessage message,
                                         std::string_view bytes,
                                         std::int64_t maxSize);

  // The id of the copy that is held of the same message: same bytes, same
  // envelope, for the same reason, not older than a sender's patience, and
  // touched by nobody yet.
  [[nodiscard]] Result<std::optional<std::string>> heldBefore(
      HeldMessage message, std::string_view bytes);

  // Indexes files that have no row, and removes temporary ones; what is younger
  // than `age` may be another process's work. Returns how many were indexed.
  [[nodiscard]] Result<std::int64_t> recover(std::chrono::seconds age);

  // The newest first.
  [[nodiscard]] Result<std::vector<HeldMessage>> search(
      const QuarantineQuery& query);

  // NotFound when there is none, here and below.
  [[nodiscard]] Result<HeldMessage> find(const std::string& id);
  [[nodiscard]] Result<QuarantineTotals> totals();

  // How many messages their senders ask for and nobody has decided about.
  [[nodiscard]] Result<std::int64_t> requests();

  // How many recipients' copies there are of each kind in each state.
  [[nodiscard]] Result<std::vector<StateCount>> states();

  // All bytes; Internal when they are not those that were received.
  [[nodiscard]] Result<std::string> bytes(const HeldMessage& message);

  // `size` bytes from `offset`, fewer at the end.
  [[nodiscard]] Result<std::string> part(const HeldMessage& message,
                                         std::int64_t offset,
                                         std::int64_t size);

  // Puts those of the order's recipients that are held or failed into
  // releasing, for `who`. They are the caller's until `lease` has passed. None:
  // somebody else was first, or they are gone.
  [[nodiscard]] Result<std::vector<std::string>> claim(
      const ReleaseOrder& order,
      const std::string& who,
      std::chrono::seconds lease);

  // Takes over what has been releasing for so long that its next try is due,
  // with what was waived for it.
  [[nodiscard]] Result<std::vector<Claim>> claimDue(std::chrono::seconds lease);

  // Keeps what stands in the way of those that are being released, for settle()
  // and whoever asks afterwards. The next claim() forgets it.
  [[nodiscard]] Result<Done> obstruct(
      const std::string& id,
      const std::vector<std::string>& recipients,
      const Obstacle& obstacle);

  // Writes down the MTA's answers; what is still releasing is due again later,
  // the later the more tries there were.
  [[nodiscard]] Result<Done> settle(const std::string& id,
                                    const std::vector<ReleaseAnswer>& answers);

  // Notes that `who` wants the verdict of each of `steps` waived; returns how
  // many different people do, of that which the fewest do.
  [[nodiscard]] Result<std::int64_t> approve(
      const std::string& id,
      const std::vector<std::string>& steps,
      const std::string& who);

  // Notes that `mailbox`, who sent it, asks for its release. False: that was
  // noted before, or nobody is left to release it to.
  [[nodiscard]] Result<bool> request(const std::string& id,
                                     const std::string& mailbox);

  // Deletes the copies of those of `recipients` (empty: all) that are not being
  // released; with the last of them go the bytes. Returns whose.
  [[nodiscard]] Result<std::vector<std::string>> remove(
      const std::string& id,
      const std::vector<std::string>& recipients,
      const std::string& who);

  // Deletes messages received before `moment`, bytes and rows, in whatever
  // state. Returns how many.
  [[nodiscard]] Result<std::int64_t> expire(TimePoint moment);

  // A number used once, for one release of `id`; good until `expires`.
  [[nodiscard]] Result<Done> issue(const std::string& nonce,
                                   const std::string& id,
                                   TimePoint expires);

  // True the first time, until it expires; never again.
  [[nodiscard]] Result<bool> redeem(const std::string& nonce,
                                    const std::string& id);

  // Mailboxes with something held of these kinds that they were not told of.
  [[nodiscard]] Result<std::vector<std::string>> untold(
      const std::vector<HeldKind>& kinds);

  // What a digest for `mailbox` tells: the newest first.
  [[nodiscard]] Result<std::vector<HeldMessage>> news(
      const std::string& mailbox,
      const std::vector<HeldKind>& kinds,
      std::int64_t limit);

  // The same for who sent what is held, logged in: the logins, as the index has
  // them, that were not told yet...
  [[nodiscard]] Result<std::vector<std::string>> untoldSenders(
      const std::vector<HeldKind>& kinds);

  // ...and what a digest tells of what was sent by any of `logins`.
  [[nodiscard]] Result<std::vector<HeldMessage>> newsOfSender(
      const std::vector<std::string>& logins,
      const std::vector<HeldKind>& kinds,
      std::int64_t limit);

  // A digest is on its way: what it told is no news any more, to its recipient
  // and to its sender.
  [[nodiscard]] Result<Done> told(const std::string& mailbox,
                                  const std::vector<HeldMessage>& messages);
  [[nodiscard]] Result<Done> toldSender(
      const std::vector<HeldMessage>& messages);

 private:
  Quarantine(std::filesystem::path directory,
             Database database,
             const Clock& clock);

  [[nodiscard]] Result<Done> index(const HeldMessage& message, bool again);
  [[nodiscard]] Result<std::vector<std::string>> copiesOf(
      const HeldMessage& message);
  [[nodiscard]] Result<std::optional<std::string>> takeOver(
      const HeldMessage& message, bool named);
  [[nodiscard]] Result<std::vector<HeldMessage>> read(const std::string& where,
                                                      const Values& values);
  [[nodiscard]] Result<std::set<std::string>> indexedIds();
  [[nodiscard]] Result<bool> removeIfAllGone(const std::string& id);

  // mutex_ is held.
  [[nodiscard]] Result<Done> leave(const std::string& sql,
                                   const std::string& id);

  const std::filesystem::path directory_;
  const Clock& clock_;
  std::mutex mutex_;
  Database database_;  // Guarded by mutex_.
};

}  // namespace mailreeve::store
