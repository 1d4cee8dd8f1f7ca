#include "milter/checks/attachment_filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/content/file_name.h"
#include "core/content/type_group.h"
#include "milter/content_verdict.h"
#include "milter/forged_sender.h"

namespace mailreeve::milter {

namespace {

using content::FoundFile;

bool isAny(const std::vector<std::string>& patterns, const Party& party) {
  return std::any_of(
      patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return matchesWildcard(pattern, party.keys.full) ||
               matchesWildcard(pattern, party.keys.mailbox);
      });
}

bool hasName(const std::vector<std::string>& patterns, const FoundFile& file) {
  return std::any_of(
      file.keys.begin(), file.keys.end(), [&](const std::string& key) {
        return std::any_of(
            patterns.begin(), patterns.end(), [&](const std::string& pattern) {
              return matchesWildcard(pattern, key);
            });
      });
}

bool isOfType(const std::string& wanted, const FoundFile& file) {
  if (wanted == "macros") return file.macros;
  if (wanted == "embedded_object") return file.embedded;
  // Of what a protocol has put there, nobody expects to know the type.
  if (wanted == "unknown" && file.ofProtocol) return false;
  if (wanted.find('/') != std::string::npos)
    return matchesWildcard(wanted, file.type);
  return content::isInGroup(file.type, wanted);
}

bool hasType(const std::vector<std::string>& wanted, const FoundFile& file) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const auto& type) {
    return isOfType(type, file);
  });
}

bool isDangerous(std::string_view group) {
  return group == "executable" || group == "script" || group == "shortcut" ||
         group == "archive" || group == "disk_image";
}

bool isHarmless(std::string_view group) {
  return !group.empty() && group != "unknown" && group != "java" &&
         !isDangerous(group);
}

// Only what pretends to be harmless: "octet-stream" promises nothing, and
// Office documents are archives.
bool isMismatch(const FoundFile& file) {
  const auto group = content::groupOf(file.type);
  if (file.ofProtocol || !isDangerous(group) ||
      (file.officeZip && group == "archive"))
    return false;
  const auto promised = [&](std::string_view key) {
    return content::promisedGroup(content::extensionOf(key));
  };
  const bool script = group == "script";
  const auto pretends = [&](std::string_view shown) {
    // Scripts are texts, and people attach them as such.
    return isHarmless(shown) && !(script && shown == "text");
  };
  if (std::any_of(file.keys.begin(), file.keys.end(), [&](const auto& key) {
        return pretends(promised(key));
      }))
    return true;
  return pretends(content::groupOf(file.declared));
}

// What the sender is told about why, without the rule.
std::string whyNot(const config::AttachmentRule& rule,
                   const std::vector<std::string>& names,
                   const FoundFile& file) {
  if (hasName(names, file)) return "files of this name are not accepted";
  if (hasType(rule.types, file)) {
    if (file.macros) return "documents with macros are not accepted";
    const auto group = content::groupOf(file.type);
    return "files of this type (" +
           content::nameForReply(group.empty() ? std::string_view(file.type)
                                               : group) +
           ") are not accepted";
  }
  if (rule.doubleExtension && !file.keys.empty())
    return "its name hides what it is";
  if (rule.mismatch) return "its content is not what its name says";
  return "it is too large";
}

void take(Verdict one, Verdict& verdict, Findings& findings) {
  if (one.kind == Verdict::Kind::Mark && !one.found.empty())
    markContent(findings, one.found);
  takeWorse(verdict, std::move(one));
}

// An edit could not be proved, or would break a signature.
bool mustNotBeEdited(const mail::Message& message, std::size_t part) {
  const auto& tree = message.tree();
  return !tree.findings().empty() || mail::isSealed(tree, part);
}

std::vector<std::string> patternKeys(const directory::Policy& policy,
                                     const std::vector<std::string>& patterns) {
  std::vector<std::string> keys;
  for (const auto& pattern : patterns)
    keys.push_back(directory::patternKey(policy, pattern));
  return keys;
}

std::vector<std::string> nameKeys(const std::vector<std::string>& patterns) {
  std::vector<std::string> keys;
  for (const auto& pattern : patterns)
    keys.push_back(content::nameKey(pattern));
  return keys;
}

}  // namespace

