// A resolver that knows a few names by heart and asks nobody: for tests, and
// for trying out records that are not published yet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/dns/resolver.h"

namespace mailreeve::dns {

// A name exists when it was given a record, or when one below it was. Filled
// before it is asked; then any number of threads may ask.
class ZoneResolver final : public Resolver {
 public:
  void addText(std::string_view name, std::string text);
  void addAddress(std::string_view name, std::string_view address);
  void addExchange(std::string_view name,
                   std::uint16_t preference,
                   std::string_view host);
  void addPointer(std::string_view name, std::string_view target);

  // A name that exists and has nothing.
  void addEmpty(std::string_view name);

  // CNAME; followed at most 16 times.
  void addAlias(std::string_view name, std::string_view target);

  // Questions for this name, or for this type of it, are Failed.
  void fail(std::string_view name);
  void fail(std::string_view name, Type type);

 private:
  [[nodiscard]] std::unique_ptr<Query> ask(std::string name,
                                           Type type) override;
  [[nodiscard]] Answer find(std::string name, Type type) const;
  [[nodiscard]] Answer& records(std::string_view name, Type type);

  std::map<std::pair<std::string, Type>, Answer> records_;
  std::map<std::string, std::string> aliases_;
  std::set<std::string> names_;
};

}  // namespace mailreeve::dns
