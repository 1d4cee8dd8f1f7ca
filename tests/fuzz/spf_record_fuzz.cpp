// Throws records, explanations and senders at SPF. The first byte of the input
// cuts it into the three; whatever they are, an answer must come, and what is
// logged or shown must be harmless.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/auth/spf/record.h"
#include "core/auth/spf/verify.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

using namespace mailreeve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t third = text.size() * data[0] / 512;
  const std::string sender = text.substr(0, third);
  const std::string explanation = text.substr(third, third);
  const std::string record = "v=spf1 " + text.substr(2 * third);

  dns::ZoneResolver zone;
  zone.addText("example.com", record);
  zone.addText("other.example", record + " exp=why.example.com -all");
  zone.addText("why.example.com", explanation);
  zone.addAddress("example.com", "192.0.2.1");
  zone.addExchange("example.com", 1, "example.com");
  zone.addPointer("1.2.0.192.in-addr.arpa", "example.com");
  const ManualClock clock{TimePoint{}};
  const spf::Verifier verifier(zone, clock, "mx.example.org");
  for (const std::string domain : {"example.com", "other.example"})
    for (const char* client : {"192.0.2.1", "2001:db8::1"}) {
      const auto finding = verifier.verify(
          {*parseIp(client), sender, sender + "@" + domain}, {});
      if (finding.lookups > 11 || finding.explanation.size() > 500 ||
          printable(finding.explanation) != finding.explanation)
        std::abort();
    }
  return 0;
}
