#include "mgmtd/api/account_name.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"

namespace mailreeve::api {

namespace {

// RFC 2142 and custom: mail to these names is expected to reach the people who
// run the domain.
constexpr std::string_view kReserved[] = {"postmaster",
                                          "abuse",
                                          "hostmaster",
                                          "webmaster",
                                          "security",
                                          "noc",
                                          "mailer-daemon",
                                          "root",
                                          "admin",
                                          "administrator"};

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("._-='&").find(c) != std::string_view::npos;
}

// Empty when the name is good.
std::string fault(std::string_view local) {
  if (local.size() > 64) return "the name is longer than 64 characters";
  if (local.find('+') != std::string_view::npos)
    return "a name cannot hold '+': what follows one belongs to the sender";
  if (!std::all_of(local.begin(), local.end(), allowed))
    return "a name is made of a-z, 0-9 and . _ - = ' &";
  if (local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos)
    return "a name has no dot at its ends and no two in a row";
  if (local.front() == '-') return "a name does not begin with '-'";
  return "";
}

}  // namespace

Result<AccountName> newAccountName(const std::string& text,
                                   const directory::Policy& policy) {
  const auto invalid = [&text](const std::string& why) {
    return Error{ErrorCode::Invalid, printable(text) + ": " + why};
  };
  auto address = mail::parseAddress(text);
  if (!address) return invalid(address.error().what);
  AccountName name;
  name.local = lower(address->local);
  if (const auto why = fault(name.local); !why.empty()) return invalid(why);

  auto key = mail::domainKey(address->domain);
  if (!key) return invalid(key.error().what);
  const auto* domain = policy.domainOf(*key);
  if (domain == nullptr)
    return invalid(*key + " is no domain of the settings in force");
  auto main = mail::domainKey(domain->name);
  if (!main) return invalid(main.error().what);
  if (*main != *key)
    return invalid(*key + " is an additional domain of " + *main +
                   "; its users are those of " + name.local + "@" + *main);
  name.domain = *main;
  if (std::find(std::begin(kReserved), std::end(kReserved), name.local) !=
      std::end(kReserved))
    name.warnings.push_back(
        name.local +
        " is a name the Internet expects to reach whoever runs the domain");
  return name;
}

std::string accountKey(const std::string& text) {
  return mail::addressKey(text, "");
}

}  // namespace mailreeve::api
