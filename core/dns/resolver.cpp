#include "core/dns/resolver.h"

#include <utility>

#include "core/dns/name.h"

namespace mailreeve::dns {

std::string_view describe(Status status) {
  switch (status) {
    case Status::Found:
      return "found";
    case Status::NoData:
      return "no such record";
    case Status::NoDomain:
      return "no such name";
    case Status::Failed:
      break;
  }
  return "no answer";
}

Answer failed(std::string problem) {
  return Answer{.status = Status::Failed, .problem = std::move(problem)};
}

std::unique_ptr<Query> Resolver::start(std::string_view name, Type type) {
  if (!isName(name))
    return std::make_unique<AnsweredQuery>(Answer{.status = Status::NoDomain});
  return ask(nameKey(name), type);
}

Answer Resolver::lookup(std::string_view name, Type type, Deadline deadline) {
  return start(name, type)->wait(deadline);
}

}  // namespace mailreeve::dns
