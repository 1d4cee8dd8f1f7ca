// Many accounts at once: rows are gathered over several requests, because one
// line of the control socket holds some 3,000, and then added in one
// transaction, or not at all.
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/store/accounts.h"
#include "mgmtd/api/account_rows.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRows = 200'000;  // In one import.
constexpr std::size_t kImports = 4;     // Under way at a time.
constexpr auto kPatience = 10min;       // Between two requests of one import.

class Imports {
 public:
  Imports(const Surroundings& around, std::shared_ptr<Applied> applied)
      : paths_(around.paths),
        clock_(around.clock),
        helper_(around.helper),
        applied_(std::move(applied)) {}

  [[nodiscard]] Result<json> gather(const json& request);
  [[nodiscard]] Result<json> commit(const json& request,
                                    const std::string& who);

 private:
  struct Import {
    std::vector<json> rows;
    TimePoint touched;
  };

  void forgetOld();
  [[nodiscard]] Result<Import> take(const std::string& token);
  [[nodiscard]] json addAll(const Import& import,
                            const directory::Policy& policy,
                            store::Accounts& accounts,
                            std::vector<std::string>& toEnable) const;
  [[nodiscard]] Result<Done> admit(store::Accounts& accounts,
                                   const std::vector<std::string>& addresses);

  Paths paths_;
  const Clock& clock_;
  Helper helper_;
  std::shared_ptr<Applied> applied_;
  std::mutex mutex_;
  std::map<std::string, Import> imports_;  // Guarded by mutex_.
  std::uint64_t next_ = 0;                 // Guarded by mutex_.
};

void Imports::forgetOld() {
  std::erase_if(imports_, [this](const auto& entry) {
    return clock_.now() - entry.second.touched > kPatience;
  });
}

Result<json> Imports::gather(const json& request) {
  Fields fields(request);
  std::string token = fields.text("import", "");
  const auto rows = request.find("rows");
  if (rows == request.end() || !rows->is_array())
    return Error{ErrorCode::Invalid, "rows: must be a list"};
  const std::lock_guard lock(mutex_);
  forgetOld();
  if (token.empty()) {
    if (imports_.size() >= kImports)
      return Error{ErrorCode::Unavailable,
                   "too many imports at once; try again in ten minutes"};
    token = std::to_string(++next_);
    imports_[token];
  }
  const auto found = imports_.find(token);
  if (found == imports_.end())
    return Error{ErrorCode::NotFound, "import: is over, begin anew"};
  auto& import = found->second;
  if (import.rows.size() + rows->size() > kRows)
    return Error{ErrorCode::Invalid,
                 "more than " + std::to_string(kRows) + " accounts at once"};
  import.rows.insert(import.rows.end(), rows->begin(), rows->end());
  import.touched = clock_.now();
  return json{{"import", token}};
}

Result<Imports::Import> Imports::take(const std::string& token) {
  const std::lock_guard lock(mutex_);
  forgetOld();
  const auto found = imports_.find(token);
  if (found == imports_.end())
    return Error{ErrorCode::NotFound, "import: is over, begin anew"};
  Import import = std::move(found->second);
  imports_.erase(found);
  return import;
}

// What is wrong with each row that cannot be added: {"line", "what"}. All come
// in disabled; those that are not to stay so go to `toEnable`.
json Imports::addAll(const Import& import,
                     const directory::Policy& policy,
                     store::Accounts& accounts,
                     std::vector<std::string>& toEnable) const {
  json problems = json::array();
  for (const json& given : import.rows) {
    json row = given.is_object() ? given : json::object();
    const json line = row.value("line", json());
    row.erase("line");
    const auto refuse = [&](const Error& error) {
      problems.push_back({{"line", line}, {"what", error.what}});
    };
    auto read = readNewAccount(row, policy);
    if (!read) {
      refuse(read.error());
      continue;
    }
    const bool enabled = std::exchange(read->account.enabled, false);
    auto added = accounts.add(read->account);
    if (!added)
      refuse(added.error());
    else if (enabled)
      toEnable.push_back(added->address());
  }
  return problems;
}

// Dovecot is told what policy says of the new accounts before anyone can use
// them.
Result<Done> Imports::admit(store::Accounts& accounts,
                            const std::vector<std::string>& addresses) {
  auto refreshed = helper_({{"do", "refresh-login-policy"}});
  if (!refreshed) return std::move(refreshed).error();
  return accounts.together([&]() -> Result<Done> {
    for (const auto& address : addresses)
      if (auto done = accounts.setEnabled(address, true); !done) return done;
    return Done{};
  });
}

Result<json> Imports::commit(const json& request, const std::string& who) {
  Fields fields(request);
  const std::string token = fields.text("import");
  const bool dryRun = fields.flag("dry_run", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto import = take(token);
  if (!import) return std::move(import).error();
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  auto accounts = store::Accounts::open(paths_.stateDatabase(), clock_);
  if (!accounts) return std::move(accounts).error();

  json problems = json::array();
  std::vector<std::string> toEnable;
  const Error undo{ErrorCode::Invalid, "undone"};
  auto done = accounts->together([&]() -> Result<Done> {
    problems = addAll(*import, **policy, *accounts, toEnable);
    if (!problems.empty() || dryRun) return undo;
    return Done{};
  });
  if (!done && done.error().what != undo.what) return std::move(done).error();
  if (done && !toEnable.empty()) {
    auto admitted = admit(*accounts, toEnable);
    if (!admitted)
      return std::move(admitted).error().within(
          "the accounts are added and stay disabled: login policy");
  }
  if (done)
    log::info(std::to_string(import->rows.size()) + " accounts imported by " +
              who);
  return json{{"added", done ? import->rows.size() : 0},
              {"checked", import->rows.size()},
              {"problems", std::move(problems)}};
}

}  // namespace

void addImport(Verbs& verbs,
               const Surroundings& around,
               const std::shared_ptr<Applied>& applied) {
  const auto imports = std::make_shared<Imports>(around, applied);
  verbs["account_import_rows"] = [imports](const json& request,
                                           const std::string&) {
    return imports->gather(request);
  };
  verbs["account_import_commit"] = [imports](const json& request,
                                             const std::string& who) {
    return imports->commit(request, who);
  };
}

}  // namespace mailreeve::api
