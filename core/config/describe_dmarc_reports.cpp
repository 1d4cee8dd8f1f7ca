#include "core/config/describe_dmarc_reports.h"

namespace mailreeve::config {

void describe(Fields& f, DmarcReports& r) {
  f.boolean({"enabled",
             "Send a DMARC aggregate report for each day to every domain that "
             "mail came from and that asks for reports. It tells the domain "
             "which servers sent in its name, and whom the mail was for only "
             "by domain.",
             "H8"},
            r.enabled);
  f.text({"from",
          "Sender address of the reports. Empty: postmaster of the first "
          "domain.",
          "H8"},
         r.from,
         TextKind::Address);
  f.text({"organisation",
          "Who reports, as shown in the reports. Empty: server.hostname.",
          "H8"},
         r.organisation,
         TextKind::Free);
  f.text({"contact",
          "Where the receivers of reports can ask: an address or a URL.",
          "H8"},
         r.contact,
         TextKind::Free);
  f.texts({"exclude_domains",
           "Domains that get no reports; *.domain is its sub-domains.",
           "H8"},
          r.excludeDomains,
          TextKind::DomainPattern);
  f.texts({"exclude_receivers",
           "Addresses that get no reports, whoever names them, with *.",
           "H8"},
          r.excludeReceivers,
          TextKind::AddressPattern);
  f.texts({"exclude_recipients",
           "Mail to these addresses alone is not counted, with *: name those "
           "that receive reports, lest two systems report on each other's "
           "reports for ever.",
           "H8"},
          r.excludeRecipients,
          TextKind::AddressPattern);
}

}  // namespace mailreeve::config
