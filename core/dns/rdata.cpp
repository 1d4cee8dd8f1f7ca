#include "core/dns/rdata.h"

#include <algorithm>
#include <optional>

#include "core/dns/name.h"

namespace mailreeve::dns {

namespace {

std::size_t byteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// The strings of a TXT record, one after the other. Each has its length in
// front; a length that runs over the end makes the record void.
std::optional<std::string> readText(std::string_view rdata) {
  std::string text;
  while (!rdata.empty()) {
    const std::size_t length = byteAt(rdata, 0);
    if (length >= rdata.size()) return std::nullopt;
    text += rdata.substr(1, length);
    rdata.remove_prefix(1 + length);
  }
  return text;
}

// A name without compression that fills `rdata`. A dot inside a label has no
// plain text form, and no place in the name of a host.
std::optional<std::string> readName(std::string_view rdata) {
  std::string name;
  while (!rdata.empty()) {
    const std::size_t length = byteAt(rdata, 0);
    if (length == 0 && rdata.size() == 1) return nameKey(name);
    if (length == 0 || length > 63 || length >= rdata.size()) break;
    const auto label = rdata.substr(1, length);
    if (label.find('.') != std::string_view::npos) break;
    name.append(label).append(".");
    rdata.remove_prefix(1 + length);
  }
  return std::nullopt;
}

bool addAddress(Answer& answer, std::string_view rdata, bool v6) {
  Ip ip{.v6 = v6};
  if (rdata.size() != ip.bits() / 8) return false;
  std::copy(rdata.begin(), rdata.end(), ip.bytes.begin());
  answer.addresses.push_back(ip);
  return true;
}

bool addExchange(Answer& answer, std::string_view rdata) {
  if (rdata.size() < 3) return false;
  auto host = readName(rdata.substr(2));
  if (!host) return false;
  const auto preference = byteAt(rdata, 0) << 8U | byteAt(rdata, 1);
  answer.exchanges.push_back(
      {static_cast<std::uint16_t>(preference), *std::move(host)});
  return true;
}

}  // namespace

bool addRecord(Answer& answer, Type type, std::string_view rdata) {
  switch (type) {
    case Type::A:
    case Type::Aaaa:
      return addAddress(answer, rdata, type == Type::Aaaa);
    case Type::Mx:
      return addExchange(answer, rdata);
    case Type::Ptr: {
      auto name = readName(rdata);
      if (!name || name->empty()) return false;
      answer.names.push_back(*std::move(name));
      return true;
    }
    case Type::Txt: {
      auto text = readText(rdata);
      if (!text) return false;
      answer.texts.push_back(*std::move(text));
      return true;
    }
  }
  return false;
}

}  // namespace mailreeve::dns
