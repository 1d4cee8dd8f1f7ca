// Verifies the signatures of one message: what DKIM and ARC have in common. The
// keys are asked for first, all at once; bodies are hashed while answers come.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/auth/dkim/body_hash.h"
#include "core/auth/dkim/outcome.h"
#include "core/auth/dkim/record_cache.h"
#include "core/auth/dkim/signature.h"
#include "core/auth/message_view.h"
#include "core/base/clock.h"
#include "core/dns/resolver.h"

namespace mailreeve::dkim {

struct Settings {
  unsigned minRsaBits = 1024;     // Shorter keys: Policy. RFC 8301 section 3.2.
  unsigned maxRsaBits = 4096;     // So that no key keeps us busy.
  std::size_t maxSignatures = 8;  // Of one message; the rest are not looked at.
  std::chrono::seconds skew{300};
  bool acceptPartialBody = false;  // Whether a body that goes on beyond l= may
                                   // pass. Anybody can have added the rest.
};

struct Judgement {
  Outcome outcome = Outcome::PermError;
  std::string problem;   // Why it is no Pass, for the log.
  unsigned keyBits = 0;  // 0: no key was seen.
  bool testing = false;  // The key says t=y.
};

// What outlives the message: one for all threads.
struct Keys {
  explicit Keys(dns::Resolver& source) : resolver(source) {}

  dns::Resolver& resolver;
  RecordCache cache;
  Sha256 sha256;
};

// Of one message, in one thread.
class Verification {
 public:
  // `message` must outlive it.
  Verification(Keys& keys,
               const Settings& settings,
               TimePoint now,
               dns::Deadline deadline,
               const auth::MessageView& message);

  // Asks for the key, unless somebody has. Never waits.
  void wantKey(const Signature& signature);

  // A signature over header and body, in the header field `raw`.
  [[nodiscard]] Judgement judgeMessage(const Signature& signature,
                                       std::string_view raw);

  // A signature over `data` alone.
  [[nodiscard]] Judgement judgeData(const Signature& signature,
                                    std::string_view data);

 private:
  [[nodiscard]] const BodyDigest& bodyOf(const Signature& signature);
  [[nodiscard]] const dns::Answer& keyOf(const Signature& signature);
  [[nodiscard]] Judgement judgeWith(const Record& record,
                                    const Signature& signature,
                                    std::string_view digest) const;

  Keys& keys_;
  const Settings& settings_;
  TimePoint now_;
  dns::Deadline deadline_;
  const auth::MessageView& message_;
  std::map<std::string, std::unique_ptr<dns::Query>> queries_;
  std::map<std::string, dns::Answer> answers_;
  std::map<std::pair<Canonical, std::optional<std::uint64_t>>, BodyDigest>
      bodies_;
};

// The fields that `names` (lower case) select, in canonical form, each with its
// line end: the last field of a name first, then the one above it (RFC 6376
// section 5.4.2). The field that lies at `except` is passed over.
[[nodiscard]] std::string selectFields(const auth::MessageView& message,
                                       const std::vector<std::string>& names,
                                       Canonical canonical,
                                       const char* except = nullptr);

}  // namespace mailreeve::dkim
