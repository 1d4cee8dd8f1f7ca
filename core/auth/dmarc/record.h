// A DMARC record (RFC 7489 section 6.3, RFC 9989 section 4.7). What is wrong in
// an optional tag is ignored: it must not cost the domain its protection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::dmarc {

// What a domain asks for when a message fails; in order of severity.
enum class Policy { None, Quarantine, Reject };

[[nodiscard]] std::string_view describe(Policy policy);

// psd=
enum class Suffix {
  Unknown,  // "u", or not given.
  Yes,      // A public suffix: registrants are below it.
  No,       // An organisation of its own, whatever is above.
};

struct Record {
  // Nothing: the record names no policy that can be applied, and nobody to
  // report to. Then there is no DMARC for the domain.
  std::optional<Policy> policy;
  std::optional<Policy> subdomains;   // sp=
  std::optional<Policy> nonexistent;  // np=
  bool strictDkim = false;            // adkim=s
  bool strictSpf = false;             // aspf=s
  bool testing = false;               // t=y, of RFC 9989
  unsigned percent = 100;             // pct=, of RFC 7489
  Suffix suffix = Suffix::Unknown;
  std::string failureOptions = "0";    // fo=
  std::vector<std::string> aggregate;  // rua=: mailto addresses, at most 10.
  std::vector<std::string> failure;    // ruf=: likewise.
};

// Whether a TXT record means to be a DMARC record: its first tag is v=DMARC1,
// in exactly these letters.
[[nodiscard]] bool isRecord(std::string_view text);

// `text` isRecord().
[[nodiscard]] Record parseRecord(std::string_view text);

}  // namespace mailreeve::dmarc
