#include "mgmtd/quarantine/desk.h"

#include <utility>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/net/smtp_client.h"
#include "core/store/event_log.h"
#include "core/store/release_token.h"
#include "core/store/waiver.h"
#include "mgmtd/quarantine/released_bytes.h"

namespace mailreeve::quarantine {

namespace {

using namespace std::chrono_literals;
using store::HeldMessage;
using store::HeldState;
using store::ReleaseAnswer;

// A scan of the largest message takes less.
constexpr auto kConversation = 5min;
// Longer than that, so that nobody else takes what is under way.
constexpr std::chrono::seconds kLease = 7min;
constexpr std::chrono::seconds kTokenLife = 5min;

std::string senderOf(const config::Quarantine& settings,
                     const directory::Policy& policy,
                     const std::vector<std::string>& recipients) {
  if (settings.releaseSender == config::ReleaseSender::Null) return "";
  for (const auto& recipient : recipients)
    if (const auto* domain = policy.domainOfAddress(recipient))
      return "postmaster@" + domain->name;
  return "postmaster@" + policy.settings().server.hostname;
}

ReleaseAnswer answerOf(const std::string& recipient,
                       const net::SmtpAnswer& said) {
  return {recipient,
          said.accepted()    ? HeldState::Released
          : said.temporary() ? HeldState::Releasing
                             : HeldState::Failed,
          said.text};
}

// What stops a release before anybody is asked: to be tried again, or not.
std::vector<ReleaseAnswer> allOf(const std::vector<std::string>& recipients,
                                 const Error& error) {
  const auto state = error.code == ErrorCode::Unavailable ? HeldState::Releasing
                                                          : HeldState::Failed;
  std::vector<ReleaseAnswer> answers;
  for (const auto& recipient : recipients)
    answers.push_back({recipient, state, error.what});
  return answers;
}

// Of one mailbox, or those named.
std::vector<std::string> chosen(const HeldMessage& held,
                                const std::vector<std::string>& named,
                                const Asker& asker) {
  if (asker.administrator) return named;
  std::vector<std::string> own;
  for (const auto& one : held.recipients)
    if (one.mailbox == asker.mailbox) own.push_back(one.address);
  return own;
}

store::Obstacle obstacleOf(const HeldMessage& held,
                           const std::string& recipient) {
  for (const auto& one : held.recipients)
    if (one.address == recipient) return one.obstacle;
  return {};
}

Asker byLink(const store::ReleaseLink& link) {
  return {false, "link", link.mailbox};
}

std::string byWhom(const Asker& asker) {
  return asker.administrator ? asker.who : asker.mailbox + " (by a link)";
}

// ", waiving spam, content_rules", for the log.
std::string waiving(const HeldMessage& held, const store::ReleaseOrder& order) {
  auto names = order.alsoWaived;
  if (held.kind != store::HeldKind::Virus)
    names.insert(names.begin(), held.step);
  return names.empty() ? ", waiving nothing" : ", waiving " + join(names, ", ");
}

// What is waived besides, each known and once.
Result<Done> bringIntoForm(const HeldMessage& held,
                           store::ReleaseOrder& order) {
  auto also = store::alsoWaived(order.alsoWaived);
  if (!also) return std::move(also).error();
  order.alsoWaived = *std::move(also);
  std::erase(order.alsoWaived, held.step);  // Waived as it is.
  return Done{};
}

// To release the message, and to waive all that is waived.
Result<Done> entitled(const config::Quarantine& settings,
                      const HeldMessage& held,
                      const store::ReleaseOrder& order,
                      const Asker& asker) {
  auto allowed = mayRelease(settings, held.kind, asker);
  for (const auto& name : order.alsoWaived)
    if (allowed)
      allowed = mayWaive(settings, *store::waivableCheck(name), asker);
  return allowed;
}

}  // namespace

Desk::Desk(Paths paths, const Clock& clock, PolicySource policy)
    : paths_(std::move(paths)),
      clock_(clock),
      policy_(std::move(policy)),
      followed_(clock) {}

Result<store::Quarantine*> Desk::store() {
  const std::lock_guard lock(mutex_);
  if (!store_) {
    auto opened = store::Quarantine::open(
        paths_.quarantine(), paths_.stateDatabase(), clock_);
    if (!opened) return std::move(opened).error();
    store_ = *std::move(opened);
  }
  return store_.get();
}

Result<const store::KeyedMac*> Desk::key() {
  const std::lock_guard lock(mutex_);
  if (!key_) {
    auto opened = store::KeyedMac::open(paths_.releaseKey());
    if (!opened) return std::move(opened).error();
    key_.emplace(*std::move(opened));
  }
  return &*key_;
}

Result<ReleaseOutcome> Desk::release(store::ReleaseOrder order,
                                     const Asker& asker) {
  auto index = store();
  if (!index) return std::move(index).error();
  auto held = (*index)->find(order.id);
  if (!held) return std::move(held).error();
  if (auto formed = bringIntoForm(*held, order); !formed)
    return std::move(formed).error();
  auto policy = policy_();
  if (!policy) return std::move(policy).error();
  const auto& settings = (*policy)->settings().quarantine;
  if (auto may = entitled(settings, *held, order, asker); !may)
    return std::move(may).error();
  auto agree = agreed(**index, settings, *held, order, asker);
  if (!agree) return std::move(agree).error();
  if (!*agree) return ReleaseOutcome{};
  order.recipients = chosen(*held, order.recipients, asker);
  if (!asker.administrator && order.recipients.empty())
    return Error{ErrorCode::Invalid, "this message was not for you"};
  auto claimed = (*index)->claim(order, asker.who, kLease);
  if (!claimed) return std::move(claimed).error();
  if (claimed->empty())
    return Error{ErrorCode::Invalid,
                 "nobody is left to release " + order.id +
                     " to: it is released or deleted, or on its way"};
  record(*held,
         *claimed,
         "release",
         byWhom(asker) + " releases " + order.id + waiving(*held, order));
  auto answers = deliver(
      **index, *held, {order.id, *std::move(claimed), order.alsoWaived});
  if (!answers) return std::move(answers).error();
  return ReleaseOutcome{true, *std::move(answers)};
}

Result<bool> Desk::agreed(store::Quarantine& index,
                          const config::Quarantine& settings,
                          const HeldMessage& held,
                          const store::ReleaseOrder& order,
                          const Asker& asker) {
  const auto two = stepsForTwo(settings, held, order.alsoWaived);
  if (two.empty()) return true;
  auto agree = index.approve(held.id, two, asker.who);
  if (!agree) return std::move(agree).error();
  if (*agree >= 2) return true;
  record(held,
         {},
         "request",
         byWhom(asker) + " asks for the release of " + held.id +
             waiving(held, order) + "; a second administrator has to");
  return false;
}

void Desk::record(const HeldMessage& held,
                  const std::vector<std::string>& recipients,
                  const char* verdict,
                  const std::string& what) {
  log::info("quarantine: " + what);
  store::EventLog events(paths_.logsDatabase());
  store::Event event;
  event.time = clock_.now();
  event.program = "mgmtd";
  event.kind = "release";
  event.queueId = held.queueId;
  event.traceCode = held.traceCode;
  event.sender = held.sender;
  event.recipients = recipients;
  event.messageId = held.messageId;
  event.subject = held.subject;
  event.size = held.size;
  event.verdict = verdict;
  event.reason = what;
  events.post(std::move(event));
}

Result<Followed> Desk::follow(std::string_view link, std::string_view wanted) {
  auto with = key();
  if (!with) return std::move(with).error();
  auto read = store::readReleaseLink(**with, link, clock_.now());
  auto may = followed_.take(read ? read->mailbox : "");
  if (!may) return std::move(may).error();
  if (!read) return std::move(read).error();
  if (!wanted.empty() && wanted != name(read->action))
    return Error{ErrorCode::Invalid,
                 "this link is there to " + std::string(name(read->action)) +
                     ", not to " + printable(wanted)};
  auto outcome = act(*read);
  if (!outcome) return std::move(outcome).error();
  return Followed{*std::move(read), *std::move(outcome)};
}

Result<ReleaseOutcome> Desk::act(const store::ReleaseLink& link) {
  switch (link.action) {
    case store::LinkAction::Release:
      return release({link.id, {}}, byLink(link));
    case store::LinkAction::Delete: {
      auto gone = remove(link.id, {}, byLink(link));
      if (!gone) return std::move(gone).error();
      return ReleaseOutcome{true, {}};
    }
    case store::LinkAction::Request:
      return request(link);
  }
  return Error{ErrorCode::Internal, "a link that does nothing"};
}

Result<std::vector<std::string>> Desk::remove(
    const std::string& id,
    const std::vector<std::string>& recipients,
    const Asker& asker) {
  auto index = store();
  if (!index) return std::move(index).error();
  auto held = (*index)->find(id);
  if (!held) return std::move(held).error();
  const auto whose = chosen(*held, recipients, asker);
  if (!asker.administrator && whose.empty())
    return Error{ErrorCode::Invalid, "this message was not for you"};
  auto gone = (*index)->remove(id, whose, asker.who);
  if (!gone) return std::move(gone).error();
  if (gone->empty())
    return Error{ErrorCode::Invalid,
                 asker.administrator
                     ? "nothing of " + id +
                           " was deleted: it is gone already, being released, "
                           "or was not for them"
                     : "it is deleted already, or on its way"};
  record(*held, *gone, "delete", byWhom(asker) + " deletes " + id);
  return gone;
}

Result<ReleaseOutcome> Desk::request(const store::ReleaseLink& link) {
  auto index = store();
  if (!index) return std::move(index).error();
  auto held = (*index)->find(link.id);
  if (!held) return std::move(held).error();
  auto policy = policy_();
  if (!policy) return std::move(policy).error();
  if (held->login.empty() || (*policy)->mailboxKey(held->login) != link.mailbox)
    return Error{ErrorCode::Invalid, "this message was not from you"};
  if (!mayRequest((*policy)->settings().quarantine, held->kind))
    return Error{ErrorCode::Invalid, "messages like this are never released"};
  auto noted = (*index)->request(link.id, link.mailbox);
  if (!noted) return std::move(noted).error();
  if (!*noted)
    return Error{ErrorCode::Invalid,
                 "its release is asked for already, or it is decided"};
  record(*held,
         {},
         "request",
         byWhom(byLink(link)) + " asks for the release of " + held->id);
  return ReleaseOutcome{true, {}};
}

Result<RetryTotals> Desk::retry() {
  auto index = store();
  if (!index) return std::move(index).error();
  auto due = (*index)->claimDue(kLease);
  if (!due) return std::move(due).error();
  RetryTotals totals;
  for (const auto& claim : *due) {
    auto held = (*index)->find(claim.id);
    if (!held) return std::move(held).error();
    auto answers = deliver(**index, *held, claim);
    if (!answers) return std::move(answers).error();
    for (const auto& one : *answers) {
      totals.released += one.state == HeldState::Released ? 1 : 0;
      totals.waiting += one.state == HeldState::Releasing ? 1 : 0;
      totals.failed += one.state == HeldState::Failed ? 1 : 0;
    }
  }
  return totals;
}

Result<std::vector<ReleaseAnswer>> Desk::deliver(store::Quarantine& index,
                                                 const HeldMessage& held,
                                                 const store::Claim& claim) {
  auto answers = send(index, held, claim);
  auto outcome =
      answers ? *std::move(answers) : allOf(claim.recipients, answers.error());
  for (const auto& one : outcome)
    log::info("quarantine: " + held.id + ": to=<" + one.recipient + ">, " +
              std::string(name(one.state)) + ": " + printable(one.answer));
  auto settled = index.settle(held.id, outcome);
  if (!settled) return std::move(settled).error();
  if (const auto now = index.find(held.id))
    for (auto& one : outcome) one.obstacle = obstacleOf(*now, one.recipient);
  return outcome;
}

Result<std::vector<ReleaseAnswer>> Desk::send(store::Quarantine& index,
                                              const HeldMessage& held,
                                              const store::Claim& claim) {
  auto policy = policy_();
  if (!policy) return std::move(policy).error();
  auto with = key();
  if (!with) return std::move(with).error();
  auto bytes = index.bytes(held);
  if (!bytes) return std::move(bytes).error();
  const auto out = releasedBytes(held, *bytes, clock_.now());
  const auto& settings = (*policy)->settings();
  // A token of its own for each try: the one before is spent.
  const auto nonce = store::newNonce();
  const auto expires = clock_.now() + kTokenLife;
  auto issued = index.issue(nonce, held.id, expires);
  if (!issued) return std::move(issued).error();
  net::SmtpMail mail;
  mail.hello = settings.server.hostname;
  mail.sender = senderOf(settings.quarantine, **policy, claim.recipients);
  mail.envelopeId =
      store::writeReleaseToken(**with, held, nonce, expires, claim.alsoWaived);
  mail.recipients = claim.recipients;
  mail.prepend = out.trace;
  mail.message = out.message;
  net::Endpoint socket;
  socket.path = paths_.releaseSocket();
  const auto said = net::sendMail(socket, mail, kConversation);
  std::vector<ReleaseAnswer> answers;
  for (std::size_t i = 0; i < claim.recipients.size(); ++i)
    answers.push_back(answerOf(claim.recipients[i], said[i]));
  return answers;
}

}  // namespace mailreeve::quarantine
