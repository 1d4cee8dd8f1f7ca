#include "core/config/validate_antivirus.h"

#include <algorithm>
#include <array>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/net/endpoint.h"

namespace mailreeve::config {

namespace {

constexpr std::uint16_t kClamdPort = 3310;
constexpr std::uint16_t kIcapPort = 1344;
constexpr std::array<std::string_view, 5> kSchemes = {
    "http://", "https://", "ftp://", "ftps://", "file:///"};

std::string at(const std::string& key, std::size_t index) {
  return key + "[" + std::to_string(index) + "]";
}

void checkPlace(const std::string& place,
                std::uint16_t port,
                const std::string& key,
                const Report& report) {
  if (!net::Endpoint::parse(place, port))
    report(key,
           "must be the path of a socket or IP:port, is \"" + printable(place) +
               "\"");
}

bool isUrlCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view("-._~:/?#[]@!&'()*+,;=%").find(c) !=
             std::string_view::npos;
}

// Configuration files of others are made of lines and blanks: nothing in them
// may be able to end a value.
bool isUrlText(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isUrlCharacter);
}

bool hasScheme(std::string_view url, std::size_t count) {
  return std::any_of(
      kSchemes.begin(),
      kSchemes.begin() + static_cast<std::ptrdiff_t>(count),
      [url](auto scheme) { return startsWithIgnoringCase(url, scheme); });
}

void checkMirrors(const std::vector<std::string>& mirrors,
                  const std::string& key,
                  const Report& report) {
  for (std::size_t i = 0; i < mirrors.size(); ++i) {
    const bool url = mirrors[i].find("://") != std::string::npos;
    if (!isUrlText(mirrors[i]) || (url && !hasScheme(mirrors[i], 2)))
      report(at(key, i),
             "must be a host name or an http:// or https:// URL, is \"" +
                 printable(mirrors[i]) + "\"");
  }
}

void checkUpdates(const VirusUpdates& updates, const Report& report) {
  const std::string key = "antivirus.updates";
  checkMirrors(updates.mirrors, key + ".mirrors", report);
  checkMirrors(updates.privateMirrors, key + ".private_mirrors", report);
  for (std::size_t i = 0; i < updates.databases.size(); ++i)
    if (!isUrlText(updates.databases[i]) ||
        !hasScheme(updates.databases[i], kSchemes.size()))
      report(at(key + ".databases", i),
             "must be a URL, is \"" + printable(updates.databases[i]) + "\"");
  if (updates.manage && updates.mirrors.empty() &&
      updates.privateMirrors.empty())
    report(key + ".mirrors", "must name at least one, or private_mirrors must");
}

void checkIcap(const IcapSettings& icap, const Report& report) {
  checkPlace(icap.server, kIcapPort, "antivirus.icap.server", report);
  if (!isUrlText(icap.service) || icap.service.front() == '/')
    report("antivirus.icap.service",
           "must be the path of a URI without its first slash, is \"" +
               printable(icap.service) + "\"");
}

}  // namespace

void validateAntivirus(const Settings& settings, const Report& report) {
  const Antivirus& antivirus = settings.antivirus;
  checkPlace(
      antivirus.clamd.socket, kClamdPort, "antivirus.clamd.socket", report);
  // clamd is told where to listen; only a local path is safe from others.
  if (antivirus.clamd.manage &&
      (antivirus.clamd.socket.empty() || antivirus.clamd.socket.front() != '/'))
    report("antivirus.clamd.socket",
           "must be the path of a socket while antivirus.clamd.manage is "
           "true, is \"" +
               printable(antivirus.clamd.socket) + "\"");
  checkIcap(antivirus.icap, report);
  checkUpdates(antivirus.updates, report);
}

}  // namespace mailreeve::config
