#include "mgmtd/keys/keeper.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <set>
#include <utility>

#include "core/auth/dkim/key_file.h"
#include "core/auth/dkim/record.h"
#include "core/auth/message_view.h"
#include "core/auth/tag_list.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"
#include "core/net/control.h"
#include "core/store/event_log.h"

namespace mailreeve::keys {

namespace {

using store::DkimKey;
using store::KeyState;

// Of all questions of one look.
constexpr std::chrono::seconds kPatience{20};

// RFC 1035 section 2.3.4, less what makes a file name of it.
constexpr std::size_t kMostRecordName = 250;

Error invalid(std::string what) {
  return {ErrorCode::Invalid, std::move(what)};
}

std::string dayOf(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 16> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y%m%d", &parts)};
}

Result<dkim::KeyKind> rsaKind(std::int64_t bits) {
  switch (bits) {
    case 1024:
      return dkim::KeyKind::Rsa1024;
    case 2048:
      return dkim::KeyKind::Rsa2048;
    case 4096:
      return dkim::KeyKind::Rsa4096;
    default:
      return invalid("an RSA key has 1024, 2048 or 4096 bits");
  }
}

std::string algorithmOf(const dkim::PrivateKey& key) {
  return key.algorithm() == dkim::Algorithm::RsaSha256 ? "rsa" : "ed25519";
}

bool isUsed(const DkimKey& key) {
  return key.state == KeyState::Pending || key.state == KeyState::Active;
}

std::filesystem::path fileOf(const Paths& paths,
                             const std::string& domain,
                             const std::string& selector) {
  return paths.dkimKeys() / dkim::recordName(selector, domain);
}

// One that never was: a selector must not come to mean another key.
std::string freshSelector(std::string prefix,
                          const std::string& day,
                          const std::string& algorithm,
                          const std::vector<DkimKey>& existing) {
  if (!prefix.empty()) prefix += '-';
  const std::string base = lower(prefix) + day + "-" + algorithm;
  std::string selector = base;
  for (int n = 2; std::any_of(
           existing.begin(),
           existing.end(),
           [&](const DkimKey& key) { return key.selector == selector; });
       ++n)
    selector = base + "-" + std::to_string(n);
  return selector;
}

void deleteFile(const std::filesystem::path& path) {
  std::error_code problem;
  std::filesystem::remove(path, problem);
  if (problem)
    log::warn(path.string() + " cannot be deleted: " + problem.message());
}

}  // namespace

Result<std::string> Keeper::domainKey(const std::string& domain) const {
  auto key = mail::domainKey(domain);
  if (!key || policy_->domainOf(*key) == nullptr)
    return invalid(printable(domain) +
                   " is no domain of the settings in force");
  return key;
}

Rules Keeper::rulesFor(const std::string& domain) const {
  Rules rules;
  rules.overlap = std::chrono::days(policy_->settings().dkim.overlapDays);
  const auto* settings = policy_->domainOf(domain);
  rules.force = settings != nullptr && settings->dkim.force;
  return rules;
}

Result<DkimKey> Keeper::store(const std::string& domain,
                              const std::string& selector,
                              const dkim::PrivateKey& key,
                              bool forced) const {
  const std::string name = lower(selector);
  if (!auth::isPlainDomain(name) ||
      dkim::recordName(name, domain).size() > kMostRecordName)
    return invalid("a selector is made of letters, digits, - and dots, is " +
                   printable(selector));
  auto record = dkim::recordText(key);
  if (!record) return std::move(record).error();
  auto open = this->open();
  if (!open) return std::move(open).error();
  const auto now = clock_.now();
  DkimKey row{.domain = domain,
              .selector = name,
              .algorithm = algorithmOf(key),
              .bits = static_cast<std::int64_t>(key.bits()),
              .record = *record,
              .forced = forced,
              .created = now,
              .since = now};
  // The row is written last, so that every row has its file; it is asked for
  // first, so that no other key's file is overwritten.
  auto added = open->together([&]() -> Result<Done> {
    auto claimed = open->add(row);
    if (!claimed) return claimed;
    return dkim::writeKeyFile(fileOf(paths_, domain, name), key);
  });
  if (!added) return std::move(added).error();
  return row;
}

Result<std::vector<DkimKey>> Keeper::make(
    const std::string& domain,
    const NewKeys& wanted,
    const std::vector<DkimKey>& existing) const {
  const auto& settings = policy_->domainOf(domain)->dkim;
  const bool ed25519 = wanted.ed25519.value_or(settings.ed25519);
  if (!wanted.selector.empty() && wanted.rsa && ed25519)
    return invalid("a pair of keys has two selectors: name the kind");
  const std::string day = dayOf(clock_.now());
  std::vector<DkimKey> made;
  const auto add = [&](dkim::KeyKind kind) -> Result<Done> {
    auto key = dkim::PrivateKey::generate(kind);
    if (!key) return std::move(key).error();
    const std::string selector =
        wanted.selector.empty()
            ? freshSelector(
                  settings.selectorPrefix, day, algorithmOf(*key), existing)
            : wanted.selector;
    auto row = store(domain, selector, *key, wanted.forced);
    if (!row) return std::move(row).error();
    made.push_back(std::move(*row));
    return Done{};
  };
  if (wanted.rsa) {
    const auto kind = rsaKind(wanted.rsaBits.value_or(settings.rsaBits));
    if (!kind) return kind.error();
    if (auto done = add(*kind); !done) return std::move(done).error();
  }
  if (ed25519)
    if (auto done = add(dkim::KeyKind::Ed25519); !done)
      return std::move(done).error();
  return made;
}

Result<std::vector<DkimKey>> Keeper::create(const std::string& domain,
                                            const NewKeys& wanted) const {
  auto key = domainKey(domain);
  if (!key) return std::move(key).error();
  auto existing = list(*key);
  if (!existing) return std::move(existing).error();
  const auto& settings = policy_->domainOf(*key)->dkim;
  for (const auto& other : *existing) {
    const bool same = other.algorithm == "rsa"
                          ? wanted.rsa
                          : wanted.ed25519.value_or(settings.ed25519);
    if (same && isUsed(other))
      return invalid(*key + " has the " + other.algorithm + " key " +
                     other.selector + " already; `mgmtctl dkim rotate` makes " +
                     "the next");
  }
  return make(*key, wanted, *existing);
}

Result<std::vector<DkimKey>> Keeper::rotate(const std::string& domain,
                                            const NewKeys& wanted) const {
  auto key = domainKey(domain);
  if (!key) return std::move(key).error();
  auto existing = list(*key);
  if (!existing) return std::move(existing).error();
  std::set<std::string> signing;
  for (const auto& other : *existing) {
    if (other.state == KeyState::Pending)
      return invalid(*key + " has a next key already: " + other.selector +
                     " waits for its record");
    if (other.state == KeyState::Active) signing.insert(other.algorithm);
  }
  if (signing.empty())
    return invalid("no key of " + *key +
                   " signs; `mgmtctl dkim create` makes the first");
  NewKeys next = wanted;
  next.rsa = wanted.rsa && signing.contains("rsa");
  if (!wanted.ed25519) next.ed25519 = signing.contains("ed25519");
  if (!next.rsa && !*next.ed25519)
    return invalid("no key of that kind signs for " + *key);
  return make(*key, next, *existing);
}

Result<DkimKey> Keeper::adopt(const std::string& domain,
                              const std::string& selector,
                              const dkim::PrivateKey& key,
                              bool forced) const {
  auto name = domainKey(domain);
  if (!name) return std::move(name).error();
  return store(*name, selector, key, forced);
}

Result<Done> Keeper::remove(const std::string& domain,
                            const std::string& selector) const {
  // Not through domainKey(): a domain may have left the settings.
  auto name = mail::domainKey(domain);
  if (!name) return invalid(printable(domain) + " is no domain");
  const std::string label = lower(selector);
  auto open = this->open();
  if (!open) return std::move(open).error();
  auto removed = open->together([&]() -> Result<Done> {
    auto keys = open->list(*name);
    if (!keys) return std::move(keys).error();
    for (const auto& key : *keys)
      if (key.selector == label && key.state == KeyState::Active &&
          policy_->domainOf(*name) != nullptr)
        return invalid(label + " of " + *name +
                       " signs; rotate it before you delete it");
    return open->remove(*name, label);
  });
  if (!removed) return removed;
  deleteFile(fileOf(paths_, *name, label));
  return Done{};
}

Result<std::vector<DkimKey>> Keeper::list(const std::string& domain) const {
  std::string name;
  if (!domain.empty()) {
    auto key = mail::domainKey(domain);
    if (!key) return invalid(printable(domain) + " is no domain");
    name = *std::move(key);
  }
  auto open = this->open();
  if (!open) return std::move(open).error();
  return open->list(name);
}

std::vector<dkim::Publication> Keeper::look(const std::vector<DkimKey>& keys,
                                            dns::Resolver& resolver) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::vector<std::unique_ptr<dns::Query>> queries;
  queries.reserve(keys.size());
  for (const auto& key : keys)
    queries.push_back(resolver.start(dkim::recordName(key.selector, key.domain),
                                     dns::Type::Txt));
  std::vector<dkim::Publication> looks;
  looks.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    looks.push_back(
        dkim::judgePublication(queries[i]->wait(deadline), keys[i].record));
  return looks;
}

