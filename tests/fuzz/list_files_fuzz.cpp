// Files for `mgmtctl list import`: whatever is in them, each line is taken or
// told, and what was taken is written as YAML that reads back.
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/config/load.h"
#include "mgmtd/cli/access_table.h"
#include "mgmtd/cli/list_entries.h"

namespace {

using namespace mailreeve;
using namespace mailreeve::cli;

void checkTaken(const Result<std::vector<ListLine>>& lines) {
  if (!lines) return;
  config::Lists lists;
  for (const auto& line : *lines)
    if (line.problem.empty())
      (line.list == ListKind::Allow ? lists.allow : lists.block)
          .push_back(line.entry);
  // Names may be alike: those are for the import to refuse.
  int number = 0;
  for (auto* list : {&lists.allow, &lists.block})
    for (auto& entry : *list) entry.name = std::to_string(++number) + "x";
  const auto loaded = config::parse({{"lists.yaml",
                                      "server: {hostname: mx.home.example}\n"
                                      "domains: [{name: home.example}]\n" +
                                          listsYaml(lists),
                                      false}});
  for (const auto& problem : loaded.problems)
    if (problem.key.find("proof") == std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  if (data[0] % 4 == 3)
    checkTaken(parseListCsv(text));
  else
    checkTaken(parseAccessMap(text, static_cast<AccessKind>(data[0] % 4)));
  return 0;
}
