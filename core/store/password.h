// Passwords as Dovecot verifies them. The clear text never leaves this module
// but to the person who asked for a generated one.
//
// Argon2id costs 19 MiB, 2 passes, 1 lane (RFC 9106 scaled down to what OWASP
// gives as a good choice): about 20 ms of one core for each login. A host
// with 50,000 mailboxes whose clients all come back after a restart asks for
// some 100 logins a second; libsodium's "interactive" limits (64 MiB, 70 ms or
// more) would fill its memory bus and let the storm go on for minutes, while
// the gain for a stolen database is a factor of three. The limits are part of
// each hash, so they can be raised later and old hashes stay good.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/store/secret.h"

namespace mailreeve::store {

// At most 512 bytes, none of them a control character: what IMAP, POP3 and
// SASL all can carry.
[[nodiscard]] Result<Done> checkPassword(std::string_view password);

// "{ARGON2ID}$argon2id$v=19$...".
[[nodiscard]] Result<std::string> hashPassword(std::string_view password);

// "{SCRAM-SHA-256}4096,SALT,STORED,SERVER" (RFC 5803 data in Dovecot's form).
[[nodiscard]] Result<std::string> scramSecret(std::string_view password);

// For tests and `mgmtctl account`: whether `password` made `hash`, which
// hashPassword made.
[[nodiscard]] bool passwordMatches(std::string_view password,
                                   const std::string& hash);

// A hash made elsewhere, for a migration: its scheme must be one that Debian's
// Dovecot verifies and its text must look like that scheme's. Returns it with
// the scheme spelt out ("$6$..." -> "{SHA512-CRYPT}$6$..."). Schemes that hold
// the clear text are refused.
[[nodiscard]] Result<std::string> checkForeignHash(std::string_view hash);

// 20 letters and digits in groups of five, without those that look alike:
// about 96 bits.
[[nodiscard]] Result<Secret> generatePassword();

}  // namespace mailreeve::store
