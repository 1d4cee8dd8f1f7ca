// Allow and block lists (FEATURES B14).
#pragma once

#include <string>
#include <vector>

namespace mailreeve::config {

enum class ListAction { Reject, Discard };

// What must be shown before an allow entry by sender or domain lets anything
// be skipped: MAIL FROM alone can be written by anybody.
enum class ListProof { None, Spf, Dkim, Dmarc };

// Exactly one of the criteria is set.
struct ListEntry {
  std::string name;
  bool enabled = true;
  std::string ip;
  std::string network;  // CIDR.
  std::string sender;   // With `*`.
  std::string recipient;
  std::string domain;  // Allow only; matches sub-domains as `*.domain` only.
  ListAction action = ListAction::Reject;  // Block only.
  std::string note;
  std::string expires;                // YYYY-MM-DD, the last day; empty: never.
  ListProof proof = ListProof::None;  // Allow by sender or domain only.
};

// How the two lists weigh against each other.
enum class ListCompat {
  MailPlus,  // Allow wins.
  Strict,    // Block wins; only `ip` entries skip the antivirus scan.
};

struct Lists {
  std::vector<ListEntry> allow;
  std::vector<ListEntry> block;
  ListCompat compat = ListCompat::MailPlus;
};

}  // namespace mailreeve::config
