// Requests about single accounts. Passwords come hashed: mgmtctl keeps the
// clear text to itself.
#include "core/store/accounts.h"

#include <array>
#include <ctime>
#include <utility>

#include "core/base/log.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/store/password.h"
#include "core/store/usage.h"
#include "mgmtd/api/account_name.h"
#include "mgmtd/api/account_rows.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

constexpr std::int64_t kPage = 1000;

class AccountRequests {
 public:
  AccountRequests(const Surroundings& around, std::shared_ptr<Applied> applied)
      : paths_(around.paths),
        clock_(around.clock),
        helper_(around.helper),
        applied_(std::move(applied)) {}

  [[nodiscard]] Result<json> add(const json& request, const std::string& who);
  [[nodiscard]] Result<json> list(const json& request);
  [[nodiscard]] Result<json> show(const json& request);
  [[nodiscard]] Result<json> password(const json& request,
                                      const std::string& who);
  [[nodiscard]] Result<json> enable(const json& request,
                                    const std::string& who);
  [[nodiscard]] Result<json> remove(const json& request,
                                    const std::string& who);

 private:
  [[nodiscard]] Result<store::Accounts> accounts() const {
    return store::Accounts::open(paths_.stateDatabase(), clock_);
  }

  // Enables an account whose login policy is made known first.
  [[nodiscard]] Result<Done> admit(store::Accounts& accounts,
                                   const std::string& address);
  [[nodiscard]] Result<json> purge(const std::string& address);
  [[nodiscard]] json addresses(const store::Account& account,
                               store::Accounts& accounts);

  Paths paths_;
  const Clock& clock_;
  Helper helper_;
  std::shared_ptr<Applied> applied_;
};

// A new account comes in disabled and is enabled once Dovecot knows what
// policy says of it: no login slips in between.
Result<json> AccountRequests::add(const json& request, const std::string& who) {
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  json row = request;
  row.erase("do");
  auto read = readNewAccount(row, **policy);
  if (!read) return std::move(read).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  const bool enabled = std::exchange(read->account.enabled, false);
  auto added = open->add(read->account);
  if (!added) return std::move(added).error();
  added->enabled = enabled;
  if (enabled) {
    auto done = admit(*open, added->address());
    if (!done) {
      (void)open->remove(added->address());  // The first error is the one told.
      return std::move(done).error();
    }
  }
  log::info("account " + added->address() + " added by " + who);
  return json{{"account", toJson(*added)}, {"warnings", read->warnings}};
}

Result<Done> AccountRequests::admit(store::Accounts& accounts,
                                    const std::string& address) {
  auto refreshed = helper_({{"do", "refresh-login-policy"}});
  if (!refreshed) return std::move(refreshed).error().within("login policy");
  return accounts.setEnabled(address, true);
}

Result<json> AccountRequests::list(const json& request) {
  Fields fields(request);
  const std::string pattern = fields.text("pattern", "");
  const std::string after = fields.text("after", "");
  const std::int64_t limit = fields.number("limit", kPage, 1, kPage);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  auto found = open->list(pattern, accountKey(after), limit);
  if (!found) return std::move(found).error();
  json out = json::array();
  for (const auto& account : *found) out.push_back(toJson(account));
  json answer{{"accounts", std::move(out)}};
  if (static_cast<std::int64_t>(found->size()) == limit)
    answer["next"] = found->back().address();
  return answer;
}

// The addresses that lead to the account's mailbox.
json AccountRequests::addresses(const store::Account& account,
                                store::Accounts& accounts) {
  json out = json::array({account.address()});
  if (const auto policy = applied_->policy())
    if (const auto* domain = (*policy)->domainOf(account.domain))
      for (const auto& other : domain->additional)
        out.push_back(account.local + "@" + other);
  if (const auto aliases = accounts.aliasesFor(account.address()))
    for (const auto& alias : *aliases) out.push_back(alias);
  return out;
}

Result<json> AccountRequests::show(const json& request) {
  Fields fields(request);
  const std::string address = accountKey(fields.text("address"));
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  auto account = open->find(address);
  if (!account) return std::move(account).error();
  json out = toJson(*account);
  out["addresses"] = addresses(*account, *open);
  out["today"] = {{"messages", 0}, {"bytes", 0}};
  if (const auto usage =
          store::listUsage(paths_.countersDatabase(), localDay(clock_.now())))
    for (const auto& row : *usage)
      if (row.user == address)
        out["today"] = {{"messages", row.messages}, {"bytes", row.bytes}};
  return json{{"account", std::move(out)}};
}

Result<json> AccountRequests::password(const json& request,
                                       const std::string& who) {
  Fields fields(request);
  const std::string address = accountKey(fields.text("address"));
  const std::string hash = fields.text("password");
  const std::string scram = fields.text("scram", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  auto stored = storedPassword(hash, scram, **policy);
  if (!stored) return std::move(stored).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  auto done = open->setPassword(address, stored->password, stored->scram);
  if (!done) return std::move(done).error();
  log::info("account " + address + ": password set by " + who);
  return json::object();
}

Result<json> AccountRequests::enable(const json& request,
                                     const std::string& who) {
  Fields fields(request);
  const std::string address = accountKey(fields.text("address"));
  const bool enabled = fields.flag("enabled", true);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  auto done =
      enabled ? admit(*open, address) : open->setEnabled(address, false);
  if (!done) return std::move(done).error();
  log::info("account " + address + (enabled ? " enabled" : " disabled") +
            " by " + who);
  return json::object();
}

Result<json> AccountRequests::purge(const std::string& address) {
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  const std::size_t at = address.rfind('@');
  return helper_({{"do", "purge-mail"},
                  {"volume", (*policy)->settings().mailboxes.volume},
                  {"domain", address.substr(at + 1)},
                  {"local", address.substr(0, at)}});
}

Result<json> AccountRequests::remove(const json& request,
                                     const std::string& who) {
  Fields fields(request);
  const std::string address = accountKey(fields.text("address"));
  const bool purgeMail = fields.flag("purge_mail", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto open = accounts();
  if (!open) return std::move(open).error();
  auto done = open->remove(address);
  if (!done) return std::move(done).error();
  log::info("account " + address + " deleted by " + who);
  if (!purgeMail) return json{{"mail", "kept"}};
  // The account is gone first, so that no mail comes in behind the purge.
  auto purged = purge(address);
  if (!purged)
    return std::move(purged).error().within(
        "the account is deleted, its mail is not");
  log::info("account " + address + ": mail deleted by " + who);
  return json{{"mail", "deleted"}};
}

}  // namespace

void addAccounts(Verbs& verbs,
                 const Surroundings& around,
                 const std::shared_ptr<Applied>& applied) {
  const auto requests = std::make_shared<AccountRequests>(around, applied);
  using Who = const std::string&;
  verbs["account_add"] = [requests](const json& request, Who who) {
    return requests->add(request, who);
  };
  verbs["account_list"] = [requests](const json& request, Who) {
    return requests->list(request);
  };
  verbs["account_show"] = [requests](const json& request, Who) {
    return requests->show(request);
  };
  verbs["account_password"] = [requests](const json& request, Who who) {
    return requests->password(request, who);
  };
  verbs["account_enable"] = [requests](const json& request, Who who) {
    return requests->enable(request, who);
  };
  verbs["account_delete"] = [requests](const json& request, Who who) {
    return requests->remove(request, who);
  };
}

}  // namespace mailreeve::api
