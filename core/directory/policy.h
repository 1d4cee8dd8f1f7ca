// The settings made ready for asking: who is a domain of ours, what holds for
// a user, who is trusted. Built once after a load, immutable, shared by
// pointer: a message sees one Policy from start to end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/decimal.h"
#include "core/base/network.h"
#include "core/base/result.h"

// Who asks for a setting includes core/config/settings.h; most ask for none.
namespace mailreeve::config {
struct Domain;
struct Settings;
struct UserPolicy;
}  // namespace mailreeve::config

namespace mailreeve::directory {

// A value in force, and which rule gave it ("policy staff", "domain
// example.com", "default policy", "built in").
template <class T>
struct Effective {
  T value{};
  std::string from;
};

// Every setting of one user, as `mgmtctl effective` prints it.
struct EffectiveUser {
  std::string user;    // Address key.
  std::string policy;  // Name of the policy that matched; empty: none.
  Effective<bool> autoForwarding;
  Effective<std::int64_t> dailyMessages;
  Effective<std::int64_t> dailyVolume;
  Effective<std::int64_t> attachmentSize;
  Effective<std::int64_t> messageSize;  // The smaller of server and domain.
  Effective<bool> internalOnly;
  Effective<bool> imap, imapLanOnly;
  Effective<bool> pop3, pop3LanOnly;
  Effective<bool> managesieve, managesieveLanOnly;
  Effective<bool> smtp, smtpLanOnly;
  Effective<Decimal> spamThreshold;
};

class Policy {
 public:
  explicit Policy(config::Settings settings);

  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  Policy(Policy&&) = delete;
  Policy& operator=(Policy&&) = delete;
  ~Policy();

  [[nodiscard]] const config::Settings& settings() const { return *settings_; }

  // The main domain that `domain` (any case, IDN in either form) is or belongs
  // to as an additional one; null for a foreign domain.
  [[nodiscard]] const config::Domain* domainOf(std::string_view domain) const;
  [[nodiscard]] const config::Domain* domainOfAddress(
      std::string_view address) const;

  // `address` in lower case, without +extension, additional domain replaced by
  // the main one: the same mailbox always gives the same text.
  [[nodiscard]] std::string mailboxKey(std::string_view address) const;

  [[nodiscard]] bool isLocalNetwork(std::string_view ip) const;

  // Authenticated, from this host itself, or from a network that may relay.
  [[nodiscard]] bool isOutbound(std::string_view login,
                                std::string_view ip) const;

  // Its hosts pass authentication, and mail of our domains is signed for them
  // (dkim.signing_networks). They may not relay by that.
  [[nodiscard]] bool isSigningNetwork(std::string_view ip) const;

  [[nodiscard]] EffectiveUser effective(std::string_view user) const;

  // One of them, for what is asked for each recipient of a message. Of an
  // address that is not ours it is the server's.
  [[nodiscard]] Effective<Decimal> spamThreshold(std::string_view user) const;

 private:
  [[nodiscard]] const config::UserPolicy* policyFor(
      const std::string& user) const;
  // Its index among the settings' domains.
  [[nodiscard]] std::optional<std::size_t> findDomain(
      std::string_view domain) const;

  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unique_ptr<const config::Settings> settings_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>
      domains_;                        // Key -> index.
  std::vector<std::string> mainKeys_;  // Index -> key of the main name.
  std::unordered_map<std::string, std::size_t> exactPolicies_;
  std::vector<std::pair<std::string, std::size_t>> wildcardPolicies_;
  NetworkSet local_;
  NetworkSet trusted_;
  NetworkSet signing_;
};

using PolicyPtr = std::shared_ptr<const Policy>;

// Loads the YAML directory and compiles it; all problems in one Error.
[[nodiscard]] Result<PolicyPtr> loadPolicy(
    const std::filesystem::path& directory);

}  // namespace mailreeve::directory
