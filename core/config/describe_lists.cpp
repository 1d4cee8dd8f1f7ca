#include "core/config/describe_lists.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

void describeEntry(Fields& f, ListEntry& e) {
  f.text({"name", "Shown in traces.", "B14", true}, e.name, TextKind::Name);
  f.boolean({"enabled", "Whether the entry is in force.", "B14"}, e.enabled);
  f.text({"ip", "Address of the client.", "B14"}, e.ip, TextKind::Ip);
  f.text({"network", "Network of the client.", "B14"},
         e.network,
         TextKind::Network);
  f.text({"sender", "Envelope sender, in which * stands for anything.", "B14"},
         e.sender,
         TextKind::AddressPattern);
  f.text({"recipient",
          "Envelope recipient, in which * stands for anything.",
          "B14"},
         e.recipient,
         TextKind::AddressPattern);
  f.text({"note", "For people.", "B14"}, e.note, TextKind::Free);
  f.text({"expires",
          "The last day the entry is in force, local time; without it there "
          "is none.",
          "B14"},
         e.expires,
         TextKind::Day);
}

void describeAllow(Fields& f, ListEntry& e) {
  describeEntry(f, e);
  f.text({"domain",
          "Domain of the envelope sender; *.domain is its sub-domains.",
          "B14"},
         e.domain,
         TextKind::DomainPattern);
  choiceOf(f,
           {"proof",
            "Entries by sender or domain hold only for mail that passes this "
            "check for the sender's domain; none believes MAIL FROM.",
            "B14"},
           e.proof,
           {"none", "spf", "dkim", "dmarc"});
}

void describeBlock(Fields& f, ListEntry& e) {
  describeEntry(f, e);
  choiceOf(f,
           {"action",
            "Whether the sender is told (reject) or the message vanishes for "
            "this recipient (discard).",
            "B14"},
           e.action,
           {"reject", "discard"});
}

}  // namespace

void describe(Fields& f, Lists& l) {
  choiceOf(f,
           {"compat",
            "How the lists weigh: mailplus lets an allow entry win over any "
            "block entry; strict lets a block entry win, and the antivirus "
            "scan be skipped by ip entries only.",
            "B14"},
           l.compat,
           {"mailplus", "strict"});
  listOf(f,
         {"allow",
          "Mail that is taken in; what each kind of entry skips is in the "
          "table of docs/lists.md.",
          "B14"},
         l.allow,
         "allow entry",
         describeAllow);
  listOf(f,
         {"block", "Mail that is refused or discarded.", "B14"},
         l.block,
         "block entry",
         describeBlock);
}

}  // namespace mailreeve::config
