// Which names an account may have.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/directory/policy.h"

namespace mailreeve::api {

struct AccountName {
  std::string local;
  std::string domain;  // A main domain.
  std::vector<std::string> warnings;

  [[nodiscard]] std::string address() const { return local + "@" + domain; }
};

// `text` in lower case as a name a new account may have: a mailbox path, an
// SMTP recipient and a login at once, so less than RFC 5321 allows.
[[nodiscard]] Result<AccountName> newAccountName(
    const std::string& text, const directory::Policy& policy);

// `text` as accounts are found by: lower case, A-labels. Not checked further.
[[nodiscard]] std::string accountKey(const std::string& text);

}  // namespace mailreeve::api
