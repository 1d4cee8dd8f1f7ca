#include "core/config/validate_signing.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/network.h"
#include "core/base/text.h"

namespace mailreeve::config {

namespace {

// A date, a word and a number follow, and a label has 63 octets.
constexpr std::size_t kMostPrefix = 30;

// Fields that mail servers on the way add, remove or change.
constexpr std::array<std::string_view, 9> kUnstable = {"received",
                                                       "return-path",
                                                       "bcc",
                                                       "resent-bcc",
                                                       "delivered-to",
                                                       "content-length",
                                                       "dkim-signature",
                                                       "authentication-results",
                                                       "arc-seal"};

std::string at(const std::string& key, std::size_t index) {
  return key + "[" + std::to_string(index) + "]";
}

bool isLabelText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-';
  });
}

// RFC 5322 section 3.6.8.
bool isFieldName(std::string_view text) {
  return text.size() <= 78 && std::all_of(text.begin(), text.end(), [](char c) {
           return c > 32 && c < 127 && c != ':' && c != ';';
         });
}

void checkFields(const std::vector<std::string>& names,
                 const std::string& key,
                 std::set<std::string>& seen,
                 const Report& report) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = lower(names[i]);
    if (!isFieldName(name))
      report(at(key, i), "must be the name of a header field");
    else if (std::find(kUnstable.begin(), kUnstable.end(), name) !=
             kUnstable.end())
      report(at(key, i),
             name + " is changed on the way: no signature over it would hold");
    else if (!seen.insert(name).second)
      report(at(key, i), name + " is named already");
  }
}

void checkDomainSigning(const DomainSigning& signing,
                        const std::string& key,
                        const Report& report) {
  const auto& prefix = signing.selectorPrefix;
  if (!isLabelText(prefix) || prefix.size() > kMostPrefix ||
      prefix.starts_with('-'))
    report(key + ".selector_prefix",
           "must be letters, digits and hyphens, at most 30");
  if (signing.rsaBits != 1024 && signing.rsaBits != 2048 &&
      signing.rsaBits != 4096)
    report(key + ".rsa_bits", "must be 1024, 2048 or 4096");
  std::set<std::string> seen;
  checkFields(signing.oversigned, key + ".oversigned", seen, report);
  if (!seen.contains("from"))
    report(key + ".oversigned",
           "must name from: without it anybody could add an author");
  checkFields(signing.headers, key + ".headers", seen, report);
}

}  // namespace

void checkSigning(const Settings& settings, const Report& report) {
  const auto& networks = settings.dkim.networks;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const auto network = parseNetwork(networks[i]);
    if (network && network->prefix < (network->address.v6 ? 16U : 8U))
      report(at("dkim.signing_networks", i),
             network->text() + " would sign for strangers; name at most a /" +
                 (network->address.v6 ? "16" : "8"));
  }
  for (std::size_t d = 0; d < settings.domains.size(); ++d)
    checkDomainSigning(
        settings.domains[d].dkim, at("domains", d) + ".dkim", report);
}

}  // namespace mailreeve::config
