// Throws records and From fields at DMARC, in both modes. A message may pass
// only for the domain that its author shows.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/auth/dmarc/author.h"
#include "core/auth/dmarc/verify.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

using namespace mailreeve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto suffixes = dmarc::PublicSuffixList::newest();
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string record = "v=DMARC1;" + text.substr(0, size / 2);
  const std::string from =
      replaceAll(replaceAll(text.substr(size / 2), "\n", " "), "\r", " ");

  dns::ZoneResolver zone;
  for (const std::string name : {"example.com", "a.example.com"})
    zone.addText("_dmarc." + name, record);
  const spf::Finding spf{.outcome = spf::Outcome::Pass,
                         .domain = "b.example.com"};
  for (const std::string& author :
       {"From: " + from, std::string("From: x@a.example.com")}) {
    const std::string message = author + "\r\n\r\n";
    const auto view = auth::viewOf(message);
    for (const auto mode :
         {dmarc::Mode::PublicSuffixList, dmarc::Mode::TreeWalk}) {
      const auto finding =
          dmarc::Verifier(zone, suffixes, mode).verify(view, spf, {}, 50, {});
      const auto domain = dmarc::authorDomain(view);
      if (!domain && finding.outcome != dmarc::Outcome::PermError) std::abort();
      if (finding.outcome == dmarc::Outcome::Pass &&
          domain->find("example.com") == std::string::npos)
        std::abort();
      if (finding.applied > finding.published) std::abort();
    }
  }
  return 0;
}
