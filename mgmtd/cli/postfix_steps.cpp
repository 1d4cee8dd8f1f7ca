#include "mgmtd/cli/postfix_steps.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/octet_pattern.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/dns/name.h"
#include "mgmtd/apply/render_admission.h"

namespace mailreeve::cli {

namespace {

using directory::ListVerdict;

constexpr std::chrono::seconds kPatience{5};  // For one question.

PostfixStep passed(std::string step, std::string saw) {
  return {{"postfix", "", std::move(step), "no opinion", std::move(saw), 0}};
}

PostfixStep refused(std::string step,
                    int code,
                    std::string enhanced,
                    const std::string& text) {
  return {{"postfix",
           "",
           std::move(step),
           code < 500 ? "defer" : "reject",
           text,
           0},
          code,
          std::move(enhanced),
          text};
}

dns::Answer ask(dns::Resolver& resolver,
                std::string_view name,
                dns::Type type) {
  return resolver.lookup(
      name, type, std::chrono::steady_clock::now() + kPatience);
}

bool isByClient(const directory::ListDecision& decision) {
  return decision.entry != nullptr &&
         (decision.criterion == directory::ListCriterion::Ip ||
          decision.criterion == directory::ListCriterion::Network);
}

PostfixStep accessStep(const config::Lists& lists,
                       const directory::AccessLists& access,
                       const directory::ListSubject& subject,
                       bool& decided) {
  const auto allowed = access.allows(subject);
  const auto blocked = access.blocks(subject);
  const bool allows =
      allowed.verdict == ListVerdict::Allow && isByClient(allowed);
  const bool blocks = apply::postscreenBlocks(lists) &&
                      blocked.verdict == ListVerdict::Reject &&
                      isByClient(blocked) && blocked.entry->expires.empty();
  decided = allows || blocks;
  const bool blockWins = lists.compat == config::ListCompat::Strict;
  if (blocks && (blockWins || !allows))
    return refused("postscreen_access",
                   550,
                   "5.3.2",
                   "Service unavailable, by " + describe(blocked));
  return passed("postscreen_access",
                allows ? describe(allowed) + " lets it in" : "no entry");
}

bool counts(const config::DnsList& list, const dns::Answer& answer) {
  const auto pattern = OctetPattern::parse(list.answer);
  return std::any_of(
      answer.addresses.begin(), answer.addresses.end(), [&](const Ip& address) {
        return list.answer.empty() || (pattern && pattern->fits(address));
      });
}

PostfixStep dnsListStep(const config::Postscreen& settings,
                        dns::Resolver& resolver,
                        const Ip& client) {
  std::int64_t score = 0;
  std::vector<std::string> listed;
  for (const auto& list : settings.dnsLists) {
    const auto answer =
        ask(resolver, dns::dnsListName(client, list.zone), dns::Type::A);
    if (!counts(list, answer)) continue;
    score += list.score;
    listed.push_back(list.zone + " (" + std::to_string(list.score) + ")");
  }
  const std::string saw = (listed.empty() ? "no list" : join(listed, ", ")) +
                          ": " + std::to_string(score) + " of " +
                          std::to_string(settings.threshold) + " points";
  if (score < settings.threshold) return passed("postscreen_dns_lists", saw);
  return refused("postscreen_dns_lists",
                 550,
                 "5.7.1",
                 "Service unavailable, by DNS lists: " + saw);
}

// Of the address, and whether it has that address itself.
struct ClientName {
  bool any = false;
  bool verified = false;
};

ClientName nameOf(dns::Resolver& resolver, const Mail& mail, const Ip& client) {
  if (!mail.clientName.empty() && mail.clientName != "unknown")
    return {true, true};  // Whoever asks says so.
  ClientName name;
  for (const auto& each :
       ask(resolver, dns::reverseName(client), dns::Type::Ptr).names) {
    name.any = true;
    const auto type = client.v6 ? dns::Type::Aaaa : dns::Type::A;
    const auto back = ask(resolver, each, type).addresses;
    name.verified = name.verified ||
                    std::find(back.begin(), back.end(), client) != back.end();
  }
  return name;
}

bool isFullName(std::string_view name) {
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && !name.ends_with('.');
}

bool isLiteral(std::string_view name) {
  return name.starts_with('[') && name.ends_with(']');
}

// RFC 5321 section 5.1: where mail for a name could be sent to.
bool takesMail(dns::Resolver& resolver, std::string_view name) {
  constexpr std::array kTypes = {dns::Type::Mx, dns::Type::A, dns::Type::Aaaa};
  return std::any_of(kTypes.begin(), kTypes.end(), [&](dns::Type type) {
    return ask(resolver, name, type).status == dns::Status::Found;
  });
}

std::string_view domainOf(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view()
                                      : address.substr(at + 1);
}

class Restrictions {
 public:
  Restrictions(dns::Resolver& resolver, const Mail& mail)
      : resolver_(resolver), mail_(mail) {}

