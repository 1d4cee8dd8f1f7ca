#include "milter/quarantine.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/config/settings.h"
#include "core/store/held_recipients.h"
#include "core/store/release_token.h"

namespace mailreeve::milter {

namespace {

std::string fieldOf(const mail::Message& message, std::string_view name) {
  const auto* field = message.header(name);
  return field == nullptr ? std::string() : field->text();
}

store::HeldMessage heldOf(const mail::Message& message, const HoldReason& why) {
  const auto& envelope = message.envelope();
  store::HeldMessage held;
  held.id = why.id;
  held.client = envelope.clientAddress;
  held.clientName = envelope.clientName;
  held.helo = envelope.helo;
  held.login = envelope.login;
  held.sender = envelope.mailFrom;
  held.author = fieldOf(message, "From");
  held.subject = fieldOf(message, "Subject");
  held.messageId = fieldOf(message, "Message-ID");
  held.kind = store::kindOfStep(why.step);
  held.step = why.step;
  held.found = why.found;
  held.reason = why.reason;
  held.generation = why.generation;
  held.queueId = envelope.queueId;
  held.traceCode = why.code;
  return held;
}

bool isReleasedTo(const store::HeldMessage& held, const std::string& address) {
  return std::any_of(held.recipients.begin(),
                     held.recipients.end(),
                     [&address](const auto& one) {
                       return one.address == address &&
                              one.state == store::HeldState::Releasing;
                     });
}

Error refused(const std::string& why) {
  return {ErrorCode::Invalid, why};
}

}  // namespace

Result<Quarantine::Opened*> Quarantine::opened() {
  if (opened_) return &*opened_;
  auto index = store::Quarantine::open(
      paths_.quarantine(), paths_.stateDatabase(), clock_);
  if (!index) return std::move(index).error();
  auto accounts = store::Accounts::open(paths_.stateDatabase(), clock_);
  if (!accounts) return std::move(accounts).error();
  auto key = store::KeyedMac::open(paths_.releaseKey());
  if (!key) return std::move(key).error();
  opened_.emplace(
      Opened{*std::move(index), *std::move(accounts), *std::move(key)});
  return &*opened_;
}

void Quarantine::recover() {
  const std::lock_guard lock(mutex_);
  auto all = opened();
  if (!all) {
    log::error("quarantine: " + all.error().what);
    return;
  }
  // Nobody but us makes these files, and we have not begun.
  if (auto found = (*all)->index->recover(std::chrono::seconds(0)); !found)
    log::error("quarantine: " + found.error().what);
}

Result<Quarantine::Entry> Quarantine::entryOf(const directory::Policy& policy,
                                              const mail::Message& message,
                                              const HoldReason& why) {
  auto held = heldOf(message, why);
  const std::lock_guard lock(mutex_);
  auto all = opened();
  if (!all) return std::move(all).error();
  auto recipients = store::resolveRecipients(
      message.envelope().recipients, policy, (*all)->accounts);
  if (!recipients) return std::move(recipients).error();
  held.recipients = *std::move(recipients);
  return Entry{std::move(held), *(*all)->index};
}

Result<std::string> Quarantine::hold(const directory::Policy& policy,
                                     const mail::Message& message,
                                     const HoldReason& why) {
  auto entry = entryOf(policy, message, why);
  if (!entry) return std::move(entry).error();
  return entry->index.hold(std::move(entry->held),
                           message.bytes(),
                           policy.settings().quarantine.maxSize);
}

// What cannot be told now, hold() will say.
std::string Quarantine::idFor(const directory::Policy& policy,
                              const mail::Message& message,
                              const HoldReason& why) {
  if (auto entry = entryOf(policy, message, why)) {
    auto before =
        entry->index.heldBefore(std::move(entry->held), message.bytes());
    if (before && *before) return **std::move(before);
  }
  return store::newHeldId(why.at);
}

Result<Admission> Quarantine::admit(
    std::string_view text, const std::vector<std::string>& recipients) {
  const auto token = store::parseReleaseToken(text);
  if (!token) return token.error();
  const std::lock_guard lock(mutex_);
  auto all = opened();
  if (!all) return std::move(all).error();
  auto& index = *(*all)->index;
  auto held = index.find(token->id);
  if (!held) return std::move(held).error();
  if (!store::isGood(*token, (*all)->key, *held, clock_.now()))
    return refused("the token is not good");
  for (const auto& recipient : recipients)
    if (!isReleasedTo(*held, recipient))
      return refused(token->id + " is not being released to " + recipient);
  auto first = index.redeem(token->nonce, token->id);
  if (!first) return std::move(first).error();
  if (!*first) return refused("the token was used before");
  Admission admission;
  admission.released.id = held->id;
  admission.released.found = held->found;
  admission.released.waived = token->alsoWaived;
  // Whoever releases a virus bets that it is none: today's signatures tell.
  if (held->kind != store::HeldKind::Virus)
    admission.released.waived.push_back(held->step);
  auto& envelope = admission.envelope;
  envelope.clientAddress = held->client;
  envelope.clientName = held->clientName;
  envelope.helo = held->helo;
  envelope.login = held->login;
  envelope.mailFrom = held->sender;
  return admission;
}

// The release is refused whether or not it can be told why.
void Quarantine::obstruct(const Released& released,
                          const std::vector<std::string>& recipients,
                          const store::Obstacle& obstacle) {
  const std::lock_guard lock(mutex_);
  auto all = opened();
  auto kept = all ? (*all)->index->obstruct(released.id, recipients, obstacle)
                  : Result<Done>(std::move(all).error());
  if (!kept)
    log::warn("quarantine: " + released.id +
              ": why it is not released: " + kept.error().what);
}

}  // namespace mailreeve::milter
