#include "milter/checks/content_scan.h"

#include <set>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/content/calendar.h"
#include "core/content/signed_mail.h"
#include "milter/content_verdict.h"

namespace mailreeve::milter {

namespace {

// What cannot be changed, in the words of those who are told of it.
struct Fixed {
  const char* found;
  const char* is;  // "..., not changed".
  const char* reply;
};

constexpr Fixed kSealed = {"HTML in signed or encrypted mail",
                           "signed or encrypted",
                           "Signed mail with active content or misleading "
                           "links is refused"};
constexpr Fixed kInvitation = {"misleading invitation",
                               "an invitation",
                               "Invitations with active content or misleading "
                               "links are refused"};

config::ContentAction contentAction(config::SealedAction action) {
  switch (action) {
    case config::SealedAction::Deliver:
      return config::ContentAction::Allow;
    case config::SealedAction::Mark:
      return config::ContentAction::Mark;
    case config::SealedAction::Quarantine:
      return config::ContentAction::Quarantine;
    case config::SealedAction::Reject:
      return config::ContentAction::Reject;
  }
  return config::ContentAction::Quarantine;
}

Verdict judgeFixed(const Fixed& what,
                   config::SealedAction action,
                   const std::string& saw,
                   Findings& findings) {
  auto verdict = verdictFor(
      contentAction(action),
      {std::string(what.is) + ", not changed: " + saw, what.found, what.reply});
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, what.found);
  return verdict;
}

}  // namespace

Result<Verdict> ContentScan::onMessage(const Transaction& transaction,
                                       const mail::Message& message,
                                       Findings& findings) const {
  if (!rules_ || !holdsFor(rules_->settings().direction, transaction))
    return Verdict::pass();
  const auto& tree = message.tree();
  Verdict verdict = Verdict::pass();
  const HtmlTime time;
  for (std::size_t i = 0; i < tree.nodes().size(); ++i) {
    if (content::isInvitation(tree.nodes()[i])) {
      auto found = judgeCalendar(message, tree.nodes()[i], time);
      takeWorse(verdict, std::move(found.verdict));
      if (found.change)
        takeWorse(
            verdict,
            judgeFixed(
                kInvitation, rules_->settings().calendar, found.saw, findings));
      continue;
    }
    if (!isShownHtml(tree.nodes()[i])) continue;
    auto found = judge(message, tree.nodes()[i], time);
    takeWorse(verdict, std::move(found.verdict));
    const bool convert = rules_->settings().htmlToText;
    if (!found.change && !convert) continue;
    if (!found.saw.empty()) takeWorse(verdict, Verdict::pass(found.saw));
    if (mail::isSealed(tree, i)) {
      if (found.change)
        takeWorse(verdict,
                  judgeFixed(
                      kSealed, rules_->settings().sealed, found.saw, findings));
    } else if (convert) {
      findings.html.toText.push_back(i);
    } else {
      findings.html.disarm.push_back(i);
    }
  }
  judgeSignedMail(message, time, verdict, findings);
  if (verdict.final()) findings.html = {};
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, verdict.found);
  return verdict;
}

// What is signed in one piece is shown as if it were the message.
void ContentScan::judgeSignedMail(const mail::Message& message,
                                  const HtmlTime& time,
                                  Verdict& verdict,
                                  Findings& findings) const {
  const auto within = content::signedMailIn(message);
  for (const auto& inner : within.messages)
    for (const auto& leaf : inner.tree().nodes()) {
      const bool calendar = content::isInvitation(leaf);
      if (!calendar && !isShownHtml(leaf)) continue;
      auto found = calendar ? judgeCalendar(inner, leaf, time)
                            : judge(inner, leaf, time);
      takeWorse(verdict, std::move(found.verdict));
      if (found.change)
        takeWorse(verdict,
                  judgeFixed(
                      kSealed, rules_->settings().sealed, found.saw, findings));
    }
  if (!within.whole)
    takeWorse(verdict,
              unscannable(Error{ErrorCode::Invalid,
                                "signed mail that cannot be read"}));
}

ContentScan::Judgement ContentScan::judge(const mail::Message& message,
                                          const mail::MimeNode& leaf,
                                          const HtmlTime& time) const {
  Judgement out{Verdict::pass(), false, {}};
  auto text = htmlOf(message, leaf);
  auto found =
      text ? content::findThreats(text->html, rules_->links(), time.limits())
           : Result<content::HtmlThreats>(std::move(text).error());
  if (found)
    judgeThreats(*found, out);
  else
    out.verdict = unscannable(found.error());
  return out;
}

ContentScan::Judgement ContentScan::judgeCalendar(const mail::Message& message,
                                                  const mail::MimeNode& leaf,
                                                  const HtmlTime& time) const {
  Judgement out{Verdict::pass(), false, {}};
  const auto calendar = htmlOf(message, leaf);
  if (!calendar) {
    out.verdict = unscannable(calendar.error());
    return out;
  }
  for (const auto& text : content::calendarTexts(calendar->html)) {
    const auto found = content::findThreats(
        content::calendarHtml(text), rules_->links(), time.limits());
    Judgement one{Verdict::pass(), false, {}};
    if (found)
      judgeThreats(*found, one);
    else
      one.verdict = unscannable(found.error());
    takeWorse(out.verdict, std::move(one.verdict));
    out.change = out.change || one.change;
    if (out.saw.empty()) out.saw = std::move(one.saw);
  }
  return out;
}

Verdict ContentScan::unscannable(const Error& why) const {
  return verdictFor(rules_->settings().unscannable,
                    {why.what,
                     "unscannable HTML",
                     "The HTML of this message cannot be read"});
}

void ContentScan::judgeThreats(const content::HtmlThreats& found,
                               Judgement& out) const {
  std::set<std::string> disarmed;
  for (const auto& threat : found.threats) {
    const std::string kind(content::name(threat.kind));
    const auto action = rules_->actionFor(threat.kind);
    if (action == config::TagAction::Disarm) disarmed.insert(kind);
    if (action == config::TagAction::Reject &&
        out.verdict.kind != Verdict::Kind::Reject)
      out.verdict = Verdict::reject(
          {554, "5.7.1", "HTML with active content is refused: " + kind},
          "HTML with " + threat.what,
          kind);
  }
  out.saw = join({disarmed.begin(), disarmed.end()}, ", ");
  out.change = !disarmed.empty();
  if (found.links.empty()) return;
  const auto& link = found.links.front().judgement;
  const std::string what = "link that " + link.why + ": " +
                           printable(link.shown) + " -> " +
                           printable(link.target);
  switch (rules_->settings().phishing) {
    case config::PhishingAction::Allow:
      break;
    case config::PhishingAction::Mark:
      out.change = true;
      out.saw += (out.saw.empty() ? "" : "; ") + what;
      break;
    case config::PhishingAction::Quarantine:
      takeWorse(out.verdict, Verdict::quarantine(what, "phishing link"));
      break;
    case config::PhishingAction::Reject:
      takeWorse(out.verdict,
                Verdict::reject({554,
                                 "5.7.1",
                                 "A link in this message leads elsewhere than "
                                 "it shows"},
                                what,
                                "phishing link"));
      break;
  }
}

}  // namespace mailreeve::milter
