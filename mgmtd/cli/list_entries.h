// Entries of the allow and block lists in the forms they come and go in: the
// managed YAML file and CSV. Postfix's tables are access_table.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/lists.h"

namespace mailreeve::cli {

enum class ListKind { Allow, Block };

// "allow" or "block".
[[nodiscard]] const char* name(ListKind list);

struct ListLine {
  std::size_t line = 0;  // From 1; 0: not out of a file.
  ListKind list = ListKind::Block;
  config::ListEntry entry;
  std::string problem;  // Not empty: the line cannot be taken, and why.
};

// "sender" and what it is; of an entry with exactly one.
[[nodiscard]] std::string criterionKey(const config::ListEntry& entry);
[[nodiscard]] std::string criterionValue(const config::ListEntry& entry);

// Sets one by its key; false when there is no such key.
[[nodiscard]] bool setCriterion(config::ListEntry& entry,
                                std::string_view key,
                                const std::string& value);

// What is wrong with the entry by itself; empty: nothing.
[[nodiscard]] std::string problemOf(ListKind list,
                                    const config::ListEntry& entry);

[[nodiscard]] std::string listsYaml(const config::Lists& lists);

// Columns list, name, criterion, value, action, expires, proof, note, enabled;
// criterion and value are needed. Text over 16 MiB is an Error.
[[nodiscard]] Result<std::vector<ListLine>> parseListCsv(std::string_view text);
[[nodiscard]] std::string listCsv(const config::Lists& lists);

}  // namespace mailreeve::cli
