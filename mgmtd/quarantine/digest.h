// Mail to a user about what was held for him, or of what he sent, since the
// mail before. Nothing new is no mail. It names people and subjects as text and
// shows no content; its links are signed, expire, and act for his copies only,
// or ask for what he sent.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/config/quarantine.h"
#include "core/mail/letter.h"
#include "core/store/keyed_mac.h"
#include "core/store/outbox.h"
#include "core/store/quarantine_message.h"
#include "mgmtd/quarantine/desk.h"

namespace mailreeve::quarantine {

// The rule that holds for a mailbox; null: he is not told.
[[nodiscard]] const config::DigestRule* digestRuleFor(
    const config::Quarantine& settings, const std::string& mailbox);

// The last moment up to `now` at which such a digest is sent: what came before
// it and was not told is due. Local time.
[[nodiscard]] TimePoint lastDigest(config::DigestEvery every,
                                   std::int64_t hour,
                                   TimePoint now);

// The most that one digest lists of each.
inline constexpr std::size_t kDigestLines = 100;

struct DigestInput {
  std::string mailbox;
  std::vector<store::HeldMessage> news;  // To him; the newest first.
  TimePoint now;
  std::vector<store::HeldMessage> sent = {};  // By him; the newest first.
};

// Addressed and worded; from postmaster of the mailbox's domain.
[[nodiscard]] mail::Letter digestLetter(const config::Quarantine& settings,
                                        const config::DigestRule& rule,
                                        const store::KeyedMac& key,
                                        const DigestInput& input);

// Every digest that is due, into the outbox. Says how many; an Error tells of
// the first that could not be made, after all others were.
[[nodiscard]] Result<std::string> sendDigests(
    Desk& desk,
    store::Outbox& outbox,
    const Clock& clock,
    const std::function<bool()>& stopping);

}  // namespace mailreeve::quarantine
