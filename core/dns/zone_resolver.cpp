#include "core/dns/zone_resolver.h"

#include <optional>

#include "core/dns/name.h"

namespace mailreeve::dns {

namespace {

constexpr Type kAllTypes[] = {
    Type::A, Type::Ptr, Type::Mx, Type::Txt, Type::Aaaa};

}  // namespace

void ZoneResolver::addEmpty(std::string_view name) {
  std::string key = nameKey(name);
  for (std::string_view at = key; !at.empty(); at = parentOf(at))
    names_.emplace(at);
}

Answer& ZoneResolver::records(std::string_view name, Type type) {
  addEmpty(name);
  auto& answer = records_[{nameKey(name), type}];
  answer.status = Status::Found;
  answer.ttl = 300;
  return answer;
}

void ZoneResolver::addText(std::string_view name, std::string text) {
  records(name, Type::Txt).texts.push_back(std::move(text));
}

void ZoneResolver::addAddress(std::string_view name, std::string_view address) {
  const auto ip = parseIp(address);
  if (!ip) return;
  records(name, ip->v6 ? Type::Aaaa : Type::A).addresses.push_back(*ip);
}

void ZoneResolver::addExchange(std::string_view name,
                               std::uint16_t preference,
                               std::string_view host) {
  records(name, Type::Mx).exchanges.push_back({preference, nameKey(host)});
}

void ZoneResolver::addPointer(std::string_view name, std::string_view target) {
  records(name, Type::Ptr).names.push_back(nameKey(target));
}

void ZoneResolver::addAlias(std::string_view name, std::string_view target) {
  addEmpty(name);
  aliases_[nameKey(name)] = nameKey(target);
}

void ZoneResolver::fail(std::string_view name) {
  for (const Type type : kAllTypes) fail(name, type);
}

void ZoneResolver::fail(std::string_view name, Type type) {
  records(name, type) = failed("told to fail");
}

std::unique_ptr<Query> ZoneResolver::ask(std::string name, Type type) {
  return std::make_unique<AnsweredQuery>(find(std::move(name), type));
}

Answer ZoneResolver::find(std::string name, Type type) const {
  for (int hops = 0; hops < 16; ++hops) {
    if (const auto found = records_.find({name, type}); found != records_.end())
      return found->second;
    const auto alias = aliases_.find(name);
    if (alias == aliases_.end())
      return {.status =
                  names_.count(name) != 0 ? Status::NoData : Status::NoDomain};
    name = alias->second;
  }
  return failed("too many aliases");
}

}  // namespace mailreeve::dns
