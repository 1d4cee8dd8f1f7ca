// The private keys that sign, read once for each generation of the settings and
// each change of the keys; immutable, for all threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/auth/dkim/sign.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::milter {

class KeyRing {
 public:
  // Of one domain. RSA first: a receiver that knows no other looks no further.
  struct Keys {
    std::vector<dkim::SigningKey> usable;
    std::vector<std::string> broken;  // Why others that should sign cannot.
  };

  KeyRing() = default;

  // A key that cannot be read is kept as a broken one: what becomes of its
  // domain's mail is for the settings to say. An Error when nobody can say
  // which keys there are.
  [[nodiscard]] static Result<std::shared_ptr<const KeyRing>> load(
      const Paths& paths);

  void add(dkim::SigningKey key);
  void addBroken(const std::string& domain, std::string why);

  // `domain` as A-labels, in lower case. Null when no key of it is in use.
  [[nodiscard]] const Keys* find(std::string_view domain) const;

  [[nodiscard]] bool empty() const { return byDomain_.empty(); }

 private:
  std::unordered_map<std::string, Keys> byDomain_;
};

}  // namespace mailreeve::milter
