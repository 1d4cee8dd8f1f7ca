// Throws the data of DNS records at the parser: the first byte chooses the
// type. What is taken adds one record, no longer than its data and in its
// canonical form; what is not taken adds none.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/dns/name.h"
#include "core/dns/rdata.h"

using namespace mailreeve;

namespace {

constexpr std::array kTypes = {dns::Type::A,
                               dns::Type::Aaaa,
                               dns::Type::Mx,
                               dns::Type::Ptr,
                               dns::Type::Txt};

std::size_t count(const dns::Answer& answer) {
  return answer.addresses.size() + answer.exchanges.size() +
         answer.names.size() + answer.texts.size();
}

bool isKey(const std::string& name, std::size_t most) {
  return name.size() <= most && dns::nameKey(name) == name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const auto type = kTypes.at(data[0] % kTypes.size());
  const std::string_view rdata(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  dns::Answer answer;
  const bool taken = dns::addRecord(answer, type, rdata);
  if (count(answer) != (taken ? 1U : 0U)) std::abort();
  for (const auto& text : answer.texts)
    if (text.size() > rdata.size()) std::abort();
  for (const auto& name : answer.names)
    if (name.empty() || !isKey(name, rdata.size())) std::abort();
  for (const auto& exchange : answer.exchanges)
    if (!isKey(exchange.host, rdata.size())) std::abort();
  return 0;
}
