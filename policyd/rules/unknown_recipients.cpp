#include "policyd/rules/unknown_recipients.h"

#include <utility>

#include "core/config/settings.h"
#include "policyd/greylist_sender.h"

namespace mailreeve::policyd {

namespace {

// A host has one IPv4 address and as many of IPv6 as it likes.
std::string clientOf(const Ip& client) {
  return client.v6 ? networkOf(client) : client.text();
}

}  // namespace

UnknownRecipients::UnknownRecipients(directory::PolicyPtr policy,
                                     Exists exists,
                                     CountUnknown count)
    : policy_(std::move(policy)),
      exists_(std::move(exists)),
      count_(std::move(count)),
      most_(count_ ? policy_->settings().restrictions.unknownRecipients : 0) {}

Result<Opinion> UnknownRecipients::decide(const Question& question) const {
  const auto& subject = question.subject;
  if (most_ == 0) return Opinion{std::nullopt, "no limit"};
  if (question.outbound || !subject.client)
    return Opinion{std::nullopt, "one of ours"};
  const std::string client = clientOf(*subject.client);
  const auto before = count_(client, subject.at, false);
  if (before >= most_)
    return Opinion{Answer::reject("Too many recipients that do not exist"),
                   client + " named " + std::to_string(before) + " today, of " +
                       std::to_string(most_)};
  if (policy_->domainOf(subject.recipient.domain()) == nullptr)
    return Opinion{std::nullopt, "not to us"};
  const auto known = exists_(subject.recipient.mailbox);
  if (!known) return Opinion{std::nullopt, "cannot know who exists"};
  if (*known)
    return Opinion{std::nullopt, std::to_string(before) + " before this"};
  const auto now = count_(client, subject.at, true);
  return Opinion{std::nullopt,
                 "no such recipient, " + std::to_string(now) + " of " +
                     std::to_string(most_) + " today"};
}

}  // namespace mailreeve::policyd
