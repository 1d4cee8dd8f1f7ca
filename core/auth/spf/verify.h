// SPF: may this client send for this domain? RFC 7208's check_host(), in full.
//
// What comes out is a fact about the DNS of the day. What to do about it is for
// the caller; a TempError is "ask again", never "fail".
#pragma once

#include <string>

#include "core/auth/spf/outcome.h"
#include "core/base/clock.h"
#include "core/base/network.h"
#include "core/dns/resolver.h"

namespace mailreeve::spf {

// RFC 7208 section 4.6.4.
struct Limits {
  int lookups = 10;     // Mechanisms and modifiers that ask the DNS.
  int voidLookups = 2;  // Of them, with no answer.
  int exchanges = 10;   // Mail exchanges of one mx.
  int pointers = 10;    // Names of the client that are looked at.
};

struct Sender {
  Ip client;
  std::string helo;
  std::string mailFrom;  // Without angle brackets. Empty: HELO is judged
                         // instead, as postmaster@helo.
};

struct Finding {
  Outcome outcome = Outcome::None;
  std::string domain;       // Whose record was asked for; lower case.
  bool heloJudged = false;  // There was no MAIL FROM.
  std::string mechanism;    // The term that decided, for the log.
  std::string problem;      // Of TempError and PermError, for the log.
  std::string explanation;  // Of Fail: what the domain wants its victim to
                            // read. Printable ASCII, at most 500 bytes.
  int lookups = 0;
};

// Holds nothing of a message: one for all threads.
class Verifier {
 public:
  // `receiver` is our host name, for the macro %{r}.
  Verifier(dns::Resolver& resolver,
           const Clock& clock,
           std::string receiver,
           Limits limits = {});

  // All DNS questions share the deadline; when it passes, TempError.
  [[nodiscard]] Finding verify(const Sender& sender,
                               dns::Deadline deadline) const;

 private:
  dns::Resolver* resolver_;
  const Clock* clock_;
  std::string receiver_;
  Limits limits_;
};

}  // namespace mailreeve::spf
