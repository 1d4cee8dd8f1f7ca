#include "milter/edits/disarm.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "core/mail/header_block.h"
#include "core/mail/leaf_edit.h"
#include "core/mail/splice.h"
#include "milter/content_verdict.h"
#include "milter/html_rules.h"

namespace mailreeve::milter {

namespace {

struct Changes {
  mail::MessageEdit edit;
  std::size_t cut = 0;
  std::size_t marked = 0;
};

std::size_t bodyBegin(std::string_view bytes) {
  mail::HeaderBlock block(bytes, 0, bytes.size());
  for (mail::Field field; block.next(field);) continue;
  return block.end();
}

Result<Changes> change(const mail::Message& message,
                       const content::Disarm& how) {
  Changes out;
  std::vector<mail::Splice> splices;
  std::vector<std::size_t> leaves;
  const auto& nodes = message.tree().nodes();
  const HtmlTime time;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!isShownHtml(nodes[i]) || mail::isSealed(message.tree(), i)) continue;
    auto text = htmlOf(message, nodes[i]);
    if (!text) return std::move(text).error();
    auto disarmed = content::disarm(text->html, how, time.limits());
    if (!disarmed) return std::move(disarmed).error();
    if (disarmed->html == text->html) continue;
    auto leaf = mail::rewriteLeaf(message, i, disarmed->html, text->utf8);
    if (!leaf) return std::move(leaf).error();
    std::move(leaf->splices.begin(),
              leaf->splices.end(),
              std::back_inserter(splices));
    std::move(leaf->headers.begin(),
              leaf->headers.end(),
              std::back_inserter(out.edit.headers));
    leaves.push_back(i);
    out.cut += disarmed->cut;
    out.marked += disarmed->marked;
  }
  if (leaves.empty()) return out;
  auto bytes = mail::spliceLeaves(message.bytes(),
                                  message.tree(),
                                  std::move(splices),
                                  leaves,
                                  message.spoolOptions());
  if (!bytes) return std::move(bytes).error();
  out.edit.body = bytes->behind(bodyBegin(bytes->view()));
  return out;
}

}  // namespace

Result<Verdict> Disarm::propose(const Transaction& /*transaction*/,
                                const Findings& findings,
                                Draft& draft) const {
  if (!rules_ || findings.html.disarm.empty()) return Verdict::pass();
  auto message = draft.message();
  if (!message) return std::move(message).error();
  auto changes = change(**message, rules_->disarming());
  if (!changes)
    return verdictFor(rules_->settings().unscannable,
                      {"HTML cannot be disarmed: " + changes.error().what,
                       "unscannable HTML",
                       "The HTML of this message cannot be made harmless"});
  const std::string saw = "cut " + std::to_string(changes->cut) + ", marked " +
                          std::to_string(changes->marked) + " links";
  if (!changes->edit.empty()) draft.changeContent(std::move(changes->edit));
  return Verdict::pass(saw);
}

}  // namespace mailreeve::milter
