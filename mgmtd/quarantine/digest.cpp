#include "mgmtd/quarantine/digest.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/config/settings.h"

namespace mailreeve::quarantine {

namespace {

using store::HeldMessage;

constexpr std::int64_t kMost = 1000;  // Of one mailbox's news at once.

// The antivirus check can send a notice of its own; a digest tells of a virus
// only where the recipient may release it.
std::vector<store::HeldKind> toldKinds(const config::Quarantine& settings) {
  std::vector<store::HeldKind> kinds = {store::HeldKind::Spam,
                                        store::HeldKind::Content,
                                        store::HeldKind::Authentication};
  if (settings.virus == config::ReleaseRight::Recipient)
    kinds.push_back(store::HeldKind::Virus);
  return kinds;
}

class Round {
 public:
  Round(Desk& desk, store::Outbox& outbox, const Clock& clock)
      : desk_(desk), outbox_(outbox), clock_(clock) {}

  Result<std::string> run(const std::function<bool()>& stopping) {
    auto policy = desk_.policy();
    if (!policy) return std::move(policy).error();
    const auto& settings = (*policy)->settings().quarantine;
    if (settings.digests.empty()) return std::string("nobody is to be told");
    auto index = desk_.store();
    if (!index) return std::move(index).error();
    auto readers = readersOf(**policy, **index);
    if (!readers) return std::move(readers).error();
    for (const auto& [mailbox, logins] : *readers) {
      if (stopping()) break;
      if ((*policy)->domainOfAddress(mailbox) == nullptr) continue;
      if (auto told = tell(**policy, mailbox, logins); !told && !problem_)
        problem_ = std::move(told).error().within(mailbox);
    }
    if (problem_) return *problem_;
    return std::to_string(sent_) + (sent_ == 1 ? " digest" : " digests");
  }

 private:
  // Mailboxes with news, and the logins under which each sends.
  using Readers = std::map<std::string, std::vector<std::string>>;

  static Result<Readers> readersOf(const directory::Policy& policy,
                                   store::Quarantine& index) {
    const auto kinds = toldKinds(policy.settings().quarantine);
    auto mailboxes = index.untold(kinds);
    if (!mailboxes) return std::move(mailboxes).error();
    auto logins = index.untoldSenders(kinds);
    if (!logins) return std::move(logins).error();
    Readers readers;
    for (const auto& mailbox : *mailboxes) readers[mailbox];
    for (const auto& login : *logins)
      readers[policy.mailboxKey(login)].push_back(login);
    return readers;
  }

  Result<Done> tell(const directory::Policy& policy,
                    const std::string& mailbox,
                    const std::vector<std::string>& logins) {
    const auto& settings = policy.settings().quarantine;
    const auto* rule = digestRuleFor(settings, mailbox);
    if (rule == nullptr) return Done{};
    const TimePoint now = clock_.now();
    const auto due = lastDigest(rule->every, settings.digestHour, now);
    auto index = desk_.store();
    if (!index) return std::move(index).error();
    const auto kinds = toldKinds(settings);
    auto news = (*index)->news(mailbox, kinds, kMost);
    if (!news) return std::move(news).error();
    auto sent = (*index)->newsOfSender(logins, kinds, kMost);
    if (!sent) return std::move(sent).error();
    if (!isDue(*news, due) && !isDue(*sent, due)) return Done{};
    auto key = desk_.key();
    if (!key) return std::move(key).error();
    const auto letter =
        digestLetter(settings, *rule, **key, {mailbox, *news, now, *sent});
    store::Notice notice;
    notice.kind = "digest";
    notice.recipients = {mailbox};
    notice.message = mail::compose(letter,
                                   now,
                                   "digest." + store::newNonce(),
                                   policy.settings().server.hostname);
    auto added = outbox_.add(notice);
    if (!added) return std::move(added).error();
    ++sent_;
    if (auto told = (*index)->toldSender(*sent); !told) return told;
    return (*index)->told(mailbox, *news);
  }

  // The newest comes first: the last has waited longest.
  static bool isDue(const std::vector<HeldMessage>& news, TimePoint due) {
    return !news.empty() && news.back().received < due;
  }

  Desk& desk_;
  store::Outbox& outbox_;
  const Clock& clock_;
  std::size_t sent_ = 0;
  std::optional<Error> problem_;
};

}  // namespace

const config::DigestRule* digestRuleFor(const config::Quarantine& settings,
                                        const std::string& mailbox) {
  for (const auto& rule : settings.digests)
    for (const auto& user : rule.users)
      if (matchesWildcard(user, mailbox)) return rule.enabled ? &rule : nullptr;
  return nullptr;
}

TimePoint lastDigest(config::DigestEvery every,
                     std::int64_t hour,
                     TimePoint now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm at{};
  ::localtime_r(&seconds, &at);
  at.tm_min = 0;
  at.tm_sec = 0;
  if (every != config::DigestEvery::Hour) {
    if (at.tm_hour < hour) at.tm_mday -= 1;
    at.tm_hour = static_cast<int>(hour);
    at.tm_isdst = -1;
    if (every == config::DigestEvery::Week) {
      (void)std::mktime(&at);              // Finds the day of the week.
      at.tm_mday -= (at.tm_wday + 6) % 7;  // Back to Monday.
      at.tm_isdst = -1;
    }
  }
  return std::chrono::system_clock::from_time_t(std::mktime(&at));
}

Result<std::string> sendDigests(Desk& desk,
                                store::Outbox& outbox,
                                const Clock& clock,
                                const std::function<bool()>& stopping) {
  return Round(desk, outbox, clock).run(stopping);
}

}  // namespace mailreeve::quarantine
