#include "milter/key_ring.h"

#include <algorithm>
#include <utility>

#include "core/auth/dkim/key_file.h"
#include "core/auth/dkim/record.h"
#include "core/base/log.h"
#include "core/store/dkim_keys.h"

namespace mailreeve::milter {

Result<std::shared_ptr<const KeyRing>> KeyRing::load(const Paths& paths) {
  const auto rows = store::activeDkimKeys(paths.stateDatabase());
  if (!rows) return rows.error();
  auto ring = std::make_shared<KeyRing>();
  for (const auto& row : *rows) {
    auto key = dkim::readKeyFile(paths.dkimKeys() /
                                 dkim::recordName(row.selector, row.domain));
    if (!key) {
      log::error("DKIM key " + row.selector + " of " + row.domain +
                 " cannot be used: " + key.error().what);
      // The path stays out of what edits tell.
      ring->addBroken(row.domain, row.selector + " cannot be read");
      continue;
    }
    ring->add({row.domain,
               row.selector,
               std::make_shared<const dkim::PrivateKey>(*std::move(key))});
  }
  return std::shared_ptr<const KeyRing>(std::move(ring));
}

void KeyRing::add(dkim::SigningKey key) {
  auto& usable = byDomain_[key.domain].usable;
  usable.push_back(std::move(key));
  std::stable_partition(
      usable.begin(), usable.end(), [](const dkim::SigningKey& one) {
        return one.key->algorithm() == dkim::Algorithm::RsaSha256;
      });
}

void KeyRing::addBroken(const std::string& domain, std::string why) {
  byDomain_[domain].broken.push_back(std::move(why));
}

const KeyRing::Keys* KeyRing::find(std::string_view domain) const {
  const auto found = byDomain_.find(std::string(domain));
  return found == byDomain_.end() ? nullptr : &found->second;
}

}  // namespace mailreeve::milter
