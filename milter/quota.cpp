#include "milter/quota.h"

#include "core/base/log.h"

namespace mailreeve::milter {

namespace {

constexpr const char* kName = "daily_quota";

// Permanent on purpose. With 4xx the client would queue what is over the limit
// and send it after midnight, which is just what the limit is to prevent when
// a password has been stolen.
Charged reached(const char* what,
                const directory::Effective<std::int64_t>& limit) {
  return {Verdict::reject({550, "5.7.1", "Daily sending limit reached"},
                          "over " + std::to_string(limit.value) + " " + what +
                              " a day (" + limit.from + ")")};
}

Charged unreachable(const store::UsageLimit& limit, const Error& error) {
  if (limit.messages != 0 || limit.bytes != 0)
    return {Verdict::defer("the counter is out of reach: " + error.what)};
  log::error("usage is not counted: " + error.what);
  return {Verdict::pass("not counted: " + error.what)};
}

Charged decide(const Transaction& transaction,
               std::size_t size,
               store::UsageCounter& usage) {
  const auto& user = *transaction.user;
  const store::UsageLimit limit{user.dailyMessages.value,
                                user.dailyVolume.value};
  const auto charged =
      usage.charge(user.user, static_cast<std::int64_t>(size), limit);
  if (!charged) return unreachable(limit, charged.error());
  switch (*charged) {
    case store::Charge::OverMessages:
      return reached("messages", user.dailyMessages);
    case store::Charge::OverBytes:
      return reached("bytes", user.dailyVolume);
    case store::Charge::Counted:
      break;
  }
  return {Verdict::pass("within the limits of " + user.user), true};
}

}  // namespace

std::string quotaUser(const Transaction& transaction) {
  const bool known = !transaction.envelope.login.empty() && transaction.user;
  return known ? transaction.user->user : std::string();
}

Charged charge(const Transaction& transaction,
               std::size_t size,
               store::UsageCounter& usage,
               Trace& trace) {
  using Clock = std::chrono::steady_clock;
  if (quotaUser(transaction).empty()) return {};
  const auto start = Clock::now();
  Charged charged = decide(transaction, size, usage);
  trace.push_back({kName,
                   charged.verdict.kind,
                   charged.verdict.reason,
                   std::chrono::duration_cast<std::chrono::microseconds>(
                       Clock::now() - start)});
  return charged;
}

}  // namespace mailreeve::milter