AttachmentFilter::AttachmentFilter(const directory::Policy& policy)
    : settings_(policy.settings().attachments) {
  for (const auto& rule : settings_.rules)
    if (rule.enabled)
      rules_.push_back({&rule,
                        nameKeys(rule.names),
                        patternKeys(policy, rule.exceptSenders),
                        patternKeys(policy, rule.exceptRecipients)});
  limits_.depth = static_cast<std::size_t>(settings_.maxDepth);
  limits_.entries = static_cast<std::size_t>(settings_.maxFiles);
  limits_.bytes = static_cast<std::uint64_t>(settings_.maxUnpacked);
  limits_.ratio = static_cast<std::uint64_t>(settings_.maxRatio);
  limits_.time = std::chrono::seconds(settings_.maxSeconds);
}

bool AttachmentFilter::needsBody() const {
  return settings_.enabled;
}

Result<Verdict> AttachmentFilter::onMessage(const Transaction& transaction,
                                            const mail::Message& message,
                                            Findings& findings) const {
  if (!settings_.enabled) return Verdict::pass();
  auto walk = content::walkFiles(message, types_, limits_);
  if (!walk) return std::move(walk).error();
  const std::vector<Rules> lists =
      rulesFor(transaction, mayBeForged(transaction, findings));
  Verdict verdict = Verdict::pass();
  if (walk->sealed)
    verdict = verdictFor(settings_.encryptedMail,
                         {"the mail is encrypted",
                          "encrypted mail",
                          "Encrypted mail is not accepted"});
  if (!walk->unscannable.empty())
    takeWorse(verdict,
              verdictFor(settings_.unscannable,
                         {"files may be hidden: " + walk->unscannable,
                          "unscannable attachment",
                          "The attachments of this message cannot be told "
                          "apart"}));
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, verdict.found);
  for (const auto& file : walk->files) {
    const auto* rule = strictest(lists, file);
    if (rule != nullptr)
      take(judge(*rule, file, message, findings), verdict, findings);
    if (!spares(rule)) take(judgeLocked(file), verdict, findings);
  }
  if (verdict.final()) findings.strip.clear();
  if (verdict.reason.empty() && !walk->files.empty())
    verdict.reason = std::to_string(walk->files.size()) +
                     (walk->files.size() == 1 ? " file" : " files");
  if (lists.size() > 1)
    verdict.reason += "; recipients differ, the strictest rules hold for all";
  return verdict;
}

std::vector<AttachmentFilter::Rules> AttachmentFilter::rulesFor(
    const Transaction& transaction, bool forged) const {
  Rules common;
  bool differ = false;
  for (const auto& rule : rules_) {
    // An exception from a rule that allows is strict, whoever claims it.
    const bool counts =
        !forged || rule.settings->action == config::FileAction::Allow;
    if ((counts && isAny(rule.exceptSenders, transaction.sender)) ||
        !holdsFor(rule.settings->direction, transaction))
      continue;
    common.push_back(&rule);
    differ = differ || !rule.exceptRecipients.empty();
  }
  if (!differ || transaction.recipients.empty()) return {common};
  std::vector<Rules> lists;
  for (const auto& recipient : transaction.recipients) {
    Rules own;
    for (const auto* rule : common)
      if (!isAny(rule->exceptRecipients, recipient)) own.push_back(rule);
    if (std::find(lists.begin(), lists.end(), own) == lists.end())
      lists.push_back(std::move(own));
  }
  return lists;
}

bool AttachmentFilter::fits(const Rule& rule, const FoundFile& file) {
  const auto& wanted = *rule.settings;
  if (file.inArchive && !wanted.insideArchives) return false;
  if (wanted.largerThan > 0 &&
      file.size <= static_cast<std::uint64_t>(wanted.largerThan))
    return false;
  const bool anyFile = rule.names.empty() && wanted.types.empty() &&
                       !wanted.doubleExtension && !wanted.mismatch;
  return anyFile || hasName(rule.names, file) || hasType(wanted.types, file) ||
         (wanted.doubleExtension &&
          std::any_of(file.keys.begin(),
                      file.keys.end(),
                      [](const auto& key) {
                        return content::hasDoubleExtension(key);
                      })) ||
         (wanted.mismatch && isMismatch(file));
}

