#include "core/config/describe_dns.h"

namespace mailreeve::config {

void describeDns(Fields& f, Dns& dns) {
  f.texts({"forwarders",
           "Name servers to ask, as IP or IP@port. Empty: those of "
           "/etc/resolv.conf.",
           "E5"},
          dns.forwarders,
          TextKind::NameServer);
  f.boolean({"recursive",
             "Ask the root servers and down from there, as DNS lists want it. "
             "Not together with forwarders.",
             "E5"},
            dns.recursive);
  f.integer({"timeout",
             "Most seconds that all look-ups for one message may take; what "
             "is not known by then counts as a temporary DNS failure.",
             "E5"},
            dns.timeout,
            {1, 20});  // Postfix waits half a minute for an answer at DATA.
}

void checkDns(const Dns& dns, const Report& report) {
  if (dns.recursive && !dns.forwarders.empty())
    report("dns", "recursive and forwarders cannot be set both");
}

}  // namespace mailreeve::config
