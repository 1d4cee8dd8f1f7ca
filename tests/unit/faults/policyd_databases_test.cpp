// The fault matrix of the databases that policyd asks and writes: each x each
// fault x each rule that needs one. A cell is what Postfix is told at RCPT.
//
// What must never be: a limit that cannot be read and lets a thief send on, an
// entry of the lists that no longer holds, or mail put off for ever because
// nobody can remember that it came before.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/store/accounts.h"
#include "core/store/usage.h"
#include "policyd/service.h"
#include "tests/unit/faults/broken_database.h"
#include "tests/unit/scratch.h"

namespace mailreeve::faults {

namespace {

using namespace policyd;

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

struct Row {
  std::string label;
  bool state;  // state.db is broken, else counters.db.
  std::string settings;
  std::string login;
  std::string recipient;
  std::string well;
  std::string inTheWay;
  std::string noDatabase;
  std::string locked;
  std::string full;
};

const std::string kGo = "DUNNO";
const std::string kUsedUp = "550 5.7.1 Daily sending limit reached";
const std::string kRefused = "550 5.7.1 Refused by this server's rules";
const std::string kGuessed = "550 5.7.1 Too many recipients that do not exist";
const std::string kWait = "450 4.7.1 Greylisted, try again in 120 seconds";
const std::string kUndecided = "451 4.3.0 Temporarily unable to decide";
// Nobody listens there: SPF finds nothing, soon.
const std::string kGreylisting =
    "greylisting: {enabled: true}\ndns: {forwarders: [127.0.0.1@9]}\n";
const std::string kBob = "bob@home.example";

const std::vector<Row> kRows = {
    {"a daily limit that is reached",
     false,
     "default_policy: {daily_messages: 1}\n",
     kBob,
     "x@far.example",
     kUsedUp,
     kUndecided,
     kUndecided,
     kUsedUp,
     kUsedUp},
    {"greylisting, and its memory",
     false,
     kGreylisting,
     "",
     kBob,
     kWait,
     kGo,
     kGo,
     kGo,
     kGo},
    {"greylisting, and who exists",
     true,
     kGreylisting,
     "",
     kBob,
     kWait,
     kGo,
     kGo,
     kWait,
     kGo},  // The disk is full for its memory, too.
    {"a client that guesses addresses",
     true,
     "restrictions: {max_unknown_recipients: 1}\n",
     "",
     "nobody@home.example",
     kGuessed,
     kGo,
     kGo,
     kGuessed,
     kGuessed},
    {"the count of its guesses",
     false,
     "restrictions: {max_unknown_recipients: 1}\n",
     "",
     "nobody@home.example",
     kGuessed,
     kGuessed,
     kGuessed,
     kGuessed,
     kGuessed},
    {"an entry of the block list, and its hits",
     false,
     "lists: {block: [{name: pest, sender: pest@far.example}]}\n",
     "",
     kBob,
     kRefused,
     kRefused,
     kRefused,
     kRefused,
     kRefused},
};

const std::string& wantOf(const Row& row, DatabaseFault fault) {
  switch (fault) {
    case DatabaseFault::InTheWay:
      return row.inTheWay;
    case DatabaseFault::NoDatabase:
      return row.noDatabase;
    case DatabaseFault::Locked:
      return row.locked;
    case DatabaseFault::Full:
      return row.full;
    case DatabaseFault::None:
      break;
  }
  return row.well;
}

// Bob, who is there and has sent one message today.
void furnish(const Paths& paths, const Clock& clock) {
  auto accounts = store::Accounts::open(paths.stateDatabase(), clock);
  REQUIRE(accounts);
  REQUIRE(
      accounts->replaceDirectory({{"home.example", "home.example"}}, {}).ok());
  REQUIRE(accounts->add({"bob", "home.example", "{PLAIN}x", "", "", true}));
  auto usage = store::UsageCounter::open(paths.countersDatabase(), clock);
  REQUIRE(usage);
  REQUIRE((*usage)->charge(kBob, 1, {}));
}

std::string ask(Service& service, const Row& row, std::string_view sender) {
  Request request;
  request.protocolState = "RCPT";
  request.clientAddress = "192.0.2.7";
  request.sender = sender;
  request.recipient = row.recipient;
  request.saslUsername = row.login;
  std::string out;
  service.answer(request, out);
  out = out.substr(out.find('=') + 1);
  return out.substr(0, std::min(out.find('\n'), out.find(" (reference ")));
}

std::string play(const Row& row, DatabaseFault fault) {
  const Scratch scratch;
  const ManualClock clock(kNoon);
  Paths paths;
  paths.state = scratch.path;
  std::filesystem::create_directory(paths.databases());
  const auto settings = scratch.path / "yaml";
  std::filesystem::create_directory(settings);
  std::ofstream(settings / "mail.yaml")
      << "server: {hostname: mx.home.example}\n"
         "domains: [{name: home.example}]\n"
      << row.settings;
  furnish(paths, clock);
  const auto place =
      row.state ? paths.stateDatabase() : paths.countersDatabase();
  std::optional<BrokenDatabase> broken;
  if (!underWay(fault)) broken.emplace(place, fault);
  store::EventLog events(paths.logsDatabase());
  Memory memory(paths, clock);
  const auto service = Service::load(settings, memory, events, clock);
  REQUIRE(service);
  if (underWay(fault)) broken.emplace(place, fault);
  // Something to remember, and the moment in which it would be written.
  (void)ask(**service, row, "first@far.example");
  (void)memory.flush();
  std::string told = ask(**service, row, "pest@far.example");
  broken.reset();  // What is left is written then.
  return told;
}

}  // namespace

TEST_CASE("fault matrix: each of policyd's databases x each fault") {
  std::vector<std::future<std::string>> cells;
  for (const auto& row : kRows)
    for (const auto& fault : databaseFaults())
      if (fault.second != DatabaseFault::Full)
        cells.push_back(std::async(std::launch::async, [&row, &fault] {
          return play(row, fault.second);
        }));
  auto cell = cells.begin();
  for (const auto& row : kRows)
    for (const auto& [label, fault] : databaseFaults()) {
      if (fault == DatabaseFault::Full) continue;
      CAPTURE(row.label);
      CAPTURE(label);
      CHECK((cell++)->get() == wantOf(row, fault));
    }
}

// All of the process is in it, so one after the other.
TEST_CASE("fault matrix: a full disk under each of policyd's databases") {
  for (const auto& row : kRows) {
    CAPTURE(row.label);
    CHECK(play(row, DatabaseFault::Full) == row.full);
  }
}

}  // namespace mailreeve::faults
