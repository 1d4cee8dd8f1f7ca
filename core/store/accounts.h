// Who has a mailbox, and which domains and aliases there are: state.db.
//
// Postfix (through proxymap) and Dovecot read these tables with their own SQL,
// live, as members of group mailreeve: a commit here is what the next look-up
// sees, no reload follows. Names are lower case, domains A-labels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/store/database.h"

namespace mailreeve::store {

struct DomainRow {
  std::string name;
  std::string main;  // Itself, or the domain it is an additional name of.
};

struct AliasRow {
  std::string address;  // local@main-domain
  std::string target;   // One address; an alias with several has several rows.
};

struct Account {
  std::int64_t id = 0;
  std::string local;
  std::string domain;  // A main domain.
  std::string displayName;
  bool enabled = true;
  std::string scheme;  // Of the password: "ARGON2ID".
  bool scram = false;  // Has a SCRAM secret too.
  TimePoint created;
  TimePoint lastChanged;

  [[nodiscard]] std::string address() const { return local + "@" + domain; }
};

struct NewAccount {
  std::string local;
  std::string domain;
  std::string password;  // As Dovecot reads it: "{SCHEME}...".
  std::string scram;     // The same for SCRAM; empty: none.
  std::string displayName;
  bool enabled = true;
};

[[nodiscard]] const Schema& accountSchema();

class Accounts {
 public:
  // Opens state.db for writing. `clock` must outlive this.
  [[nodiscard]] static Result<Accounts> open(
      const std::filesystem::path& stateDatabase, const Clock& clock);

  // The domains and aliases of the settings now in force, in one transaction:
  // a look-up sees the old ones or the new ones. Accounts stay.
  [[nodiscard]] Result<Done> replaceDirectory(
      const std::vector<DomainRow>& domains,
      const std::vector<AliasRow>& aliases);

  // Invalid when the address is taken by an account or an alias.
  [[nodiscard]] Result<Account> add(const NewAccount& account);

  // Every change to the tables that `work` makes, or none.
  [[nodiscard]] Result<Done> together(
      const std::function<Result<Done>()>& work) {
    return database_.transaction(work);
  }

  // Sorted by domain and name. `pattern` is an address with `*`; empty: all.
  // `after` is the last address of the page before; empty: from the start.
  [[nodiscard]] Result<std::vector<Account>> list(
      const std::string& pattern,
      const std::string& after = "",
      std::int64_t limit = INT64_MAX);

  // Of every account, in the order of list().
  [[nodiscard]] Result<std::vector<std::string>> addresses();

  // NotFound when there is none, here and below.
  [[nodiscard]] Result<Account> find(const std::string& address);
  [[nodiscard]] Result<Done> setPassword(const std::string& address,
                                         const std::string& password,
                                         const std::string& scram);
  [[nodiscard]] Result<Done> setEnabled(const std::string& address,
                                        bool enabled);
  [[nodiscard]] Result<Done> remove(const std::string& address);

  // What `address` is an alias for; empty when it is none.
  [[nodiscard]] Result<std::vector<std::string>> aliasTargets(
      const std::string& address);

  // The aliases that have `address` as a target.
  [[nodiscard]] Result<std::vector<std::string>> aliasesFor(
      const std::string& address);

 private:
  Accounts(Database database, const Clock& clock)
      : database_(std::move(database)), clock_(&clock) {}

  [[nodiscard]] Result<Done> change(const std::string& address,
                                    const std::string& assignments,
                                    Values values);

  [[nodiscard]] Result<std::vector<std::string>> texts(
      const std::string& sql, const std::string& value);

  Database database_;
  const Clock* clock_;
};

}  // namespace mailreeve::store
