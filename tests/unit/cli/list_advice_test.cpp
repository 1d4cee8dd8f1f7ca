#include "mgmtd/cli/list_advice.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/config/settings.h"
#include "core/directory/access_lists.h"

namespace mailreeve::cli {

namespace {

using config::ListEntry;
using config::Lists;

const TimePoint kNow = *directory::expiryOf("2027-06-14");

// "forgeable allow \"x\"; ...": kinds and places.
std::string advise(Lists lists, const std::vector<store::ListHit>& hits = {}) {
  config::Settings settings;
  config::Domain home;
  home.name = "home.example";
  home.additional = {"casa.example"};
  settings.domains = {home};
  settings.lists = std::move(lists);
  std::string out;
  for (const auto& each : adviseOnLists(
           std::make_shared<const directory::Policy>(std::move(settings)),
           hits,
           std::chrono::hours(90 * 24),
           kNow))
    out += (out.empty() ? "" : "; ") + each.kind + " " + each.where;
  return out;
}

store::ListHit hit(const char* list,
                   const std::string& name,
                   std::int64_t hits,
                   int sinceDays,
                   int lastDays) {
  const auto ago = [](int days) { return kNow - std::chrono::days(days); };
  return {list,
          name,
          hits,
          ago(sinceDays),
          lastDays < 0 ? TimePoint{} : ago(lastDays)};
}

}  // namespace

TEST_CASE("doubtful entries are named, sound ones are not") {
  struct Case {
    std::string label;
    Lists lists;
    std::string want;
  };

  const ListEntry pest{.name = "pest", .sender = "pest@far.example"};
  const ListEntry pests{.name = "pests", .sender = "*@far.example"};
  const Case rows[] = {
      {"nothing is wrong",
       {.allow = {{.name = "a", .ip = "192.0.2.7"},
                  {.name = "b", .recipient = "open@home.example"}},
        .block = {pest}},
       ""},
      {"a sender that anybody can claim",
       {.allow = {{.name = "a", .sender = "boss@far.example"}}},
       "forgeable allow \"a\""},
      {"a domain that anybody can claim",
       {.allow = {{.name = "a", .domain = "far.example"}}},
       "forgeable allow \"a\""},
      {"with proof nobody can",
       {.allow = {{.name = "a",
                   .domain = "far.example",
                   .proof = config::ListProof::Spf}}},
       ""},
      {"a domain of ours, by an additional name",
       {.allow = {{.name = "a", .domain = "casa.example"}}},
       "own allow \"a\""},
      {"a block entry behind an allow entry",
       {.allow = {{.name = "a", .network = "192.0.2.0/24"}},
        .block = {{.name = "b", .ip = "192.0.2.7"}}},
       "shadowed block \"b\""},
      {"not the wider one",
       {.allow = {{.name = "a", .ip = "192.0.2.7"}},
        .block = {{.name = "b", .network = "192.0.2.0/24"}}},
       ""},
      {"where block entries win, the allow entry",
       {.allow = {{.name = "a", .ip = "192.0.2.7"}},
        .block = {{.name = "b", .network = "192.0.2.0/24"}},
        .compat = config::ListCompat::Strict},
       "shadowed allow \"a\""},
      {"one that another of the same list covers",
       {.block = {pest, pests}},
       "shadowed block \"pest\""},
      {"but not if they do different things",
       {.block = {{.name = "x",
                   .sender = "x@far.example",
                   .action = config::ListAction::Discard},
                  pests}},
       ""},
      {"the second of two alike",
       {.block = {pest, {.name = "again", .sender = "PEST@far.example"}}},
       "shadowed block \"again\""},
      {"an address skips more than its network",
       {.allow = {{.name = "a", .ip = "192.0.2.7"},
                  {.name = "b", .network = "192.0.2.0/24"}}},
       ""},
      {"a recipient is no sender",
       {.block = {{.name = "x", .recipient = "pest@far.example"}, pests}},
       ""},
      {"an expired one, which shadows nobody",
       {.allow =
            {{.name = "a", .network = "192.0.2.0/24", .expires = "2027-06-13"}},
        .block = {{.name = "b", .ip = "192.0.2.7"}}},
       "expired allow \"a\""},
      {"one that ends hides nothing that lasts longer",
       {.allow =
            {{.name = "a", .network = "192.0.2.0/24", .expires = "2027-06-15"}},
        .block = {{.name = "b", .ip = "192.0.2.7"},
                  {.name = "c", .ip = "192.0.2.8", .expires = "2027-06-16"}}},
       ""},
      {"but what ends with it",
       {.allow =
            {{.name = "a", .network = "192.0.2.0/24", .expires = "2027-06-15"}},
        .block = {{.name = "b", .ip = "192.0.2.7", .expires = "2027-06-15"}}},
       "shadowed block \"b\""},
      {"of two alike the one that ends, though it is the first",
       {.block = {{.name = "a", .ip = "192.0.2.7", .expires = "2027-06-15"},
                  {.name = "b", .ip = "192.0.2.7"}}},
       "shadowed block \"a\""},
      {"an allow entry for a domain of ours wins over nothing from outside",
       {.allow = {{.name = "a", .domain = "home.example"}},
        .block = {{.name = "b", .sender = "boss@casa.example"}}},
       "own allow \"a\""},
      {"nor does a wide one, for that domain",
       {.allow = {{.name = "a", .sender = "boss@*"}},
        .block = {{.name = "b", .sender = "boss@home.example"},
                  {.name = "c", .sender = "boss@far.example"}}},
       "forgeable allow \"a\"; shadowed block \"c\""},
      {"where block entries win, one for that domain does",
       {.allow = {{.name = "a",
                   .sender = "boss@home.example",
                   .proof = config::ListProof::Spf}},
        .block = {{.name = "b", .sender = "*@home.example"}},
        .compat = config::ListCompat::Strict},
       "shadowed allow \"a\""},
      {"one that is switched off",
       {.allow = {{.name = "a", .enabled = false, .domain = "far.example"}}},
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(advise(row.lists) == row.want);
  }
}

TEST_CASE("entries that decide nothing any more are dead") {
  const Lists lists{.block = {{.name = "old", .ip = "192.0.2.1"},
                              {.name = "young", .ip = "192.0.2.2"},
                              {.name = "never", .ip = "192.0.2.3"},
                              {.name = "once", .ip = "192.0.2.4"},
                              {.name = "unknown", .ip = "192.0.2.5"}}};
  CHECK(advise(lists,
               {hit("block", "old", 7, 400, 3),
                hit("block", "young", 0, 10, -1),
                hit("block", "never", 0, 91, -1),
                hit("block", "once", 1, 400, 100)}) ==
        "dead block \"never\"; dead block \"once\"");
}

}  // namespace mailreeve::cli
