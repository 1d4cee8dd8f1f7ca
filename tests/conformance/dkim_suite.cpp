// Messages that others signed: the key records on top, an empty line, and the
// message. Each of its signatures must pass.
#include <fstream>
#include <iterator>

#include "core/auth/dkim/verify.h"
#include "core/auth/message_view.h"
#include "core/dns/zone_resolver.h"
#include "suite.h"

namespace mailreeve::conformance {

namespace {

// 8 November 2022: after all of them were signed, and before one expires.
constexpr std::chrono::seconds kThen{1667866400};

std::string readWithCrlf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  in.exceptions(std::ios::failbit);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::string out;
  for (const char c : bytes) {
    if (c == '\n' && (out.empty() || out.back() != '\r')) out += '\r';
    out += c;
  }
  return out;
}

// "NAME TEXT", one a line.
void publish(dns::ZoneResolver& zone, std::string_view records) {
  while (!records.empty()) {
    const auto end = records.find("\r\n");
    const auto line = records.substr(0, end);
    const auto blank = line.find(' ');
    zone.addText(line.substr(0, blank), std::string(line.substr(blank + 1)));
    records.remove_prefix(end + 2);
  }
}

}  // namespace

Score runDkim(const std::filesystem::path& file) {
  const std::string bytes = readWithCrlf(file);
  const auto records = bytes.find("\r\n\r\n") + 2;
  dns::ZoneResolver zone;
  publish(zone, std::string_view(bytes).substr(0, records));
  const ManualClock clock{TimePoint(kThen)};
  const dkim::Verifier verifier(zone, clock);

  Score score;
  const auto view = auth::viewOf(std::string_view(bytes).substr(records + 2));
  for (const auto& finding : verifier.verify(view, {}))
    score.count(
        finding.outcome == dkim::Outcome::Pass,
        finding.selector + "." + finding.domain,
        std::string(describe(finding.outcome)) + ", " + finding.problem);
  return score;
}

}  // namespace mailreeve::conformance
