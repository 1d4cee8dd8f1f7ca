// The fault matrix of milterd's databases: each of them x each fault x each
// setting that decides about it. A cell is what becomes of the message, how
// many messages the quarantine then holds, and that the next one is taken as
// ever once the fault is gone.
//
// What must never be: mail that was to be held and goes on, mail that was
// accepted and is nowhere, or a counter that fails and lets a thief send on.
#include "milter/quarantine.h"
#include "milter/session.h"
#include "tests/unit/faults/database_matrix.h"
#include "tests/unit/milter/fixtures.h"
#include "tests/unit/scratch.h"

namespace mailreeve::faults {

namespace {

using namespace milter;

enum class Store { State, Counters, Logs, Outbox, Folder };

struct Row {
  std::string label;
  Store store;
  std::string domain;
  std::string settings;
  std::string login;
  DatabaseWants want;
};

const std::string kNoStart = "milterd does not start";
const std::string kLater =
    "defer 451 4.7.1 Temporarily unable to process this message, then ";
const std::string kHeld =
    "content_rules: {enabled: true, rules: [{name: r, pattern: EICAR, score: "
    "6}], action: quarantine}\n";
const std::string kDeleted =
    "content_rules: {enabled: true, rules: [{name: r, pattern: EICAR, score: "
    "6}], forward_to: [boss@example.com], action: delete}\n";
const std::string kDelivered =
    "content_rules: {enabled: true, rules: [{name: r, pattern: EICAR, score: "
    "6}], forward_to: [boss@example.com], action: deliver}\n";
const std::string kStripped =
    "attachments: {enabled: true, rules: [{name: r, names: ['*.exe'], action: "
    "strip}]}\n";
const std::string kLimit = "    limits: {daily_messages: 5}\n";
const std::string kUser = "a@example.com";

const std::vector<Row> kRows = {
    {"state.db: what is to be held",
     Store::State,
     "",
     kHeld,
     "",
     {"quarantine, 1 held",
      kNoStart,
      kNoStart,
      kLater + "quarantine, 1 held",
      kLater + "quarantine, 1 held"}},
    {"state.db: the original of what a file is taken out of",
     Store::State,
     "",
     kStripped,
     "",
     {"mark, 1 held",
      kNoStart,
      kNoStart,
      kLater + "mark, 1 held",
      kLater + "mark, 1 held"}},
    {"the quarantine's folder: what is to be held",
     Store::Folder,
     "",
     kHeld,
     "",
     {"quarantine, 1 held",
      kLater + "quarantine, 1 held",
      kLater + "quarantine, 1 held",
      "",
      kLater + "quarantine, 1 held"}},
    {"counters.db: a user with a daily limit",
     Store::Counters,
     kLimit,
     "",
     kUser,
     {"pass", kNoStart, kNoStart, kLater + "pass", kLater + "pass"}},
    {"counters.db: a user without",
     Store::Counters,
     "",
     "",
     kUser,
     {"pass", kNoStart, kNoStart, "pass, then pass", "pass, then pass"}},
    {"outbox.db: a letter that is all that is left",
     Store::Outbox,
     "",
     kDeleted,
     "",
     {"discard",
      kLater + "discard",
      kLater + "discard",
      kLater + "discard",
      kLater + "discard"}},
    {"outbox.db: a letter beside the message",
     Store::Outbox,
     "",
     kDelivered,
     "",
     {"mark",
      "mark, then mark",
      "mark, then mark",
      "mark, then mark",
      "mark, then mark"}},
    {"logs.db: any message",
     Store::Logs,
     "",
     "",
     "",
     {"pass",
      "pass, then pass",
      "pass, then pass",
      "pass, then pass",
      "pass, then pass"}},
};

std::filesystem::path placeOf(Store store, const Paths& paths) {
  switch (store) {
    case Store::State:
      return paths.stateDatabase();
    case Store::Counters:
      return paths.countersDatabase();
    case Store::Logs:
      return paths.logsDatabase();
    case Store::Outbox:
      return paths.outboxDatabase();
    case Store::Folder:
      break;
  }
  return paths.quarantine();
}

// What milterd's main is made of.
class Milterd {
 public:
  [[nodiscard]] static std::unique_ptr<Milterd> start(const Row& row,
                                                      const Paths& paths) {
    static const ManualClock clock(kNow);
    const auto policy = policyOf(row.domain, row.settings);
    auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
    if (!backends) return nullptr;
    auto engine = Engine::make(policy, "7", *std::move(backends));
    REQUIRE(engine);
    auto usage = store::UsageCounter::open(paths.countersDatabase(), clock);
    if (!usage) return nullptr;
    return std::unique_ptr<Milterd>(
        new Milterd(*std::move(engine), *std::move(usage), paths, clock));
  }

