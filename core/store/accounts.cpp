#include "core/store/accounts.h"

#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/like.h"

namespace mailreeve::store {

namespace {

constexpr const char* kColumns =
    "SELECT id, local, domain, display_name, enabled, password, scram, "
    "created, last_changed FROM account";

Account accountOf(const Row& row) {
  Account account;
  account.id = row.integer(0);
  account.local = row.text(1);
  account.domain = row.text(2);
  account.displayName = row.text(3);
  account.enabled = row.integer(4) != 0;
  const std::string password = row.text(5);
  if (const auto end = password.find('}'); end != std::string::npos)
    account.scheme = password.substr(1, end - 1);
  account.scram = !row.isNull(6);
  account.created = fromSeconds(row.integer(7));
  account.lastChanged = fromSeconds(row.integer(8));
  return account;
}

Value orNull(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

// "a@b" as {"a", "b"}; an address has exactly one @ here.
std::pair<std::string, std::string> parts(const std::string& address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string::npos) return {address, ""};
  return {address.substr(0, at), address.substr(at + 1)};
}

Error unknown(const std::string& address) {
  return {ErrorCode::NotFound, "there is no account " + printable(address)};
}

}  // namespace

const Schema& accountSchema() {
  // Times are seconds since 1970, UTC. Postfix and Dovecot name these columns
  // in the queries rendered for them.
  static const Schema tables{
      "account",
      {{
          "CREATE TABLE domain(name TEXT PRIMARY KEY, main TEXT NOT NULL)",
          "CREATE TABLE alias(address TEXT NOT NULL, target TEXT NOT NULL, "
          "PRIMARY KEY(address, target))",
          "CREATE INDEX alias_target ON alias(target)",
          "CREATE TABLE account("
          "id INTEGER PRIMARY KEY AUTOINCREMENT, local TEXT NOT NULL, "
          "domain TEXT NOT NULL, password TEXT NOT NULL, scram TEXT, "
          "display_name TEXT NOT NULL, enabled INTEGER NOT NULL, "
          "created BIGINT NOT NULL, last_changed BIGINT NOT NULL, "
          "UNIQUE(local, domain))",
          "CREATE INDEX account_domain ON account(domain, local)",
      }}};
  return tables;
}

Result<Accounts> Accounts::open(const std::filesystem::path& stateDatabase,
                                const Clock& clock) {
  auto database = Database::open(stateDatabase, accountSchema());
  if (!database) return std::move(database).error();
  return Accounts(std::move(*database), clock);
}

Result<Done> Accounts::replaceDirectory(const std::vector<DomainRow>& domains,
                                        const std::vector<AliasRow>& aliases) {
  return database_.transaction([&]() -> Result<Done> {
    for (const char* table : {"domain", "alias"}) {
      auto emptied = database_.execute(std::string("DELETE FROM ") + table);
      if (!emptied) return std::move(emptied).error();
    }
    for (const auto& domain : domains) {
      auto done =
          database_.execute("INSERT INTO domain(name, main) VALUES(?, ?)",
                            {domain.name, domain.main});
      if (!done) return std::move(done).error().within("domain " + domain.name);
    }
    for (const auto& alias : aliases) {
      auto done = database_.execute(
          "INSERT INTO alias(address, target) VALUES(?, ?) "
          "ON CONFLICT(address, target) DO NOTHING",
          {alias.address, alias.target});
      if (!done)
        return std::move(done).error().within("alias " + alias.address);
    }
    return Done{};
  });
}

Result<std::vector<std::string>> Accounts::aliasTargets(
    const std::string& address) {
  return texts("SELECT target FROM alias WHERE address = ? ORDER BY target",
               address);
}

Result<std::vector<std::string>> Accounts::aliasesFor(
    const std::string& address) {
  return texts("SELECT address FROM alias WHERE target = ? ORDER BY address",
               address);
}

Result<std::vector<std::string>> Accounts::texts(const std::string& sql,
                                                 const std::string& value) {
  auto rows = database_.query(sql, {value});
  if (!rows) return std::move(rows).error();
  std::vector<std::string> out;
  for (const auto& row : *rows) out.push_back(row.text(0));
  return out;
}

Result<Account> Accounts::add(const NewAccount& account) {
  const std::string address = account.local + "@" + account.domain;
  auto targets = aliasTargets(address);
  if (!targets) return std::move(targets).error();
  if (!targets->empty())
    return Error{ErrorCode::Invalid,
                 address + " is an alias for " + join(*targets, ", ")};
  const std::int64_t now = toSeconds(clock_->now());
  auto rows = database_.query(
      "INSERT INTO account(local, domain, password, scram, display_name, "
      "enabled, created, last_changed) VALUES(?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(local, domain) DO NOTHING RETURNING id",
      {account.local,
       account.domain,
       account.password,
       orNull(account.scram),
       account.displayName,
       std::int64_t{account.enabled ? 1 : 0},
       now,
       now});
  if (!rows) return std::move(rows).error();
  if (rows->empty())
    return Error{ErrorCode::Invalid, "there is already an account " + address};
  return find(address);
}

Result<std::vector<Account>> Accounts::list(const std::string& pattern,
                                            const std::string& after,
                                            std::int64_t limit) {
  const auto [local, domain] = parts(after);
  auto rows = database_.query(
      std::string(kColumns) +
          " WHERE (domain, local) > (?, ?) "
          "AND (local || '@' || domain) LIKE ? ESCAPE '\\' "
          "ORDER BY domain, local LIMIT ?",
      {domain, local, likePattern(pattern.empty() ? "*" : pattern), limit});
  if (!rows) return std::move(rows).error();
  std::vector<Account> accounts;
  for (const auto& row : *rows) accounts.push_back(accountOf(row));
  return accounts;
}

Result<std::vector<std::string>> Accounts::addresses() {
  auto all = list("");
  if (!all) return std::move(all).error();
  std::vector<std::string> addresses;
  addresses.reserve(all->size());
  for (const auto& account : *all) addresses.push_back(account.address());
  return addresses;
}

Result<Account> Accounts::find(const std::string& address) {
  const auto [local, domain] = parts(address);
  auto rows =
      database_.query(std::string(kColumns) + " WHERE local = ? AND domain = ?",
                      {local, domain});
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return unknown(address);
  return accountOf(rows->front());
}

Result<Done> Accounts::change(const std::string& address,
                              const std::string& assignments,
                              Values values) {
  const auto [local, domain] = parts(address);
  values.insert(values.end(), {toSeconds(clock_->now()), local, domain});
  auto changed = database_.execute("UPDATE account SET " + assignments +
                                       ", last_changed = ? "
                                       "WHERE local = ? AND domain = ?",
                                   values);
  if (!changed) return std::move(changed).error();
  if (*changed == 0) return unknown(address);
  return Done{};
}

Result<Done> Accounts::setPassword(const std::string& address,
                                   const std::string& password,
                                   const std::string& scram) {
  return change(address, "password = ?, scram = ?", {password, orNull(scram)});
}

Result<Done> Accounts::setEnabled(const std::string& address, bool enabled) {
  return change(address, "enabled = ?", {std::int64_t{enabled ? 1 : 0}});
}

Result<Done> Accounts::remove(const std::string& address) {
  const auto [local, domain] = parts(address);
  auto gone = database_.execute(
      "DELETE FROM account WHERE local = ? AND domain = ?", {local, domain});
  if (!gone) return std::move(gone).error();
  if (*gone == 0) return unknown(address);
  return Done{};
}

}  // namespace mailreeve::store