Result<Done> Keeper::force(const std::string& domain,
                           const std::string& selector) const {
  auto name = domainKey(domain);
  if (!name) return std::move(name).error();
  auto open = this->open();
  if (!open) return std::move(open).error();
  const std::string label = lower(selector);
  return open->together([&]() -> Result<Done> {
    auto keys = open->list(*name);
    if (!keys) return std::move(keys).error();
    bool found = false;
    for (auto& key : *keys) {
      if (key.state != KeyState::Pending ||
          (!label.empty() && key.selector != label))
        continue;
      found = key.forced = true;
      if (auto done = open->update(key); !done) return done;
    }
    if (!found)
      return Error{ErrorCode::NotFound,
                   label.empty()
                       ? "no key of " + *name + " is pending"
                       : "there is no pending key " + label + " of " + *name};
    return Done{};
  });
}

Result<Report> Keeper::advance(const std::string& domain,
                               dns::Resolver& resolver) const {
  auto keys = list(domain);
  if (!keys) return std::move(keys).error();
  std::erase_if(*keys,
                [](const auto& key) { return key.state == KeyState::Retired; });
  const auto seen = look(*keys, resolver);

  Report report;
  std::map<std::string, Looks> byDomain;
  for (std::size_t i = 0; i < keys->size(); ++i) {
    byDomain[(*keys)[i].domain][(*keys)[i].selector] = seen[i];
    report.unanswered += static_cast<std::size_t>(
        seen[i].sight == dkim::Publication::Sight::Unknown);
  }
  auto open = this->open();
  if (!open) return std::move(open).error();
  std::vector<DkimKey> retired;
  // What another process did while we waited for the DNS is read again here.
  auto moved = open->together([&]() -> Result<Done> {
    for (const auto& [name, looks] : byDomain) {
      auto current = open->list(name);
      if (!current) return std::move(current).error();
      auto progress =
          keys::advance(*current, looks, clock_.now(), rulesFor(name));
      for (std::size_t i = 0; i < progress.keys.size(); ++i) {
        const auto& key = progress.keys[i];
        if (key == (*current)[i]) continue;
        if (auto done = open->update(key); !done) return done;
        if (key.state == KeyState::Retired) retired.push_back(key);
      }
      report.notices.insert(report.notices.end(),
                            progress.notices.begin(),
                            progress.notices.end());
      report.signingChanged = report.signingChanged || progress.signingChanged;
    }
    return Done{};
  });
  if (!moved) return std::move(moved).error();
  for (const auto& key : retired)
    deleteFile(fileOf(paths_, key.domain, key.selector));
  return report;
}

void tellMilterd(const Paths& paths) {
  const auto told = net::call(paths.control("milterd"), {{"do", "reload"}});
  if (!told)
    log::warn("milterd was not told of its keys: " + told.error().what);
}

void record(const Paths& paths,
            TimePoint now,
            const std::vector<Notice>& notices) {
  if (notices.empty()) return;
  store::EventLog events(paths.logsDatabase());
  for (const auto& notice : notices) {
    const std::string what = "DKIM key " + notice.selector + " of " +
                             notice.domain + ": " + notice.what;
    if (notice.warning)
      log::warn(what);
    else
      log::info(what);
    store::Event event;
    event.time = now;
    event.program = "mgmtd";
    event.kind = "dkim_key";
    event.verdict = notice.warning ? "warning" : "note";
    event.reason = what;
    events.post(std::move(event));
  }
}

}  // namespace mailreeve::keys