  // "pass", "defer 451 4.7.1 ...".
  std::string send(const std::string& login) {
    RecordingMta mta;
    Session session(services_, true);
    session.connect("client.example", kOutside);
    session.helo("client.example");
    session.mailFrom(
        login.empty() ? "<m@outside.example>" : "<" + login + ">", {}, login);
    session.rcptTo("<b@example.com>");
    Verdict verdict = session.data("4ABCDE");
    if (!verdict.final()) {
      session.header("From", " m@outside.example");
      session.header("Content-Type", " multipart/mixed; boundary=b");
      session.body(
          "--b\r\n\r\nEICAR\r\n--b\r\n"
          "Content-Disposition: attachment; filename=a.exe\r\n\r\nx\r\n"
          "--b--\r\n");
      verdict = session.endOfMessage("4ABCDE", mta);
    }
    std::string says(name(verdict.kind));
    if (!verdict.refuses()) return says;
    const auto& text = verdict.reply.text;
    return says + " " + std::to_string(verdict.reply.code) + " " +
           verdict.reply.enhanced + " " +
           text.substr(0, text.find(" (reference "));
  }

 private:
  Milterd(std::shared_ptr<const Engine> engine,
          std::unique_ptr<store::UsageCounter> usage,
          const Paths& paths,
          const Clock& clock)
      : engine_(std::move(engine)),
        usage_(std::move(usage)),
        events_(paths.logsDatabase()),
        quarantine_(paths, clock),
        outbox_(paths.outboxDatabase(), clock),
        services_{
            engine_,
            *usage_,
            clock,
            tally_,
            paths.state.string(),
            [this](Report report) { events_.post(std::move(report).event()); },
            &quarantine_,
            &outbox_} {
    quarantine_.recover();
  }

  Snapshot<Engine> engine_;
  std::unique_ptr<store::UsageCounter> usage_;
  Tally tally_;
  store::EventLog events_;
  Quarantine quarantine_;
  store::Outbox outbox_;
  Services services_;
};

// Messages, and whatever else lies there half done.
std::string held(const Paths& paths) {
  std::size_t messages = 0;
  std::size_t litter = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(paths.quarantine())) {
    const auto end = entry.path().extension();
    if (end == ".eml") ++messages;
    if (end == ".tmp") ++litter;
  }
  std::string text;
  if (messages > 0) text += ", " + std::to_string(messages) + " held";
  if (litter > 0) text += ", litter";
  return text;
}

std::string play(const Row& row, DatabaseFault fault) {
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  std::filesystem::create_directory(paths.databases());
  std::filesystem::create_directory(paths.quarantine());
  const auto place = placeOf(row.store, paths);
  std::optional<BrokenDatabase> broken;
  if (!underWay(fault)) broken.emplace(place, fault);
  const auto milterd = Milterd::start(row, paths);
  if (!milterd) return kNoStart;
  if (underWay(fault)) broken.emplace(place, fault);
  std::string told = milterd->send(row.login);
  const bool taken = !told.starts_with("defer");
  broken.reset();
  if (fault != DatabaseFault::None) {
    CHECK((taken || held(paths).empty()));
    told += ", then " + milterd->send(row.login);
  }
  return told + held(paths);
}

}  // namespace

TEST_CASE("fault matrix: each of milterd's databases x each fault") {
  checkEachFault(kRows, play);
}

TEST_CASE("fault matrix: a full disk under each of milterd's databases") {
  checkFullDisk(kRows, play);
}

}  // namespace mailreeve::faults
