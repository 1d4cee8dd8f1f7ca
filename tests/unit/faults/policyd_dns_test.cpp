// The fault matrix of what policyd asks the DNS: each question x each fault of
// a name server x what the settings let depend on it. A cell is what Postfix is
// told at RCPT, once or as the client comes again, and that no answer takes
// longer than is written in greylisting.md.
//
// What must never be: a smtpd that waits for the DNS without an end, a partner
// refused for good because it is silent, a stranger whom its silence lets in,
// or mail put off for ever.
//
// Names of clients are not among the questions: Postfix looks them up, and
// "unknown" is one of the rows of unit_policyd.
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/store/correspondents.h"
#include "tests/unit/faults/helpers.h"
#include "tests/unit/faults/policyd_host.h"

namespace mailreeve::faults {

namespace {

using Ticks = std::chrono::steady_clock;

constexpr std::chrono::seconds kLimit{2};  // Of each question of a request.
constexpr std::chrono::seconds kSlack{9};  // Of a busy machine.

const std::string kOne = "192.0.2.7";
const std::string kOther = "198.51.100.7";  // Another host of its pool.

struct Row {
  std::string label;
  std::string settings;  // $S: the name server. $D: the sender's domain.
  std::string author;    // The label of that domain, without a fault.
  std::vector<std::string> clients;  // As they come, minutes apart.
  std::string well;
  std::string broken;
  std::string dead = {};   // With no name server at all; empty: as `broken`.
  bool writtenTo = false;  // Bob has written to the sender.
};

const std::string kGo = "DUNNO";
const std::string kAllowed = "OK";
const std::string kRefused = "550 5.7.1 Refused by this server's rules";
const std::string kWait = "450 4.7.1 Greylisted, try again in 120 seconds";
const std::string kUndecided = "451 4.3.0 Temporarily unable to decide";

const std::string kGreylisting = "greylisting: {enabled: true}\n";
const std::string kProven = "allow: [{name: partner, domain: $D, proof: spf}]";
const std::string kBlocked = "block: [{name: all, sender: '*@$D'}]";

std::string goodClients(const std::string& zones) {
  return "greylisting: {enabled: true, dnswl: [" + zones + "]}\n";
}

const std::vector<Row> kRows = {
    {"SPF, by which a pool of hosts is one sender",
     kGreylisting,
     "pass",
     {kOne, kOther, kOne},
     kWait + "; " + kGo + "; " + kGo,
     kWait + "; " + kWait + "; " + kGo},
    {"SPF, which speaks against whom the recipient has written to",
     kGreylisting,
     "spf",
     {kOne},
     kWait,
     kGo,
     {},
     true},
    {"a list of good clients", goodClients("$D"), "ok", {kOne}, kGo, kWait},
    {"a list of good clients, and another that is well",
     goodClients("$D, ok.example.net"),
     "ok",
     {kOne},
     kGo,
     kGo,
     kWait},
    {"a partner's proof by SPF",
     "lists: {" + kProven + "}\n",
     "pass",
     {kOne},
     kAllowed,
     kGo},
    {"a partner's proof by SPF, which spares it greylisting",
     "lists: {" + kProven + "}\n" + kGreylisting,
     "pass",
     {kOne, kOne},
     kAllowed + "; " + kAllowed,
     kWait + "; " + kGo},
    {"a partner's proof by SPF, which wins over a block entry",
     "lists: {" + kProven + ", " + kBlocked + "}\n",
     "pass",
     {kOne, kOne},
     kAllowed + "; " + kAllowed,
     kUndecided + "; " + kUndecided},
    {"a partner's proof by SPF, over which a block entry wins",
     "lists: {compat: strict, " + kProven + ", " + kBlocked + "}\n",
     "pass",
     {kOne},
     kRefused,
     kRefused},
};

void writeTo(PolicydHost& host, const std::string& address) {
  auto known = store::Correspondents::open(host.paths().countersDatabase(),
                                           host.clock());
  REQUIRE(known);
  (*known)->note(PolicydHost::kBob, address);
  (*known)->flush();
}

struct Cell {
  std::string got;
  Ticks::duration longest{0};
};

Cell play(const Row& row, Fault fault) {
  const BrokenHelper server(Helper::Dns, fault);
  const std::string domain = server.label(row.author) + ".example.org";
  PolicydHost host(replaceAll(row.settings, "$D", domain) +
                   "dns: {forwarders: [" + server.server() + "]}\n");
  if (row.writtenTo) writeTo(host, "x@" + domain);
  host.start();
  Cell cell;
  for (const auto& client : row.clients) {
    const auto start = Ticks::now();
    const auto told = host.ask({"x@" + domain, PolicydHost::kBob, client});
    cell.longest = std::max(cell.longest, Ticks::now() - start);
    cell.got += (cell.got.empty() ? "" : "; ") + told;
    host.clock().advance(std::chrono::minutes(3));
  }
  return cell;
}

}  // namespace

// All at once: what they do is wait.
TEST_CASE("fault matrix: each question of policyd's x each fault of the DNS") {
  const auto faults = faultsOf(Helper::Dns);
  std::vector<std::future<Cell>> cells;
  for (const auto& row : kRows)
    for (const auto& fault : faults)
      cells.push_back(
          std::async(std::launch::async, play, std::cref(row), fault.second));
  auto cell = cells.begin();
  for (const auto& row : kRows)
    for (const auto& [label, fault] : faults) {
      CAPTURE(row.label);
      CAPTURE(label);
      const bool dead = fault == Fault::Dead && !row.dead.empty();
      const auto& want = fault == Fault::None ? row.well
                         : dead               ? row.dead
                                              : row.broken;
      const Cell got = (cell++)->get();
      CHECK(got.got == want);
      CHECK(got.longest < kLimit + kSlack);
    }
}

}  // namespace mailreeve::faults
