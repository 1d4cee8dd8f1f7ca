#include "core/net/endpoint.h"

#include "core/base/network.h"
#include "core/base/text.h"

namespace mailreeve::net {

namespace {

Error notOne(std::string_view text, const std::string& why) {
  return {ErrorCode::Invalid,
          "\"" + printable(text) + "\" is no place to connect to: " + why};
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;  // Empty: none was given.
};

// "[::1]:783" -> "::1", "783". An IPv6 address without brackets has no port.
HostAndPort divide(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {text, {}};
    const auto rest = text.substr(end + 1);
    if (rest.empty()) return {text.substr(1, end - 1), {}};
    if (rest.front() != ':') return {text, {}};
    return {text.substr(1, end - 1), rest.substr(1)};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.rfind(':') != colon)
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text,
                                 std::uint16_t defaultPort) {
  constexpr std::string_view kUnix = "unix:";
  std::string_view rest = text;
  if (startsWithIgnoringCase(rest, kUnix)) rest.remove_prefix(kUnix.size());
  if (!rest.empty() && rest.front() == '/') {
    Endpoint endpoint;
    endpoint.path = std::string(rest);
    return endpoint;
  }
  if (rest.size() != text.size())
    return notOne(text, "the path of a socket begins with a slash");

  auto [host, port] = divide(rest);
  if (equalsIgnoringCase(host, "localhost")) host = "127.0.0.1";
  const auto ip = parseIp(host);
  if (!ip) return notOne(text, "it takes a path, or an IP address and a port");
  const auto number = port.empty() ? std::optional<std::uint64_t>(defaultPort)
                                   : parseNumber(port);
  if (!number || *number == 0 || *number > 65535)
    return notOne(text, "the port must be 1..65535");
  return Endpoint{{}, ip->text(), static_cast<std::uint16_t>(*number)};
}

std::string Endpoint::text() const {
  if (!path.empty()) return path.string();
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace mailreeve::net
