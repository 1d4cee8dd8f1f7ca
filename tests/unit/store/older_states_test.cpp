// Every database as an older, and as a newer, Mailreeve has left it.
#include <doctest/doctest.h>

#include "core/base/unix_time.h"
#include "core/store/accounts.h"
#include "core/store/correspondents.h"
#include "core/store/dkim_keys.h"
#include "core/store/dmarc_rows.h"
#include "core/store/event_log.h"
#include "core/store/event_tables.h"
#include "core/store/greylist.h"
#include "core/store/list_hits.h"
#include "core/store/mail_log_query.h"
#include "core/store/mail_trace.h"
#include "core/store/outbox.h"
#include "core/store/quarantine.h"
#include "core/store/recipients.h"
#include "core/store/unknown_recipients.h"
#include "core/store/usage.h"
#include "core/store/written_correspondents.h"
#include "tests/unit/database_states.h"

namespace mailreeve::store {

namespace {

namespace fs = std::filesystem;

const TimePoint kNoon = fromSeconds(1'700'568'000);
const ManualClock kClock(kNoon);

Result<Done> done(const auto& opened) {
  if (!opened) return opened.error();
  return Done{};
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}

// Loads what there is and writes nothing new.
template <class Table>
Result<Done> openWrittenBehind(const fs::path& path) {
  Table table;
  WriteBehind writer(path, kClock, {&table});
  return writer.flush();
}

std::string accounts(const fs::path& path) {
  auto opened = Accounts::open(path, kClock);
  if (!opened) return opened.error().what;
  std::string out = told(opened->find("alice@example.com"), [](const auto& a) {
    return number(a.id) + " " + a.address() + " " + a.displayName + " " +
           a.scheme + (a.enabled && a.created == kNoon ? "" : "?");
  });
  out += ", billing: " +
         told(opened->aliasTargets("billing@example.com"),
              [](const auto& targets) { return join(targets, "+"); });
  return out + ", taken: " + told(readRecipients(path), [](const auto& all) {
           return number(static_cast<std::int64_t>(all.size()));
         });
}

std::string recipients(const fs::path& path) {
  return told(readRecipients(path), [](const auto& all) {
    return all.contains("alice@example.com") &&
                   all.contains("billing@example.com")
               ? "both"
               : "?";
  });
}

std::string notices(const fs::path& path) {
  return told(Outbox(path, kClock).list(10), [](const auto& all) {
    std::string out;
    for (const auto& each : all)
      out += number(each.id) + " " + each.notice.kind + " to " +
             join(each.notice.recipients, "+") + " with " +
             each.notice.values.at(0).first + "=" +
             each.notice.values.at(0).second + ", " + number(each.attempts) +
             " attempts: " + each.problem;
    return out;
  });
}

std::string keys(const fs::path& path) {
  return told(activeDkimKeys(path), [](const auto& all) {
    std::string out;
    for (const auto& key : all)
      out += key.domain + " " + key.selector + " " + key.algorithm + " " +
             number(key.bits) + " " + key.record +
             (key.checked && !key.seen ? "" : "?");
    return out;
  });
}

std::string correspondents(const fs::path& path) {
  WrittenCorrespondents elsewhere(path, kClock);
  const bool known =
      elsewhere.knows("alice@example.com", "friend@far.example", 365);
  return told(Correspondents::open(path, kClock), [&](const auto& all) {
    return number(static_cast<std::int64_t>(all->size())) + ", " +
           (all->knows("alice@example.com", "friend@far.example", 365)
                ? "known"
                : "unknown") +
           ", elsewhere " + (known ? "known" : "unknown");
  });
}

std::string greylist(const fs::path& path) {
  return told(readGreylist(path), [](const auto& list) {
    const auto answer = [&](const char* origin, const char* sender) {
      return std::string(name(
          list->look({{origin}, sender, "alice@example.com"}, {}, kNoon).kind));
    };
    return answer("far.example", "friend@far.example") + ", " +
           answer("near.example", "new@near.example");
  });
}

std::string events(const fs::path& path) {
  return told(queryEvents(path, {}), [](const auto& all) {
    std::string out;
    for (const auto& event : all)
      out += number(event.id) + " " + event.sender + " to " +
             join(event.recipients, "+") + " " + event.subject + " " +
             event.verdict;
    return out;
  });
}

std::string reports(const fs::path& path) {
  auto opened = DmarcReports::open(path);
  if (!opened) return opened.error().what;
  const auto all = opened->list("", 10);
  if (!all || all->size() != 1) return "no report";
  return all->front().published.domain + " " + all->front().state + ", " +
         told(opened->rows(all->front().id), [](const auto& rows) {
           return rows.at(0).result.sourceIp + " " + number(rows.at(0).count);
         });
}

std::string mailLog(const fs::path& path) {
  const auto records = told(queryMailLog(path, {}), [](const auto& all) {
    return all.at(0).recipient + " " + all.at(0).status;
  });
  const auto security = told(querySecurity(path, {}), [](const auto& all) {
    return all.at(0).type + " " + all.at(0).event;
  });
  const auto positions = told(logPositions(path), [](const auto& all) {
    return all.at(0).path + " " + number(all.at(0).offset);
  });
  return join({records, security, positions}, ", ");
}

Result<std::unique_ptr<Quarantine>> openQuarantine(const fs::path& path) {
  fs::create_directories(path.parent_path() / "quarantine");
  return Quarantine::open(path.parent_path() / "quarantine", path, kClock);
}

std::string quarantine(const fs::path& path) {
  auto opened = openQuarantine(path);
  if (!opened) return opened.error().what;
  auto& all = **opened;
  std::string out;
  for (const char* id : {"20231121-AAAAAAAAAAAA", "20231121-BBBBBBBBBBBB"})
    out += told(all.find(id), [](const auto& message) {
      return message.subject + " " + message.found + " to " +
             message.recipients.at(0).address + " " +
             std::string(name(message.recipients.at(0).state)) + ", ";
    });
  // Who agreed before, and another.
  out += told(all.approve("20231121-AAAAAAAAAAAA", {"spam"}, "uid 7"),
              [](const auto& people) { return number(people); }) +
         " agreed, ";
  return out + told(all.totals(), [](const auto& totals) {
           return number(totals.messages) + " messages, " +
                  number(totals.bytes) + " bytes";
         });
}

const std::vector<StoredFamily>& storedFamilies() {
  static const std::vector<StoredFamily> families = {
      {"account",
       "state.db",
       [](const fs::path& path) { return done(Accounts::open(path, kClock)); },
       accounts,
       "7 alice@example.com Alice Ä. ARGON2ID, billing: alice@example.com, "
       "taken: 2"},
      {"account",
       "state.db",
       [](const fs::path& path) { return done(Accounts::open(path, kClock)); },
       recipients,
       "both",
       true},
      {"dkim_key",
       "state.db",
       [](const fs::path& path) { return done(DkimKeys::open(path)); },
       keys,
       "example.com s1 rsa 2048 v=DKIM1; p=AAAA",
       true},
      {"quarantine",
       "state.db",
       [](const fs::path& path) { return done(openQuarantine(path)); },
       quarantine,
       "Hello GTUBE to alice@example.com held, Hello GTUBE to "
       "alice@example.com held, 2 agreed, 2 messages, 1500 bytes"},
      {"outbox",
       "outbox.db",
       [](const fs::path& path) { return done(Outbox(path, kClock).due(1)); },
       notices,
       "3 virus to postmaster@example.com with VIRUS=Eicar, 2 attempts: no "
       "answer"},
      {"usage",
       "counters.db",
       [](const fs::path& path) {
         return done(UsageCounter::open(path, kClock));
       },
       [](const fs::path& path) {
         return told(listUsage(path, "2023-11-21"), [](const auto& all) {
           return all.at(0).user + " " + number(all.at(0).messages) + " " +
                  number(all.at(0).bytes);
         });
       },
       "bob@example.com 2 3000",
       true},
      {"correspondents",
       "counters.db",
       [](const fs::path& path) {
         (void)openAny(path);  // Without a file there is nothing to delete.
         return done(deleteCorrespondentsBefore(path, fromSeconds(0)));
       },
       correspondents,
       "1, known, elsewhere known",
       true},
      {"greylist",
       "counters.db",
       openWrittenBehind<Greylist>,
       greylist,
       "known sender, good origin",
       true},
      {"list_hits",
       "counters.db",
       openWrittenBehind<ListHits>,
       [](const fs::path& path) {
         return told(readListHits(path), [](const auto& all) {
           return all.at(0).list + " " + all.at(0).name + " " +
                  number(all.at(0).hits);
         });
       },
       "block pests 5",
       true},
      {"unknown_recipients",
       "counters.db",
       openWrittenBehind<UnknownRecipients>,
       [](const fs::path& path) {
         return told(readUnknownRecipients(path), [](const auto& counts) {
           return number(counts->count("192.0.2.1", "2023-11-21"));
         });
       },
       "4",
       true},
      {"event",
       "logs.db",
       [](const fs::path& path) { return done(openEvents(path)); },
       events,
       "9 friend@far.example to alice@example.com Hello pass",
       true},
      {"dmarc",
       "logs.db",
       [](const fs::path& path) { return done(DmarcReports::open(path)); },
       reports,
       "far.example sent, 192.0.2.1 6"},
      {"mail_log",
       "logs.db",
       [](const fs::path& path) { return done(MailLog::open(path)); },
       mailLog,
       "alice@example.com received, spam score 7, /var/log/mail.log 300",
       true},
  };
  return families;
}

}  // namespace

TEST_CASE("every older state of every database is brought up to date") {
  for (const auto& family : storedFamilies()) checkOlderStates(family);
}

TEST_CASE("what a newer version has made is refused, and left alone") {
  for (const auto& family : storedFamilies()) checkNewerState(family);
}

TEST_CASE("no tables are forgotten above") {
  std::set<std::string> named;
  for (const auto& family : storedFamilies()) named.insert(family.name);
  const Scratch scratch;
  std::set<std::string> there;
  for (const auto& family : storedFamilies()) {
    const auto path = scratch.path / family.file;
    REQUIRE(family.open(path));
    const auto rows = openAny(path).query("SELECT family FROM schema_version");
    REQUIRE(rows);
    for (const auto& row : *rows) there.insert(row.text(0));
  }
  CHECK(there == named);
}

}  // namespace mailreeve::store
