#include "milter/edits/disclaimer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/text.h"
#include "core/store/usage.h"

namespace mailreeve::milter {

namespace {

// Marks our block in a message, so that a reply is recognised: the same on
// every host and after every restart, and tells an outsider no rule's name.
// FNV-1a, 64 bit.
std::string blockId(std::string_view domain, std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  };
  mix(domain);
  mix("\n");
  mix(name);
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  for (int shift = 60; shift >= 0; shift -= 4)
    id += kHex[(hash >> static_cast<unsigned>(shift)) & 15U];
  return id;
}

mail::Notice::Position positionOf(config::NoticePosition position) {
  switch (position) {
    case config::NoticePosition::Top:
      return mail::Notice::Position::Top;
    case config::NoticePosition::AboveQuote:
      return mail::Notice::Position::AboveQuote;
    case config::NoticePosition::Bottom:
      break;
  }
  return mail::Notice::Position::Bottom;
}

mail::Notice::Repeat repeatOf(config::NoticeRepeat repeat) {
  switch (repeat) {
    case config::NoticeRepeat::OncePerThread:
      return mail::Notice::Repeat::OncePerThread;
    case config::NoticeRepeat::Always:
      return mail::Notice::Repeat::Always;
    case config::NoticeRepeat::OncePerMessage:
      break;
  }
  return mail::Notice::Repeat::OncePerMessage;
}

mail::Notice::Fallback fallbackOf(config::NoticeFallback fallback) {
  switch (fallback) {
    case config::NoticeFallback::Wrap:
      return mail::Notice::Fallback::Wrap;
    case config::NoticeFallback::Reject:
      return mail::Notice::Fallback::Reject;
    case config::NoticeFallback::Ignore:
      break;
  }
  return mail::Notice::Fallback::Ignore;
}

bool fits(const std::string& pattern, const Party& party) {
  // The empty pattern is the null sender, which no other one fits.
  if (pattern.empty() || party.keys.null())
    return pattern.empty() && party.keys.null();
  return matchesWildcard(pattern, party.keys.full) ||
         matchesWildcard(pattern, party.keys.mailbox);
}

mail::Variables variablesFor(const Transaction& transaction) {
  const auto& address = transaction.sender.address;
  return {{"sender", address},
          {"sender_domain", address.substr(address.rfind('@') + 1)},
          {"date", store::usageDay(transaction.at)}};
}

std::string summary(const config::Disclaimer& settings,
                    const mail::NoticeResult& result) {
  std::string out =
      "\"" + settings.name + "\" " + std::string(describe(result.outcome));
  if (!result.reason.empty()) out += ": " + result.reason;
  if (!result.saw.empty()) out += ": " + join(result.saw, ", ");
  return out;
}

}  // namespace

Result<std::unique_ptr<const Disclaimer>> Disclaimer::make(
    const directory::Policy& policy) {
  std::unique_ptr<Disclaimer> edit(new Disclaimer);
  for (const auto& domain : policy.settings().domains)
    for (const auto& settings : domain.disclaimers) {
      if (!settings.enabled) continue;
      auto prepared = prepare(policy, domain, settings);
      if (auto checked = checkNotice(prepared.notice); !checked)
        return std::move(checked).error().within(
            "domain " + domain.name + ": disclaimer \"" + settings.name + "\"");
      edit->byDomain_[&domain].push_back(std::move(prepared));
    }
  return std::unique_ptr<const Disclaimer>(std::move(edit));
}

Result<Verdict> Disclaimer::propose(const Transaction& transaction,
                                    const Findings&,
                                    Draft& draft) const {
  const Prepared* chosen = choose(transaction);
  if (chosen == nullptr) return Verdict::pass();
  mail::Notice notice = chosen->notice;
  notice.values = variablesFor(transaction);
  const auto message = draft.message();
  if (!message) return message.error();
  auto result = insertNotice(**message, notice);
  if (!result) return std::move(result).error();
  std::string saw = summary(*chosen->settings, *result);
  if (result->outcome == mail::NoticeResult::Outcome::Refused)
    return Verdict::reject(
        {554, "5.6.0", "The required notice cannot be added to this message"},
        std::move(saw));
  if (!result->edit.empty()) draft.changeContent(std::move(result->edit));
  return Verdict::pass(std::move(saw));
}

Disclaimer::Prepared Disclaimer::prepare(const directory::Policy& policy,
                                         const config::Domain& domain,
                                         const config::Disclaimer& settings) {
  Prepared prepared{&settings, {}, {}, {}};
  for (const auto& rule : settings.rules)
    prepared.rules.push_back(
        {rule.field, directory::patternKey(policy, rule.matches)});
  for (const auto& rule : settings.exceptions)
    prepared.exceptions.push_back(
        {rule.field, directory::patternKey(policy, rule.matches)});
  auto& notice = prepared.notice;
  notice.id = blockId(domain.name, settings.name);
  notice.html = settings.html;
  notice.plain = settings.plain;
  notice.position = positionOf(settings.position);
  notice.repeat = repeatOf(settings.repeat);
  notice.fallback = fallbackOf(settings.fallback);
  notice.sizeLimit =
      static_cast<std::size_t>(policy.settings().server.maxMessageSize);
  return prepared;
}

// A rule about recipients matches when any of them does: a message leaves with
// the disclaimer or without it, for all of them alike.
bool Disclaimer::matches(const Rule& rule, const Transaction& transaction) {
  if (rule.field == config::PartyField::Sender)
    return fits(rule.pattern, transaction.sender);
  return std::any_of(
      transaction.recipients.begin(),
      transaction.recipients.end(),
      [&](const Party& recipient) { return fits(rule.pattern, recipient); });
}

bool Disclaimer::applies(const Prepared& disclaimer,
                         const Transaction& transaction) {
  const auto hits = [&](const Rule& rule) {
    return matches(rule, transaction);
  };
  const auto& exceptions = disclaimer.exceptions;
  if (std::any_of(exceptions.begin(), exceptions.end(), hits)) return false;
  const auto internal = [&](const Party& recipient) {
    return recipient.domain == transaction.sender.domain;
  };
  const auto& recipients = transaction.recipients;
  if (disclaimer.settings->skipInternal &&
      std::all_of(recipients.begin(), recipients.end(), internal))
    return false;
  const auto& rules = disclaimer.rules;
  if (rules.empty()) return true;
  if (disclaimer.settings->match == config::MatchMode::All)
    return std::all_of(rules.begin(), rules.end(), hits);
  return std::any_of(rules.begin(), rules.end(), hits);
}

const Disclaimer::Prepared* Disclaimer::choose(
    const Transaction& transaction) const {
  if (!transaction.outbound || transaction.sender.domain == nullptr)
    return nullptr;
  const auto found = byDomain_.find(transaction.sender.domain);
  if (found == byDomain_.end()) return nullptr;
  for (const auto& disclaimer : found->second)
    if (applies(disclaimer, transaction)) return &disclaimer;
  return nullptr;
}

}  // namespace mailreeve::milter
