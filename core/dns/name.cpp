#include "core/dns/name.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve::dns {

namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

std::string_view withoutDot(std::string_view name) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  return name;
}

}  // namespace

bool isName(std::string_view text) {
  text = withoutDot(text);
  if (text.empty() || text.size() > kMaxName) return false;
  std::size_t length = 0;
  for (const char c : text) {
    length = c == '.' ? 0 : length + 1;
    if (length > kMaxLabel) return false;
  }
  return text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

std::string nameKey(std::string_view name) {
  return lower(withoutDot(name));
}

bool isSameOrBelow(std::string_view name, std::string_view parent) {
  name = withoutDot(name);
  parent = withoutDot(parent);
  if (name.size() < parent.size() || parent.empty()) return false;
  const auto tail = name.size() - parent.size();
  if (!equalsIgnoringCase(name.substr(tail), parent)) return false;
  return tail == 0 || name[tail - 1] == '.';
}

std::size_t labelCount(std::string_view name) {
  name = withoutDot(name);
  if (name.empty()) return 0;
  return 1 +
         static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

std::string_view parentOf(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{}
                                       : name.substr(dot + 1);
}

std::string dnsListName(const Ip& ip, std::string_view zone) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string name;
  for (std::size_t i = ip.bits() / 8; i-- > 0;) {
    const unsigned byte = ip.bytes[i];
    if (ip.v6) {
      name += {kHex[byte & 15U], '.', kHex[byte >> 4U], '.'};
    } else {
      name += std::to_string(byte) + '.';
    }
  }
  return name.append(zone);
}

std::string reverseName(const Ip& ip) {
  return dnsListName(ip, ip.v6 ? "ip6.arpa" : "in-addr.arpa");
}

}  // namespace mailreeve::dns
