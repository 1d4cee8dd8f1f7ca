// An SPF record (RFC 7208 section 4.6 and 12): text in, structure out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/auth/spf/outcome.h"
#include "core/base/network.h"
#include "core/base/result.h"

namespace mailreeve::spf {

struct Mechanism {
  enum class Kind { All, Include, A, Mx, Ptr, Ip4, Ip6, Exists };

  Kind kind = Kind::All;
  Outcome qualifier = Outcome::Pass;  // What a match means.
  std::string text;                   // As written, for the log.
  std::string domain;                 // A domain-spec; empty: the current one.
  Ip address;                         // Ip4 and Ip6.
  unsigned prefix4 = 32;
  unsigned prefix6 = 128;
};

struct Record {
  std::vector<Mechanism> mechanisms;
  std::optional<std::string> redirect;
  std::optional<std::string> explanation;
};

// Whether a TXT record means to be an SPF record: "v=spf1" and nothing or a
// blank behind it.
[[nodiscard]] bool isRecord(std::string_view text);

// `text` isRecord(). Any error in it makes the whole record void, as the RFC
// demands: the Error names the term.
[[nodiscard]] Result<Record> parseRecord(std::string_view text);

}  // namespace mailreeve::spf
