#include "policyd/memory.h"

#include <string>
#include <utility>
#include <vector>

#include "core/config/settings.h"
#include "policyd/rules/quota_used_up.h"

namespace mailreeve::policyd {

namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

void addNames(Names& names,
              const char* list,
              const std::vector<config::ListEntry>& entries) {
  for (const auto& entry : entries) names.emplace_back(list, entry.name);
}

}  // namespace

Memory::Memory(const Paths& paths, const Clock& clock)
    : clock_(clock),
      usage_(paths.countersDatabase(), clock),
      recipients_(paths.stateDatabase()),
      correspondents_(paths.countersDatabase(), clock),
      writer_(
          paths.countersDatabase(), clock, {&greylist_, &hits_, &unknown_}) {}

void Memory::follow(const directory::Policy& policy) {
  const auto& settings = policy.settings();
  usage_.want(anyDailyLimit(settings));
  recipients_.want(settings.greylisting.enabled ||
                   settings.restrictions.unknownRecipients > 0);
  Names names;
  addNames(names, "allow", settings.lists.allow);
  addNames(names, "block", settings.lists.block);
  hits_.keep(std::move(names), clock_.now());
}

Asks Memory::asks(const directory::Policy& policy,
                  std::shared_ptr<const ClientFacts> facts) {
  const auto keepDays = policy.settings().spam.correspondents.keepDays;
  return {
      .usedToday =
          [this](const std::string& user) { return usage_.usedToday(user); },
      .exists =
          [this](const std::string& mailbox) {
            return recipients_.exists(mailbox);
          },
      .countUnknown =
          [this](const std::string& client, TimePoint at, bool another) {
            const std::string day = store::usageDay(at);
            return another ? unknown_.add(client, day)
                           : unknown_.count(client, day);
          },
      .greylist = [this](const store::GreylistSender& sender,
                         const store::GreylistTerms& terms,
                         TimePoint at) -> Result<store::GreylistAnswer> {
        // Noted in any case: who waits now need not wait anew when the database
        // is back.
        const auto answer = greylist_.attempt(sender, terms, at);
        if (!writer_.healthy())
          return Error{ErrorCode::Unavailable, "its database fails"};
        return answer;
      },
      .hasWrittenTo =
          [this, keepDays](const std::string& user,
                           const std::string& address) {
            return correspondents_.knows(user, address, keepDays);
          },
      .facts = std::move(facts)};
}

}  // namespace mailreeve::policyd
