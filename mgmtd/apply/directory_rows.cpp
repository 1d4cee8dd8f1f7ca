#include "mgmtd/apply/directory_rows.h"

#include <map>
#include <set>

#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"

namespace mailreeve::apply {

namespace {

using MainDomains = std::map<std::string, std::string>;

Result<Done> addDomain(DirectoryRows& rows,
                       MainDomains& mains,
                       const std::string& name,
                       const std::string& main) {
  auto key = mail::domainKey(name);
  if (!key) return std::move(key).error();
  auto mainKey = mail::domainKey(main);
  if (!mainKey) return std::move(mainKey).error();
  mains[*key] = *mainKey;
  rows.domains.push_back({*std::move(key), *std::move(mainKey)});
  return Done{};
}

// "info" in its own domain, or an address anywhere; one of ours in the form
// its account has. An extension stays: it is part of where mail goes.
std::string targetOf(const std::string& to,
                     const std::string& domain,
                     const MainDomains& mains) {
  if (to.find('@') == std::string::npos) return lower(to) + "@" + domain;
  const std::string key = mail::addressKey(to, "");
  const auto at = key.rfind('@');
  const auto main = mains.find(key.substr(at + 1));
  if (main != mains.end()) return key.substr(0, at + 1) + main->second;
  // Outside, the local part is theirs to read: case is kept.
  return to.substr(0, to.rfind('@') + 1) + key.substr(at + 1);
}

}  // namespace

Result<DirectoryRows> directoryRowsOf(const config::Settings& settings) {
  DirectoryRows rows;
  MainDomains mains;
  for (const auto& domain : settings.domains) {
    auto added = addDomain(rows, mains, domain.name, domain.name);
    for (const auto& other : domain.additional)
      if (added) added = addDomain(rows, mains, other, domain.name);
    if (!added) return std::move(added).error().within("domain " + domain.name);
  }
  for (const auto& domain : settings.domains) {
    const std::string main = *mail::domainKey(domain.name);
    for (const auto& alias : domain.aliases) {
      const std::string address = lower(alias.name) + "@" + main;
      std::set<std::string> seen;
      for (const auto& to : alias.to) {
        auto target = targetOf(to, main, mains);
        if (seen.insert(target).second)
          rows.aliases.push_back({address, std::move(target)});
      }
    }
  }
  return rows;
}

}  // namespace mailreeve::apply
