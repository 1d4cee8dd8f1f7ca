// Writes what was found about a message into its header, for those who read it
// later (RFC 8601).
//
// Much of it was chosen by the sender: here it is made harmless, so that no
// value can pretend to be another result or another field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/auth/arc/verify.h"
#include "core/auth/dkim/verify.h"
#include "core/auth/dmarc/verify.h"
#include "core/auth/spf/verify.h"
#include "core/mail/message.h"

namespace mailreeve::results {

struct Property {
  std::string name;  // "smtp.mailfrom", "header.d".
  std::string value;
};

struct MethodResult {
  std::string method;  // "spf"
  std::string result;  // "pass"
  std::string reason;  // May be empty.
  std::vector<Property> properties;
};

// The wording of each of our findings. A message without signature gives one
// "dkim=none"; an ARC chain that could not be checked gives nothing, because
// RFC 8617 has no word for it.
[[nodiscard]] MethodResult resultOf(const spf::Finding& finding);
[[nodiscard]] std::vector<MethodResult> resultsOf(
    const std::vector<dkim::Finding>& findings);
[[nodiscard]] std::vector<MethodResult> resultsOf(const arc::Finding& finding);
[[nodiscard]] MethodResult resultOf(const dmarc::Finding& finding);

// "mx.example.org; spf=pass smtp.mailfrom=example.com; dkim=none", in one line:
// what an ARC seal puts on record. Without results: "mx.example.org; none".
[[nodiscard]] std::string resultsText(std::string_view authservId,
                                      const std::vector<MethodResult>& results);

// The Authentication-Results field, folded with LF.
[[nodiscard]] mail::Header resultsField(
    std::string_view authservId, const std::vector<MethodResult>& results);

}  // namespace mailreeve::results
