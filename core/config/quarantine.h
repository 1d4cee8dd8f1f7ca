// The quarantine: how long mail is held, who may let it go, and who is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

// Who may release mail that was held for a reason of one kind. An
// administrator may wherever a recipient may.
enum class ReleaseRight { Nobody, TwoAdministrators, Administrator, Recipient };

// MAIL FROM of what is released: never the author's, who would get the bounce
// of a message somebody else sent on.
enum class ReleaseSender { Null, Postmaster };

enum class DigestEvery { Hour, Day, Week };
enum class DigestLanguage { English, German };

// FEATURES H9: the first whose users contain the mailbox holds.
struct DigestRule {
  std::vector<std::string> users;  // Addresses, `*@domain` or `*`.
  bool enabled = true;             // False: these are not told.
  DigestEvery every = DigestEvery::Day;
  DigestLanguage language = DigestLanguage::English;
};

// FEATURES E4.
struct Quarantine {
  std::int64_t keepDays = 30;
  std::int64_t maxSize = std::int64_t{10} << 30U;  // Bytes; 0: no limit.

  ReleaseRight spam = ReleaseRight::Recipient;
  ReleaseRight content = ReleaseRight::Administrator;
  ReleaseRight authentication = ReleaseRight::Administrator;
  ReleaseRight virus = ReleaseRight::Administrator;

  ReleaseSender releaseSender = ReleaseSender::Null;

  std::vector<DigestRule> digests;  // None: nobody is told.
  std::int64_t digestHour = 7;      // Of daily and weekly ones, local time.
  std::int64_t linkDays = 7;        // How long a digest's links work.
  std::string linkBase;  // "https://mail.example.com"; empty: no links.
};

}  // namespace mailreeve::config
