// The states a recipient's copy passes through on its way out.
#include <algorithm>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/quarantine.h"
#include "core/store/quarantine_tables.h"

namespace mailreeve::store {

namespace {

// 1, 2, 4 ... minutes after the first, second, third try; then every hour.
std::chrono::minutes pauseAfter(std::int64_t tries) {
  constexpr std::int64_t kDoublings = 6;
  const auto pause = std::int64_t{1}
                     << std::clamp<std::int64_t>(tries - 1, 0, kDoublings);
  return std::min(std::chrono::minutes(pause), std::chrono::minutes(60));
}

}  // namespace

Result<std::vector<std::string>> Quarantine::claim(const ReleaseOrder& order,
                                                   const std::string& who,
                                                   std::chrono::seconds lease) {
  auto message = find(order.id);
  if (!message) return std::move(message).error();
  const TimePoint now = clock_.now();
  Values values{toMilliseconds(now),
                toMilliseconds(now + lease),
                bounded(who),
                join(order.alsoWaived, ","),
                order.id};
  const std::string which = among(order.recipients, values);
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(
      "UPDATE quarantine_recipient SET state = 'releasing', changed = ?, "
      "next_try = ?, who = ?, tries = 1, answer = '', also_waived = ?, "
      "obstacle = '', obstacle_found = '', obstacle_reason = '' "
      "WHERE message = ? AND " +
          std::string(kReleasable) + which + " RETURNING address",
      values);
  if (!rows) return std::move(rows).error();
  return sortedTexts(*rows);
}

Result<std::vector<Claim>> Quarantine::claimDue(std::chrono::seconds lease) {
  const TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  auto rows = database_.query(
      "UPDATE quarantine_recipient SET next_try = ?, tries = tries + 1 "
      "WHERE state = 'releasing' AND next_try <= ? "
      "RETURNING message, also_waived, address",
      {toMilliseconds(now + lease), toMilliseconds(now)});
  if (!rows) return std::move(rows).error();
  std::map<std::pair<std::string, std::string>, std::vector<std::string>>
      sorted;
  for (const auto& row : *rows)
    sorted[{row.text(0), row.text(1)}].push_back(row.text(2));
  std::vector<Claim> claims;
  for (auto& [what, recipients] : sorted) {
    std::sort(recipients.begin(), recipients.end());
    claims.push_back(
        {what.first, std::move(recipients), waivedOf(what.second)});
  }
  return claims;
}

Result<Done> Quarantine::obstruct(const std::string& id,
                                  const std::vector<std::string>& recipients,
                                  const Obstacle& obstacle) {
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Done> {
    for (const auto& recipient : recipients) {
      auto kept = database_.execute(
          "UPDATE quarantine_recipient SET obstacle = ?, obstacle_found = ?, "
          "obstacle_reason = ? WHERE message = ? AND address = ? AND "
          "state = 'releasing'",
          {bounded(obstacle.step),
           bounded(obstacle.found),
           bounded(obstacle.reason),
           id,
           recipient});
      if (!kept) return std::move(kept).error();
    }
    return Done{};
  });
}

Result<Done> Quarantine::settle(const std::string& id,
                                const std::vector<ReleaseAnswer>& answers) {
  auto message = find(id);
  if (!message) return std::move(message).error();
  const TimePoint now = clock_.now();
  std::map<std::string, std::int64_t> tries;
  for (const auto& one : message->recipients) tries[one.address] = one.tries;
  const std::lock_guard lock(mutex_);
  return database_.transaction([&]() -> Result<Done> {
    for (const auto& one : answers) {
      const auto pause = pauseAfter(tries[one.recipient]);
      auto done = database_.execute(
          "UPDATE quarantine_recipient SET state = ?, answer = ?, changed = ?, "
          "next_try = ? WHERE message = ? AND address = ? AND "
          "state = 'releasing'",
          {std::string(name(one.state)),
           bounded(one.answer),
           toMilliseconds(now),
           toMilliseconds(now + pause),
           id,
           one.recipient});
      if (!done) return std::move(done).error();
    }
    return Done{};
  });
}

Result<std::int64_t> Quarantine::approve(const std::string& id,
                                         const std::vector<std::string>& steps,
                                         const std::string& who) {
  auto message = find(id);
  if (!message) return std::move(message).error();
  const std::lock_guard lock(mutex_);
  std::optional<std::int64_t> fewest;
  auto noted = database_.transaction([&]() -> Result<Done> {
    for (const auto& step : steps) {
      auto added = database_.execute(
          "INSERT INTO quarantine_consent(message, step, who, time) "
          "VALUES(?, ?, ?, ?) ON CONFLICT(message, step, who) DO NOTHING",
          {id, bounded(step), bounded(who), toMilliseconds(clock_.now())});
      if (!added) return std::move(added).error();
      auto rows = database_.query(
          "SELECT COUNT(*) FROM quarantine_consent WHERE message = ? AND "
          "step = ?",
          {id, bounded(step)});
      if (!rows) return std::move(rows).error();
      const auto count = rows->at(0).integer(0);
      fewest = std::min(fewest.value_or(count), count);
    }
    return Done{};
  });
  if (!noted) return std::move(noted).error();
  return fewest.value_or(0);
}

Result<bool> Quarantine::request(const std::string& id,
                                 const std::string& mailbox) {
  const std::lock_guard lock(mutex_);
  auto noted = database_.execute(
      "UPDATE quarantine_message SET requested = ?, requested_by = ? WHERE "
      "id = ? AND requested = 0 AND " +
          anyReleasable(),
      {toMilliseconds(clock_.now()), bounded(mailbox), id});
  if (!noted) return std::move(noted).error();
  return *noted == 1;
}

Result<Done> Quarantine::issue(const std::string& nonce,
                               const std::string& id,
                               TimePoint expires) {
  const std::lock_guard lock(mutex_);
  auto added = database_.execute(
      "INSERT INTO quarantine_nonce(nonce, message, expires) VALUES(?, ?, ?)",
      {nonce, id, toMilliseconds(expires)});
  if (!added) return std::move(added).error();
  return Done{};
}

Result<bool> Quarantine::redeem(const std::string& nonce,
                                const std::string& id) {
  const std::lock_guard lock(mutex_);
  auto used = database_.execute(
      "DELETE FROM quarantine_nonce WHERE nonce = ? AND message = ? AND "
      "expires > ?",
      {nonce, id, toMilliseconds(clock_.now())});
  if (!used) return std::move(used).error();
  return *used == 1;
}

}  // namespace mailreeve::store
