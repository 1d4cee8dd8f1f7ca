#include "core/store/security_type.h"

#include <string>

#include <doctest/doctest.h>

namespace mailreeve::store {

TEST_CASE("whoever decides, the security log names what it was about") {
  struct Decision {
    std::string label;
    std::string step;
    std::string type;
  };

  const Decision rows[] = {
      {"a list", "access_list", "block_list"},
      {"a scanner", "antivirus", "virus"},
      {"the filter of files", "attachment_filter", "attachment"},
      {"its edit, which cannot take one out",
       "strip_attachments",
       "attachment"},
      {"the scan of HTML", "content_scan", "malicious_content"},
      {"its edit, which cannot cut it out", "disarm", "malicious_content"},
      {"the other, which cannot make it text",
       "html_to_text",
       "malicious_content"},
      {"rules about words", "content_rules", "data_protection"},
      {"a limit", "message_size", "reject"},
      {"a step nobody knows", "moon_phase", "reject"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    Event event;
    event.verdict = "quarantine";
    event.trace = R"([{"step":"spam","says":"pass"},{"step":")" + row.step +
                  R"(","says":"quarantine","saw":"x"}])";
    const auto found = findingsOf(event);
    REQUIRE(found.size() == 1);
    CHECK(name(found[0].type) == row.type);
    CHECK(found[0].event == "x");
  }
}

}  // namespace mailreeve::store
