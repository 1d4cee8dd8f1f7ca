#include "core/directory/expiring_clients.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/config/settings.h"
#include "core/directory/access_lists.h"
#include "tests/unit/scratch.h"

namespace mailreeve::directory {

namespace {

// What the table says behind its head.
std::string clients(const config::ListEntry& entry, TimePoint now) {
  config::Settings settings;
  settings.lists.allow = {entry};
  const std::string table = expiringClients(settings, now);
  return table.substr(table.find('\n') + 1);
}

}  // namespace

TEST_CASE("clients that are allowed for a time, as Postfix reads them") {
  const TimePoint end = *expiryOf("2027-06-15");  // Of that day.

  struct Row {
    std::string label;
    config::ListEntry entry;
    TimePoint now;
    std::string want;
  };

  const config::ListEntry guest{.ip = "192.0.2.7", .expires = "2027-06-15"};
  const Row rows[] = {
      {"on its last day, in its last second",
       guest,
       end - std::chrono::seconds(1),
       "192.0.2.7\tpermit\n"},
      {"at midnight", guest, end, ""},
      {"a network",
       {.network = "2001:db8::/32", .expires = "2027-06-15"},
       end - std::chrono::hours(1),
       "2001:db8::/32\tpermit\n"},
      {"what never expires stands elsewhere",
       {.ip = "192.0.2.7"},
       end - std::chrono::hours(1),
       ""},
      {"a disabled entry",
       {.enabled = false, .ip = "192.0.2.7", .expires = "2027-06-15"},
       end - std::chrono::hours(1),
       ""},
      {"a sender is none of postscreen's business",
       {.sender = "a@b.example", .expires = "2027-06-15"},
       end - std::chrono::hours(1),
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(clients(row.entry, row.now) == row.want);
  }
}

TEST_CASE("the table is written when it says something else") {
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  config::Settings settings;
  settings.lists.allow = {{.ip = "192.0.2.7", .expires = "2027-06-15"}};
  const TimePoint end = *expiryOf("2027-06-15");

  CHECK(*writeExpiringClients(paths, settings, end - std::chrono::hours(2)));
  CHECK_FALSE(
      *writeExpiringClients(paths, settings, end - std::chrono::hours(1)));
  CHECK(*writeExpiringClients(paths, settings, end));
  CHECK(*readFile(directory::expiringClientsTable(paths)) ==
        expiringClients(settings, end));

  paths.state = scratch.path / "nowhere";
  const auto failed = writeExpiringClients(paths, settings, end);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().what.find("expiring clients: ") == 0);
}

}  // namespace mailreeve::directory
