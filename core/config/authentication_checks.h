// What is made of SPF, DKIM, DMARC and ARC for mail from outside: what each
// finding costs the message, and what is done while the DNS does not answer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

// In order of severity.
enum class OnFailure {
  Accept,      // Only told in Authentication-Results.
  Mark,        // Delivered, and marked.
  Quarantine,  // Kept until somebody releases it.
  Reject,
};

// While the DNS does not answer nobody knows whether a message is genuine.
enum class OnDnsFailure { Defer, Accept };

// FEATURES E5.
struct SpfCheck {
  bool enabled = true;
  OnFailure fail = OnFailure::Reject;
  OnFailure heloFail = OnFailure::Reject;  // Accept: HELO is not asked about.
  OnFailure softFail = OnFailure::Accept;
  OnFailure permError = OnFailure::Accept;
  OnDnsFailure tempError = OnDnsFailure::Defer;
  bool waitForDmarc = false;  // What DMARC passes, SPF does not refuse.
};

// FEATURES E6.
struct DkimCheck {
  bool enabled = true;
  std::int64_t minRsaBits = 1024;
  OnFailure failure = OnFailure::Accept;  // Signed, and no signature passes.
  // One of them could not be checked. Asked where a failure costs something.
  OnDnsFailure tempError = OnDnsFailure::Defer;
};

// How the organisation of a domain is found.
enum class DmarcMode {
  Rfc7489,  // By the public suffix list.
  Rfc9989,  // By walking up the DNS.
};

// FEATURES E7.
struct DmarcCheck {
  bool enabled = true;
  DmarcMode mode = DmarcMode::Rfc7489;
  OnFailure reject = OnFailure::Reject;          // Where p=reject.
  OnFailure quarantine = OnFailure::Quarantine;  // Where p=quarantine.
  bool honourPercent = true;                     // pct=, of RFC 7489.
  OnFailure noAuthor = OnFailure::Reject;        // No single From domain.
  OnDnsFailure tempError = OnDnsFailure::Defer;
};

// FEATURES H8.
struct ArcCheck {
  bool enabled = true;
  // Domains (d= of ARC-Seal) whose word on a message they forwarded counts.
  std::vector<std::string> trustedSealers;
};

struct AuthenticationChecks {
  std::string authservId;   // Empty: server.hostname.
  std::string markSubject;  // Before the subject of what is marked.
  SpfCheck spf;
  DkimCheck dkim;
  DmarcCheck dmarc;
  ArcCheck arc;
};

}  // namespace mailreeve::config
