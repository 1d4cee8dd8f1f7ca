// Allow entries by client that end some day, as Postfix reads them. Policyd and
// milterd know the second an entry ends; Postfix reads a table, and this one is
// made anew as time goes by, while the others change with an apply alone.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"

namespace mailreeve::config {
struct ListEntry;
struct Settings;
}  // namespace mailreeve::config

namespace mailreeve::directory {

// Where Postfix finds it.
[[nodiscard]] std::filesystem::path expiringClientsTable(const Paths& paths);

// Whether the entry names an address or a network.
[[nodiscard]] bool isByClient(const config::ListEntry& entry);

// That address or network as cidr_table(5) reads it.
[[nodiscard]] std::string clientPattern(const config::ListEntry& entry);

// The whole table: enabled allow entries that expire, and have not by `now`.
[[nodiscard]] std::string expiringClients(const config::Settings& settings,
                                          TimePoint now);

// Puts the table of `now` into its place. True: it was another one, and Postfix
// is to be reloaded. Unavailable: it cannot be written.
[[nodiscard]] Result<bool> writeExpiringClients(
    const Paths& paths, const config::Settings& settings, TimePoint now);

}  // namespace mailreeve::directory
