// Makes DKIM keys, looks whether they are published, and moves them on. Keeps
// the index in state.db and the private keys' files in step: a file is there
// before its row is, and goes after its row says so.
//
// No private key ever leaves this but into its file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/auth/dkim/openssl.h"
#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/directory/policy.h"
#include "core/dns/resolver.h"
#include "core/store/dkim_keys.h"
#include "mgmtd/keys/key_states.h"

namespace mailreeve::keys {

// What is not set is as the domain's settings say.
struct NewKeys {
  std::string selector;  // Empty: made up. Not for a pair.
  bool rsa = true;
  std::optional<bool> ed25519;
  std::optional<std::int64_t> rsaBits;
  bool forced = false;
};

// What became of an advance over one or all domains.
struct Report {
  std::vector<Notice> notices;
  bool signingChanged = false;
  std::size_t unanswered = 0;  // Keys of which nobody could say anything.
};

class Keeper {
 public:
  // `clock` must outlive this.
  Keeper(Paths paths, const Clock& clock, directory::PolicyPtr policy)
      : paths_(std::move(paths)), clock_(clock), policy_(std::move(policy)) {}

  // The domain as keys have it. Invalid for one that the settings do not name.
  [[nodiscard]] Result<std::string> domainKey(const std::string& domain) const;

  // The first keys of a domain, pending. Invalid when it has some already.
  [[nodiscard]] Result<std::vector<store::DkimKey>> create(
      const std::string& domain, const NewKeys& wanted) const;

  // The next keys of a domain, one for each that signs. Invalid when none
  // signs, or the next are waiting already.
  [[nodiscard]] Result<std::vector<store::DkimKey>> rotate(
      const std::string& domain, const NewKeys& wanted) const;

  // A key that another program made.
  [[nodiscard]] Result<store::DkimKey> adopt(const std::string& domain,
                                             const std::string& selector,
                                             const dkim::PrivateKey& key,
                                             bool forced) const;

  // Deletes a key that does not sign, and its record's claim.
  [[nodiscard]] Result<Done> remove(const std::string& domain,
                                    const std::string& selector) const;

  // Of one domain, or of all when it is empty.
  [[nodiscard]] Result<std::vector<store::DkimKey>> list(
      const std::string& domain) const;

  // Asks the DNS for every record that matters, all at once. Changes nothing.
  [[nodiscard]] std::vector<dkim::Publication> look(
      const std::vector<store::DkimKey>& keys, dns::Resolver& resolver) const;

  // Marks pending keys of a domain (of all selectors when empty) as forced.
  [[nodiscard]] Result<Done> force(const std::string& domain,
                                   const std::string& selector) const;

  // Looks, and moves the keys of one domain (of all when empty) on.
  [[nodiscard]] Result<Report> advance(const std::string& domain,
                                       dns::Resolver& resolver) const;

 private:
  [[nodiscard]] Result<store::DkimKeys> open() const {
    return store::DkimKeys::open(paths_.stateDatabase());
  }

  [[nodiscard]] Result<std::vector<store::DkimKey>> make(
      const std::string& domain,
      const NewKeys& wanted,
      const std::vector<store::DkimKey>& existing) const;
  [[nodiscard]] Result<store::DkimKey> store(const std::string& domain,
                                             const std::string& selector,
                                             const dkim::PrivateKey& key,
                                             bool forced) const;
  [[nodiscard]] Rules rulesFor(const std::string& domain) const;

  Paths paths_;
  const Clock& clock_;
  directory::PolicyPtr policy_;
};

// Tells milterd that other keys sign. A milterd that does not run reads them
// when it starts.
void tellMilterd(const Paths& paths);

// Each as a line of the log and an event.
void record(const Paths& paths,
            TimePoint now,
            const std::vector<Notice>& notices);

}  // namespace mailreeve::keys
