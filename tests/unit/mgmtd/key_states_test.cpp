#include "mgmtd/keys/key_states.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::keys {

namespace {

using namespace std::chrono_literals;
using dkim::Publication;
using Sight = Publication::Sight;
using store::DkimKey;
using store::KeyState;

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
constexpr auto kDay = std::chrono::days(1);

DkimKey key(const std::string& selector,
            KeyState state,
            TimePoint since = kNow - 30 * kDay,
            const std::string& algorithm = "rsa") {
  DkimKey made;
  made.domain = "example.com";
  made.selector = selector;
  made.algorithm = algorithm;
  made.state = state;
  made.since = since;
  return made;
}

DkimKey seen(DkimKey made, const std::string& problem = "") {
  made.seen = kNow - kDay;
  made.problem = problem;
  return made;
}

DkimKey forced(DkimKey made) {
  made.forced = true;
  return made;
}

// Ten minutes ago, in vain.
DkimKey missed(DkimKey made) {
  made.checked = kNow - 10min;
  made.problem = "not there";
  return made;
}

Looks looks(std::initializer_list<std::pair<const char*, Sight>> all) {
  Looks out;
  for (const auto& [selector, sight] : all)
    out[selector] = {sight, sight == Sight::Right ? "" : "not there"};
  return out;
}

// "new:active old:retiring"
std::string states(const Progress& progress) {
  std::vector<std::string> out;
  for (const auto& one : progress.keys)
    out.push_back(one.selector + ":" + std::string(store::textOf(one.state)));
  return join(out, " ");
}

}  // namespace

TEST_CASE("a key moves on by what the DNS is seen to answer, and by time") {
  struct Row {
    std::string label;
    std::vector<DkimKey> keys;
    Looks seen;
    Rules rules;
    std::string want;
    bool signingChanged;
    std::size_t notices;
    bool warning;
  };

  const auto pending = KeyState::Pending;
  const auto active = KeyState::Active;
  const auto retiring = KeyState::Retiring;
  const Row rows[] = {
      {"a pending key whose record is missing waits",
       {key("new", pending)},
       looks({{"new", Sight::Missing}}),
       {},
       "new:pending",
       false,
       0,
       false},
      {"a pending key whose record is another one waits",
       {key("new", pending)},
       looks({{"new", Sight::Wrong}}),
       {},
       "new:pending",
       false,
       0,
       false},
      {"a pending key waits while nobody can say",
       {key("new", pending)},
       looks({{"new", Sight::Unknown}}),
       {},
       "new:pending",
       false,
       0,
       false},
      {"a pending key whose record is seen signs",
       {key("new", pending)},
       looks({{"new", Sight::Right}}),
       {},
       "new:active",
       true,
       1,
       false},
      {"a forced key signs though its record is missing",
       {forced(key("new", pending))},
       looks({{"new", Sight::Missing}}),
       {},
       "new:active",
       true,
       1,
       false},
      {"where the settings force, every pending key signs",
       {key("new", pending)},
       looks({{"new", Sight::Unknown}}),
       {.force = true},
       "new:active",
       true,
       1,
       false},
      {"the old key retires as soon as the new one signs",
       {seen(key("old", active)), key("new", pending)},
       looks({{"old", Sight::Right}, {"new", Sight::Right}}),
       {},
       "old:retiring new:active",
       true,
       2,
       false},
      {"a new key of one kind does not touch the other kind",
       {seen(key("rsa", active)),
        key("ed", pending, kNow - 30 * kDay, "ed25519")},
       looks({{"rsa", Sight::Right}, {"ed", Sight::Right}}),
       {},
       "rsa:active ed:active",
       true,
       1,
       false},
      {"of two waiting keys of one kind the younger signs",
       {key("a", pending), key("b", pending)},
       looks({{"a", Sight::Right}, {"b", Sight::Right}}),
       {},
       "a:retiring b:active",
       true,
       3,
       false},
      {"before the overlap is over a retiring key stays",
       {seen(key("old", retiring, kNow - 7 * kDay + 1s))},
       looks({{"old", Sight::Right}}),
       {},
       "old:retiring",
       false,
       0,
       false},
      {"when the overlap is over it is retired",
       {seen(key("old", retiring, kNow - 7 * kDay))},
       looks({{"old", Sight::Right}}),
       {},
       "old:retired",
       false,
       1,
       false},
      {"the overlap is a setting",
       {seen(key("old", retiring, kNow - 7 * kDay))},
       looks({{"old", Sight::Right}}),
       {.overlap = std::chrono::days(8)},
       "old:retiring",
       false,
       0,
       false},
      {"a record that goes away is a warning, and its key still signs",
       {seen(key("now", active))},
       looks({{"now", Sight::Missing}}),
       {},
       "now:active",
       false,
       1,
       true},
      {"the warning comes once",
       {seen(key("now", active), "not there")},
       looks({{"now", Sight::Missing}}),
       {},
       "now:active",
       false,
       0,
       false},
      {"a record that comes back is told",
       {seen(key("now", active), "not there")},
       looks({{"now", Sight::Right}}),
       {},
       "now:active",
       false,
       1,
       false},
      {"no answer is no warning",
       {seen(key("now", active))},
       looks({{"now", Sight::Unknown}}),
       {},
       "now:active",
       false,
       0,
       false},
      {"a forced key that was never seen is no warning on its first day",
       {missed(forced(key("now", active, kNow - kDay + 1s)))},
       looks({{"now", Sight::Missing}}),
       {},
       "now:active",
       false,
       0,
       false},
      {"then it is one",
       {missed(forced(key("now", active, kNow - kDay)))},
       looks({{"now", Sight::Missing}}),
       {},
       "now:active",
       false,
       1,
       true},
      {"also when its record is another one, which the settings forced",
       {missed(key("now", active, kNow - kDay - 5min))},
       looks({{"now", Sight::Wrong}}),
       {.force = true},
       "now:active",
       false,
       1,
       true},
      {"once",
       {missed(forced(key("now", active, kNow - kDay - 10min)))},
       looks({{"now", Sight::Missing}}),
       {},
       "now:active",
       false,
       0,
       false},
      {"not while nobody can say",
       {missed(forced(key("now", active, kNow - kDay)))},
       looks({{"now", Sight::Unknown}}),
       {},
       "now:active",
       false,
       0,
       false},
      {"nor of a key that waits for its record",
       {missed(key("new", pending, kNow - kDay))},
       looks({{"new", Sight::Missing}}),
       {},
       "new:pending",
       false,
       0,
       false},
      {"a record that goes away too early is a warning",
       {seen(key("old", retiring, kNow - kDay))},
       looks({{"old", Sight::Missing}}),
       {},
       "old:retiring",
       false,
       1,
       true},
      {"a retired key stays retired",
       {seen(key("gone", KeyState::Retired))},
       looks({{"gone", Sight::Right}}),
       {},
       "gone:retired",
       false,
       0,
       false},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto progress = advance(row.keys, row.seen, kNow, row.rules);
    CHECK(states(progress) == row.want);
    CHECK(progress.signingChanged == row.signingChanged);
    CHECK(progress.notices.size() == row.notices);
    for (const auto& notice : progress.notices)
      CHECK(notice.warning == row.warning);
    for (std::size_t i = 0; i < row.keys.size(); ++i)
      if (progress.keys[i].state != row.keys[i].state)
        CHECK(progress.keys[i].since == kNow);
  }
}

}  // namespace mailreeve::keys
