// What is done about spam: SpamAssassin, filters of the administrator's own,
// and what teaches them (FEATURES D1-D7).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/decimal.h"

namespace mailreeve::config {

enum class SpamAction { Mark, Quarantine, Reject, Discard };

// What becomes of spam that is delivered (SpamAssassin's report_safe 0, 1, 2).
enum class SpamReport { None, Attachment, Text };

// When spamd gives no answer.
enum class SpamFailure { Deliver, Defer, Mark };

enum class SpamVerdict { Spam, NotSpam };

// FEATURES D6: exactly one of sender and recipient is set.
struct SpamFilter {
  std::string name;
  bool enabled = true;
  std::string sender;  // With `*`.
  std::string recipient;
  SpamVerdict verdict = SpamVerdict::Spam;
};

enum class KeywordTarget { Subject, Content };

struct SpamKeyword {
  KeywordTarget target = KeywordTarget::Content;  // Content: subject and body.
  std::string pattern;                            // RE2.
  bool caseSensitive = false;
  Decimal score = Decimal::of(1);
};

struct KeywordGroup {
  std::string name;
  bool enabled = true;
  std::vector<SpamKeyword> keywords;
};

// FEATURES D4: a file of SpamAssassin rules.
struct SpamRules {
  std::string name;  // Letters, digits, - and _: part of a file's name.
  bool enabled = true;
  std::string text;
};

// FEATURES D5.
struct Correspondents {
  bool enabled = true;
  Decimal bonus = Decimal::of(3);  // Off the score of mail from one of them.
  std::int64_t keepDays = 365;     // Since the last letter to them.
};

// FEATURES D7.
struct AutoLearn {
  bool enabled = true;
  Decimal spamAbove = Decimal::of(12);
  Decimal hamBelow = -Decimal::of(1);
};

struct SpamReporting {
  std::string spamAddress;  // Where users forward spam to; empty: nowhere.
  std::string hamAddress;   // What is no spam.
  bool junkMoves = true;    // Moves into and out of Junk report, too.
  bool learnDaily = true;
  std::string learnAt = "02:00";
};

// Rules of somebody else's, fetched as SpamAssassin's own are.
struct SpamChannel {
  std::string name;  // "kam.sa-channels.mcgrail.com"
  std::string key;   // Fingerprint or id of the OpenPGP key that signs them.
};

struct SpamUpdates {
  bool enabled = true;
  std::string at = "02:30";
  bool standard = true;  // updates.spamassassin.org
  std::vector<SpamChannel> channels;
};

struct Spam {
  bool enabled = false;
  std::string server;  // Socket or IP:port; empty: this host's, set up by us.
  std::string user = "debian-spamd";  // Whose knowledge is used.
  std::int64_t timeLimit = 30;        // Seconds for one message.
  std::int64_t maxRequests = 5;
  std::int64_t maxSize = std::int64_t{512} << 10U;  // Larger is not scanned.
  bool scanOutbound = false;
  SpamFailure onFailure = SpamFailure::Deliver;

  Decimal threshold = Decimal::of(5);
  SpamAction action = SpamAction::Mark;
  Decimal rejectAbove;  // 0: never for the score alone.
  std::string subjectTag;
  bool headers = true;
  SpamReport report = SpamReport::None;
  bool junkFolder = true;  // Sieve files what is marked.

  std::vector<SpamFilter> filters;
  std::vector<KeywordGroup> keywordGroups;
  Correspondents correspondents;

  bool networkTests = true;  // DNS lists and what else needs a network.
  std::vector<SpamRules> rules;
  AutoLearn autoLearn;
  SpamReporting reporting;
  SpamUpdates updates;
  std::int64_t deleteAfterDays = 30;  // Of Junk; 0: never.
};

}  // namespace mailreeve::config
