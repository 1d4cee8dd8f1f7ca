#include "mgmtd/api/account_rows.h"

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/store/password.h"
#include "mgmtd/api/account_name.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

using nlohmann::json;

json toJson(const store::Account& account) {
  return {{"address", account.address()},
          {"display_name", account.displayName},
          {"enabled", account.enabled},
          {"scheme", account.scheme},
          {"scram", account.scram},
          {"created", utcText(account.created)},
          {"last_changed", utcText(account.lastChanged)}};
}

Result<StoredPassword> storedPassword(const std::string& hash,
                                      const std::string& scram,
                                      const directory::Policy& policy) {
  auto password = store::checkForeignHash(hash);
  if (!password) return std::move(password).error();
  StoredPassword stored{std::move(*password), ""};
  if (scram.empty() || !policy.settings().authentication.scram) return stored;
  auto secret = store::checkForeignHash(scram);
  if (!secret) return std::move(secret).error();
  if (secret->rfind("{SCRAM-SHA-256}", 0) != 0)
    return Error{ErrorCode::Invalid, "scram: is no SCRAM-SHA-256 secret"};
  stored.scram = std::move(*secret);
  return stored;
}

Result<ReadAccount> readNewAccount(const json& row,
                                   const directory::Policy& policy) {
  Fields fields(row);
  const std::string address = fields.text("address");
  const std::string hash = fields.text("password");
  const std::string scram = fields.text("scram", "");
  const std::string display = fields.text("display_name", "");
  const bool enabled = fields.flag("enabled", true);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto name = newAccountName(address, policy);
  if (!name) return std::move(name).error();
  if (display.size() > 200 || display != printable(display))
    return Error{ErrorCode::Invalid,
                 name->address() +
                     ": the display name is longer than 200 bytes or holds "
                     "control characters"};
  auto stored = storedPassword(hash, scram, policy);
  if (!stored) return std::move(stored).error().within(name->address());
  return ReadAccount{{.local = name->local,
                      .domain = name->domain,
                      .password = stored->password,
                      .scram = stored->scram,
                      .displayName = display,
                      .enabled = enabled},
                     name->warnings};
}

}  // namespace mailreeve::api
