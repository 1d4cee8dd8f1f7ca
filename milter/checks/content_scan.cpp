#include "milter/checks/content_scan.h"

#include <set>
#include <string>

#include "core/base/text.h"
#include "core/content/file_name.h"
#include "milter/content_verdict.h"

namespace mailreeve::milter {

namespace {

constexpr const char* kSealed = "HTML in signed or encrypted mail";

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
    if (!isShownHtml(tree.nodes()[i])) continue;
    auto found = judge(message, tree.nodes()[i], time);
    takeWorse(verdict, std::move(found.verdict));
    const bool convert = rules_->settings().htmlToText;
    if (!found.change && !convert) continue;
    if (!found.saw.empty()) takeWorse(verdict, Verdict::pass(found.saw));
    if (isSealed(tree, i)) {
      if (found.change) takeWorse(verdict, judgeSealed(found.saw, findings));
    } else if (convert) {
      findings.html.toText.push_back(i);
    } else {
      findings.html.disarm.push_back(i);
    }
  }
  if (verdict.final()) findings.html = {};
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, verdict.found);
  return verdict;
}

ContentScan::Judgement ContentScan::judge(const mail::Message& message,
                                          const mail::MimeNode& leaf,
                                          const HtmlTime& time) const {
  Judgement out{Verdict::pass(), false, {}};
  auto text = htmlOf(message, leaf);
  auto found =
      text ? content::findThreats(text->html, rules_->links(), time.limits())
           : Result<content::HtmlThreats>(std::move(text).error());
  if (found) {
    judgeThreats(*found, out);
    return out;
  }
  out.verdict = verdictFor(rules_->settings().unscannable,
                           {found.error().what,
                            "unscannable HTML",
                            "The HTML of this message cannot be read"});
  return out;
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

Verdict ContentScan::judgeSealed(const std::string& saw,
                                 Findings& findings) const {
  auto verdict = verdictFor(contentAction(rules_->settings().sealed),
                            {"signed or encrypted, not changed: " + saw,
                             kSealed,
                             "Signed mail with active content or misleading "
                             "links is refused"});
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, kSealed);
  return verdict;
}

}  // namespace mailreeve::milter
