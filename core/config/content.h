// Settings about what mail carries: files, structure, HTML, words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/decimal.h"

namespace mailreeve::config {

enum class MailDirection { Both, Inbound, Outbound };

// What becomes of a message in which something was found.
enum class ContentAction { Allow, Mark, Quarantine, Reject };

// As ContentAction, and the file alone may go.
enum class FileAction { Allow, Mark, Strip, Quarantine, Reject };

// One rule about files; what is left out is not asked for.
struct AttachmentRule {
  std::string name;
  bool enabled = true;
  std::vector<std::string> names;  // With `*`.
  std::vector<std::string> types;  // Groups, or media types with `*`.
  bool doubleExtension = false;
  bool mismatch = false;  // The type is not what the name or part promises.
  std::int64_t largerThan = 0;  // Bytes, decoded; 0: any size.
  bool insideArchives = true;
  MailDirection direction = MailDirection::Both;
  std::vector<std::string> exceptSenders;     // Address patterns.
  std::vector<std::string> exceptRecipients;  // All recipients must be such.
  FileAction action = FileAction::Reject;
};

// FEATURES E9.
struct Attachments {
  bool enabled = false;
  std::vector<AttachmentRule> rules;  // The first that fits a file decides.
  ContentAction encryptedArchives = ContentAction::Mark;
  ContentAction encryptedDocuments = ContentAction::Allow;
  ContentAction encryptedMail = ContentAction::Allow;
  ContentAction unscannable = ContentAction::Quarantine;
  std::string note;  // What stands in place of a stripped file; {file}, {rule}.
  std::int64_t maxDepth = 8;
  std::int64_t maxFiles = 5000;
  std::int64_t maxUnpacked = std::int64_t{256} << 20U;
  std::int64_t maxRatio = 300;
  std::int64_t maxSeconds = 10;
};

// FEATURES E10, first half.
struct Structure {
  ContentAction partial = ContentAction::Reject;
  ContentAction externalBody = ContentAction::Reject;
  ContentAction malformed = ContentAction::Allow;
};

enum class TagAction { Allow, Disarm, Reject };
enum class PhishingAction { Allow, Mark, Quarantine, Reject };
enum class SealedAction { Deliver, Mark, Quarantine, Reject };

// FEATURES E10, second half: HTML that is shown at once.
struct ContentScan {
  bool enabled = false;
  MailDirection direction = MailDirection::Inbound;
  bool htmlToText = false;
  PhishingAction phishing = PhishingAction::Mark;
  std::vector<std::string> safeHosts;  // Domains whose links are never marked.
  TagAction iframe = TagAction::Disarm;
  TagAction form = TagAction::Disarm;
  TagAction script = TagAction::Disarm;
  TagAction object = TagAction::Disarm;  // embed, applet and their like, too.
  TagAction webBug = TagAction::Disarm;
  TagAction svg = TagAction::Disarm;   // And MathML.
  TagAction base = TagAction::Disarm;  // base, link, meta refresh.
  TagAction style = TagAction::Allow;  // Style sheets that load others.
  // Signed or encrypted mail in which something would have to be changed.
  SealedAction sealed = SealedAction::Mark;
  SealedAction calendar = SealedAction::Mark;  // The same of an invitation.
  // HTML that cannot be read within the limits, or not be changed safely.
  ContentAction unscannable = ContentAction::Quarantine;
};

enum class RuleTarget { Subject, Content, Sender, Recipient, Header };
enum class RuleRelation { Contains, Equals, Regex };

struct ContentRule {
  std::string name;
  bool enabled = true;
  RuleTarget target = RuleTarget::Content;
  std::string header;  // For Header: the field's name.
  RuleRelation relation = RuleRelation::Contains;
  std::string pattern;
  bool caseSensitive = false;
  Decimal score = Decimal::of(1);
};

enum class RulesAction { Quarantine, Deliver, Delete, Reject };

// FEATURES E8.
struct ContentRules {
  bool enabled = false;
  std::vector<ContentRule> rules;
  Decimal threshold = Decimal::of(5);
  RulesAction action = RulesAction::Quarantine;
  MailDirection direction = MailDirection::Both;
  // Text that is too long, or in mail that cannot be read.
  ContentAction unscannable = ContentAction::Quarantine;
  bool notifySender = false;
  std::vector<std::string> forwardTo;
};

}  // namespace mailreeve::config
