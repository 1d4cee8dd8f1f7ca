// What rendering must know of the host and of this installation, gathered
// before, so that rendering itself asks nobody.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::apply {

struct Facts {
  Paths paths;
  std::uint64_t generation = 1;  // The one being rendered.
  std::filesystem::path queueDirectory = "/var/spool/postfix";
  bool dovecotModules = true;  // False leaves our modules out, so that tests
                               // can ask a Dovecot that lacks them.
  // Name -> default, as `postconf -d` knows them.
  std::map<std::string, std::string> postfixParameters;
};

// Asks this host's Postfix; `generation` is left at 1.
[[nodiscard]] Result<Facts> gatherFacts(const Paths& paths);

// The certificate used while server.tls names none, and its key.
[[nodiscard]] std::filesystem::path ownCertificate(const Paths& paths);
[[nodiscard]] std::filesystem::path ownKey(const Paths& paths);

// Makes that certificate for `hostname` if there is none: self-signed, ten
// years, EC P-256. An existing one is left alone.
[[nodiscard]] Result<Done> ensureOwnCertificate(const Paths& paths,
                                                const std::string& hostname);

}  // namespace mailreeve::apply
