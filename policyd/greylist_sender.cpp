#include "policyd/greylist_sender.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace mailreeve::policyd {

namespace {

constexpr auto kNowhere = std::string_view::npos;

// RFC 5321 section 4.5.3.1. More is kept for nobody: a flood of senders that
// are kilobytes long would fill the memory with a tenth of the records.
constexpr std::size_t kMostLocal = 64;
constexpr std::size_t kMostDomain = 255;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// Signed bounce addresses (BATV): prvs=TAG=local, btv1==TAG==local.
std::string_view withoutBatv(std::string_view local) {
  if (local.starts_with("prvs=")) {
    const auto end = local.find('=', 5);
    if (end != kNowhere && end + 1 < local.size()) return local.substr(end + 1);
  }
  if (local.starts_with("btv1==")) {
    const auto end = local.find("==", 6);
    if (end != kNowhere && end + 2 < local.size()) return local.substr(end + 2);
  }
  return local;
}

// Forwarded senders: SRS0=HASH=TIME=domain=local, SRS1=HASH=host==the same of
// another. Hash and time change; whom it is about does not.
std::string withoutSrs(std::string_view local) {
  if (!local.starts_with("srs0") && !local.starts_with("srs1"))
    return std::string(local);
  if (local.size() < 5 || std::string_view("=-").find(local[4]) == kNowhere)
    return std::string(local);
  auto parts = split(local.substr(5), '=');
  std::vector<std::string> kept{std::string(local.substr(0, 4))};
  if (local[3] == '0') {
    if (parts.size() < 4) return std::string(local);
    for (std::size_t i = 2; i < parts.size(); ++i) kept.emplace_back(parts[i]);
  } else {
    // HASH host "" HASH TIME domain local
    if (parts.size() < 7) return std::string(local);
    kept.emplace_back(parts[1]);
    for (std::size_t i = 5; i < parts.size(); ++i) kept.emplace_back(parts[i]);
  }
  return join(kept, "=");
}

// Each run of digits as one sign: serial numbers of messages and recipients.
std::string withoutNumbers(std::string_view local) {
  std::string out;
  for (std::size_t i = 0; i < local.size();) {
    if (!isDigit(local[i])) {
      out += local[i++];
      continue;
    }
    while (i < local.size() && isDigit(local[i])) ++i;
    out += '#';
  }
  return out;
}

}  // namespace

std::string greylistSender(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == kNowhere) return std::string(address.substr(0, kMostLocal));
  const std::string plain = withoutSrs(withoutBatv(address.substr(0, at)));
  return withoutNumbers(plain).substr(0, kMostLocal) + "@" +
         std::string(address.substr(at + 1).substr(0, kMostDomain));
}

std::string networkOf(const Ip& client) {
  Ip network = client;
  const std::size_t kept = client.v6 ? 8 : 3;
  std::fill(network.bytes.begin() + static_cast<std::ptrdiff_t>(kept),
            network.bytes.end(),
            std::uint8_t{0});
  return network.text() + (client.v6 ? "/64" : "/24");
}

}  // namespace mailreeve::policyd