  void clientName(config::ClientName wanted) {
    const auto client = parseIp(mail_.client);
    if (wanted == config::ClientName::Any || !client ||
        mail_.client == config::kAnyClient)
      return;
    const auto name = nameOf(resolver_, mail_, *client);
    const bool verified = wanted == config::ClientName::Verified;
    judge("client_name",
          verified ? name.verified : name.any,
          450,
          "4.7.25",
          verified ? "cannot find the client's hostname"
                   : "cannot find the client's reverse hostname");
  }

  void fullHelo() {
    judge("reject_non_fqdn_helo",
          isLiteral(mail_.helo) || isFullName(mail_.helo),
          504,
          "5.5.2",
          "HELO needs a fully-qualified hostname");
  }

  void knownHelo() {
    if (mail_.helo == config::kAnyHelo) return;
    judge("reject_unknown_helo",
          isLiteral(mail_.helo) || takesMail(resolver_, mail_.helo),
          450,
          "4.7.1",
          "the HELO name is not in the DNS");
  }

  void fullSender() {
    judge("reject_non_fqdn_sender",
          mail_.from.empty() || isFullName(domainOf(mail_.from)),
          504,
          "5.5.2",
          "the sender needs a fully-qualified address");
  }

  void knownSender() {
    judge("reject_unknown_sender_domain",
          mail_.from.empty() || takesMail(resolver_, domainOf(mail_.from)),
          450,
          "4.1.8",
          "the sender's domain is not in the DNS");
  }

  [[nodiscard]] std::vector<PostfixStep> take() && { return std::move(steps_); }

 private:
  void judge(const char* step,
             bool good,
             int code,
             const char* enhanced,
             const char* text) {
    steps_.push_back(good ? passed(step, "as it should be")
                          : refused(step, code, enhanced, text));
  }

  dns::Resolver& resolver_;
  const Mail& mail_;
  std::vector<PostfixStep> steps_;
};

}  // namespace

std::vector<PostfixStep> postscreenSteps(const directory::Policy& policy,
                                         const directory::AccessLists& access,
                                         dns::Resolver& resolver,
                                         const Mail& mail,
                                         TimePoint now) {
  const auto& settings = policy.settings();
  const auto client = parseIp(mail.client);
  if (!settings.postscreen.enabled || !client ||
      policy.isOutbound(mail.login, mail.client))
    return {};
  bool decided = false;
  std::vector<PostfixStep> steps{
      accessStep(settings.lists,
                 access,
                 access.subject(mail.client, "", "", false, now),
                 decided)};
  if (!decided && !settings.postscreen.dnsLists.empty() &&
      mail.client != config::kAnyClient)
    steps.push_back(dnsListStep(settings.postscreen, resolver, *client));
  return steps;
}

std::optional<PostfixStep> relayStep(const directory::Policy& policy,
                                     const Mail& mail,
                                     const std::string& recipient) {
  if (policy.domainOfAddress(recipient) != nullptr ||
      policy.isOutbound(mail.login, mail.client))
    return std::nullopt;
  auto step = refused("relay_control", 554, "5.7.1", "Relay access denied");
  step.step.recipient = recipient;
  step.step.saw =
      "outside recipient from a client that neither logged in nor is trusted";
  return step;
}

std::vector<PostfixStep> restrictionSteps(
    const config::Restrictions& restrictions,
    dns::Resolver& resolver,
    const Mail& mail) {
  Restrictions asked(resolver, mail);
  asked.clientName(restrictions.clientName);
  if (restrictions.nonFqdnHelo) asked.fullHelo();
  if (restrictions.unknownHelo) asked.knownHelo();
  if (restrictions.nonFqdnSender) asked.fullSender();
  if (restrictions.unknownSenderDomain) asked.knownSender();
  return std::move(asked).take();
}

}  // namespace mailreeve::cli
