// A packet is a tag and a length; such a message begins with one of these:
//
//   session key for a public key (tag 1): version 3 | key id 8 | algorithm
//   session key for a passphrase (tag 3): version 4, 5 or 6 | algorithm ..
//
// The tag is 0x80 | tag << 2 | kind of length in the older form, 0xc0 | tag in
// the newer one.
#include "core/content/open_pgp.h"

#include <cstddef>

#include "core/base/text.h"

namespace mailreeve::content {

namespace {

constexpr std::string_view kArmour = "-----BEGIN PGP MESSAGE-----";
constexpr auto kNone = std::string_view::npos;
constexpr unsigned kPublicKey = 1;
constexpr unsigned kPassphrase = 3;

unsigned byteAt(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

struct Packet {
  unsigned tag = 0;
  std::string_view content;
};

Packet firstPacket(std::string_view bytes) {
  const unsigned first = byteAt(bytes, 0);
  if (first < 0x80) return {};
  std::size_t header = 2;
  if (first >= 0xc0) {
    const unsigned length = byteAt(bytes, 1);
    if (length >= 192) header = length == 255 ? 6 : 3;
    if (bytes.size() <= header) return {};
    return {first & 0x3fU, bytes.substr(header)};
  }
  header = 1 + (std::size_t{1} << (first & 3U));
  if ((first & 3U) == 3 || bytes.size() <= header) return {};
  return {first >> 2U & 0xfU, bytes.substr(header)};
}

bool isPublicKeyAlgorithm(unsigned algorithm) {
  return algorithm == 1 || algorithm == 2 || algorithm == 16 ||
         algorithm == 18 || algorithm == 25 || algorithm == 26;
}

}  // namespace

bool isPgpEncrypted(std::string_view head) {
  if (trim(head).starts_with(kArmour)) return true;
  const auto packet = firstPacket(head);
  const unsigned version = byteAt(packet.content, 0);
  if (packet.tag == kPublicKey)
    return version == 3 && isPublicKeyAlgorithm(byteAt(packet.content, 9));
  const unsigned cipher = byteAt(packet.content, 1);
  return packet.tag == kPassphrase && version >= 4 && version <= 6 &&
         cipher >= 1 && cipher <= 13;
}

bool holdsPgpMessage(std::string_view text) {
  for (auto at = text.find(kArmour); at != kNone;
       at = text.find(kArmour, at + 1))
    if (at == 0 || text[at - 1] == '\n') return true;
  return false;
}

}  // namespace mailreeve::content
