// The fault matrix of the databases that policyd asks and writes: each x each
// fault x each rule that needs one. A cell is what Postfix is told at RCPT.
//
// What must never be: a limit that cannot be read and lets a thief send on, an
// entry of the lists that no longer holds, or mail put off for ever because
// nobody can remember that it came before.
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/faults/database_matrix.h"
#include "tests/unit/faults/policyd_host.h"

namespace mailreeve::faults {

namespace {

struct Row {
  std::string label;
  bool state;  // state.db is broken, else counters.db.
  std::string settings;
  std::string login;
  std::string recipient;
  DatabaseWants want;
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

const std::vector<Row> kRows = {
    {"a daily limit that is reached",
     false,
     "default_policy: {daily_messages: 1}\n",
     PolicydHost::kBob,
     "x@far.example",
     {kUsedUp, kUndecided, kUndecided, kUsedUp, kUsedUp}},
    {"greylisting, and its memory",
     false,
     kGreylisting,
     "",
     PolicydHost::kBob,
     {kWait, kGo, kGo, kGo, kGo}},
    {"greylisting, and who exists",
     true,
     kGreylisting,
     "",
     PolicydHost::kBob,
     {kWait, kGo, kGo, kWait, kGo}},  // The disk is full for its memory, too.
    {"a client that guesses addresses",
     true,
     "restrictions: {max_unknown_recipients: 1}\n",
     "",
     "nobody@home.example",
     {kGuessed, kGo, kGo, kGuessed, kGuessed}},
    {"the count of its guesses",
     false,
     "restrictions: {max_unknown_recipients: 1}\n",
     "",
     "nobody@home.example",
     {kGuessed, kGuessed, kGuessed, kGuessed, kGuessed}},
    {"an entry of the block list, and its hits",
     false,
     "lists: {block: [{name: pest, sender: pest@far.example}]}\n",
     "",
     PolicydHost::kBob,
     {kRefused, kRefused, kRefused, kRefused, kRefused}},
};

std::string play(const Row& row, DatabaseFault fault) {
  PolicydHost host(row.settings);
  const auto place = row.state ? host.paths().stateDatabase()
                               : host.paths().countersDatabase();
  std::optional<BrokenDatabase> broken;
  if (!underWay(fault)) broken.emplace(place, fault);
  host.start();
  if (underWay(fault)) broken.emplace(place, fault);
  // Something to remember, and the moment in which it would be written.
  (void)host.ask({.sender = "first@far.example",
                  .recipient = row.recipient,
                  .login = row.login});
  host.flush();
  std::string told = host.ask({.sender = "pest@far.example",
                               .recipient = row.recipient,
                               .login = row.login});
  broken.reset();  // What is left is written then.
  return told;
}

}  // namespace

TEST_CASE("fault matrix: each of policyd's databases x each fault") {
  checkEachFault(kRows, play);
}

TEST_CASE("fault matrix: a full disk under each of policyd's databases") {
  checkFullDisk(kRows, play);
}

}  // namespace mailreeve::faults
