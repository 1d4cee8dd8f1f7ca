#include "core/directory/skip_table.h"

namespace mailreeve::directory {

namespace {

SkipSet mailPlus(ListCriterion criterion) {
  using enum Skip;
  switch (criterion) {
    case ListCriterion::Ip:
      return {Dnsbl, Spf, Antivirus, Dkim, Dmarc, Restrictions};
    case ListCriterion::Network:
      return {Dnsbl, Spf, Dkim, Dmarc, Restrictions};
    case ListCriterion::Sender:
    case ListCriterion::Recipient:
      return {Spf, Antivirus, Restrictions};
    case ListCriterion::Domain:
      break;
  }
  return {Spf, Antivirus, Dkim, Dmarc, Restrictions};
}

}  // namespace

std::string_view name(Skip skip) {
  switch (skip) {
    case Skip::Dnsbl:
      return "dnsbl";
    case Skip::Spf:
      return "spf";
    case Skip::Antivirus:
      return "antivirus";
    case Skip::Dkim:
      return "dkim";
    case Skip::Dmarc:
      return "dmarc";
    case Skip::Restrictions:
      break;
  }
  return "restrictions";
}

std::string text(SkipSet skips) {
  std::string out;
  for (const Skip skip : kEverySkip) {
    if (!skips.has(skip)) continue;
    if (!out.empty()) out += ", ";
    out += name(skip);
  }
  return out.empty() ? "nothing" : out;
}

SkipSet skips(ListCriterion criterion, config::ListCompat compat) {
  const SkipSet row = mailPlus(criterion);
  // A sender, a recipient or a whole network is no reason to take a virus in.
  const bool scanned =
      compat == config::ListCompat::Strict && criterion != ListCriterion::Ip;
  return scanned ? row.without(Skip::Antivirus) : row;
}

}  // namespace mailreeve::directory
