// Throws bytes at policyd as Postfix would: the first says in what pieces they
// arrive. Every request that can be read gets exactly one answer of one line,
// and what is read does not depend on the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/settings.h"
#include "policyd/request_buffer.h"
#include "policyd/rules.h"

using namespace mailreeve;
using namespace mailreeve::policyd;

namespace {

RuleList someRules() {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  home.additional = {"casa.example"};
  home.limits.dailyMessages = 1;
  settings.domains = {home};
  settings.defaultPolicy.internalOnly = true;
  settings.lists.allow = {{.name = "a", .ip = "192.0.2.1"},
                          {.name = "b", .domain = "*.far.example"}};
  settings.lists.block = {{.name = "c", .network = "2001:db8::/32"},
                          {.name = "d", .sender = "*a*b*@*"},
                          {.name = "e", .sender = "x*@far.example"},
                          {.name = "f", .recipient = "*y"},
                          {.name = "g", .sender = "<>"}};
  return makeRules(std::make_shared<directory::Policy>(settings),
                   {[](const std::string& user) -> Result<store::Usage> {
                     return store::Usage{user, "", 1, 1};
                   }});
}

void judge(const Request& request) {
  static const RuleList rules = someRules();
  const Outcome outcome = rules.judge(request, TimePoint{});
  std::string action;
  writeAction(outcome.answer, "7K3M9QXD", action);
  if (!action.starts_with("action=")) std::abort();
  if (action.find('\n') != action.size() - 2) std::abort();
}

std::vector<std::string> cut(std::string_view bytes, std::size_t piece) {
  RequestBuffer buffer;
  std::vector<std::string> requests;
  while (!bytes.empty()) {
    const auto room = buffer.room();
    if (room.empty()) std::abort();
    const auto size = std::min({piece, room.size(), bytes.size()});
    std::memcpy(room.data(), bytes.data(), size);
    buffer.received(size);
    bytes.remove_prefix(size);
    std::string_view text;
    auto found = RequestBuffer::Found::Nothing;
    while ((found = buffer.next(text)) == RequestBuffer::Found::Request)
      requests.emplace_back(text);
    if (found == RequestBuffer::Found::TooLong) break;
  }
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  const auto requests = cut(bytes, std::size_t{data[0]} + 1);
  if (requests != cut(bytes, bytes.size())) std::abort();
  for (const std::string& text : requests)
    if (const auto request = parseRequest(text)) judge(*request);
  return 0;
}