// Nothing but an exception makes up for what cannot be looked into.
bool AttachmentFilter::spares(const Rule* rule) {
  return rule != nullptr && rule->settings->action == config::FileAction::Allow;
}

AttachmentFilter::Severity AttachmentFilter::severityOf(const Rule& rule) {
  using Kind = Verdict::Kind;
  switch (rule.settings->action) {
    case config::FileAction::Allow:
      return {Kind::Pass, false};
    case config::FileAction::Mark:
      return {Kind::Mark, false};
    case config::FileAction::Strip:
      return {Kind::Mark, true};
    case config::FileAction::Quarantine:
      return {Kind::Quarantine, false};
    case config::FileAction::Reject:
      break;
  }
  return {Kind::Reject, false};
}

AttachmentFilter::Severity AttachmentFilter::severityOf(
    const Rule* rule, const FoundFile& file) const {
  const Severity locked{
      spares(rule) ? Verdict::Kind::Pass : judgeLocked(file).kind, false};
  return rule == nullptr ? locked : std::max(locked, severityOf(*rule));
}

// Of the first rule that fits in each list; null: none fits. An exception for
// one recipient, from a rule that allows as from one that refuses, makes
// nothing milder for another.
const AttachmentFilter::Rule* AttachmentFilter::strictest(
    const std::vector<Rules>& lists, const FoundFile& file) const {
  const Rule* chosen = nullptr;
  std::optional<Severity> worst;
  for (const auto& rules : lists) {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const auto* rule) {
          return fits(*rule, file);
        });
    const Rule* rule = found == rules.end() ? nullptr : *found;
    if (lists.size() == 1) return rule;
    const Severity severity = severityOf(rule, file);
    if (worst && severity <= *worst) continue;
    worst = severity;
    chosen = rule;
  }
  return chosen;
}

Verdict AttachmentFilter::judge(const Rule& fitting,
                                const FoundFile& file,
                                const mail::Message& message,
                                Findings& findings) {
  const auto& rule = *fitting.settings;
  const std::string what = "\"" + file.path + "\"" +
                           (file.type.empty() ? "" : " (" + file.type + ")") +
                           ": rule " + rule.name;
  switch (rule.action) {
    case config::FileAction::Allow:
      return Verdict::pass(what + ", allowed");
    case config::FileAction::Mark:
      return Verdict::mark(what + ", marked", rule.name);
    case config::FileAction::Quarantine:
      return Verdict::quarantine(what, rule.name);
    case config::FileAction::Reject:
      return Verdict::reject(
          {554,
           "5.7.1",
           "Attachment \"" + content::nameForReply(file.path) +
               "\" refused: " + whyNot(rule, fitting.names, file)},
          what,
          rule.name);
    case config::FileAction::Strip:
      if (mustNotBeEdited(message, file.part))
        return Verdict::quarantine(
            what + ", which cannot be taken out of this message", rule.name);
      findings.strip.push_back(
          {file.part, file.path, rule.name, whyNot(rule, fitting.names, file)});
      return {Verdict::Kind::Mark, {}, what + ", taken out", {}};
  }
  return Verdict::defer("an action nobody knows");
}

Verdict AttachmentFilter::judgeLocked(const FoundFile& file) const {
  const std::string what = "\"" + file.path + "\"";
  const std::string shown = "\"" + content::nameForReply(file.path) + "\"";
  Verdict verdict = Verdict::pass();
  if (file.encryptedArchive)
    verdict = verdictFor(settings_.encryptedArchives,
                         {what + " is encrypted",
                          "encrypted archive",
                          "Attachment " + shown +
                              " refused: encrypted archives are not accepted"});
  if (file.encryptedDocument)
    takeWorse(
        verdict,
        verdictFor(settings_.encryptedDocuments,
                   {what + " is an encrypted document",
                    "encrypted document",
                    "Attachment " + shown +
                        " refused: encrypted documents are not accepted"}));
  if (!file.unscannable.empty())
    takeWorse(verdict,
              verdictFor(settings_.unscannable,
                         {what + ": " + file.unscannable,
                          "unscannable attachment",
                          "Attachment " + shown +
                              " refused: it cannot be looked into"}));
  return verdict;
}

}  // namespace mailreeve::milter
