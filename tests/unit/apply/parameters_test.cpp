#include "mgmtd/apply/parameters.h"

#include <doctest/doctest.h>

namespace mailreeve::apply {

TEST_CASE("own Postfix parameters must be of the kind of their default") {
  struct Row {
    std::string label;
    std::string name;
    std::string value;
    std::string want;  // The error; empty: it is taken.
  };

  const std::map<std::string, std::string> known = {
      {"maximal_queue_lifetime", "5d"},
      {"default_process_limit", "100"},
      {"smtpd_helo_required", "no"},
      {"lmtp_tcp_port", "24"},
      {"relay_domains", "$mydestination"},
      {"smtpd_client_restrictions", ""},
  };
  const std::string prefix = "postfix.extra: ";
  const Row rows[] = {
      {"a time", "maximal_queue_lifetime", "3d", ""},
      {"a time without a unit", "maximal_queue_lifetime", "3", ""},
      {"no time",
       "maximal_queue_lifetime",
       "for ever",
       "maximal_queue_lifetime: must be a time such as 30s, 5m, 1h or 5d, as "
       "its default 5d is"},
      {"a number", "default_process_limit", "50", ""},
      {"no number",
       "default_process_limit",
       "plenty",
       "default_process_limit: must be a number, as its default 100 is"},
      {"a yes in any case", "smtpd_helo_required", "YES", ""},
      {"no yes",
       "smtpd_helo_required",
       "perhaps",
       "smtpd_helo_required: must be yes or no, as its default no is"},
      {"the name of a service for a port", "lmtp_tcp_port", "lmtp", ""},
      {"another parameter", "default_process_limit", "$mine", ""},
      {"any text", "smtpd_client_restrictions", "reject_unknown", ""},
      {"a misspelt name",
       "relay_domain",
       "x.example",
       "relay_domain: Postfix has no such parameter; did you mean "
       "relay_domains?"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto checked = checkPostfixExtra({{row.name, row.value}}, {}, known);
    CHECK((checked ? "" : checked.error().what) ==
          (row.want.empty() ? "" : prefix + row.want));
  }
}

}  // namespace mailreeve::apply
