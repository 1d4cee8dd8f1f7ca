// What collecting a mail log costs: lines a second on one core, from the file
// to rows committed in logs.db.
//
// The log is made here: messages from outside and by users, one or a few
// recipients, aliases, refusals, logins, and the lines that say nothing, in the
// proportions of a middling host.
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <benchmark/benchmark.h>

#include "mgmtd/logs/collector.h"
#include "mgmtd/logs/parse.h"

using namespace mailreeve;

namespace {

namespace fs = std::filesystem;

class Corpus {
 public:
  explicit Corpus(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i) message(i);
  }

  std::string text;
  std::int64_t lines = 0;

 private:
  void line(const std::string& program, const std::string& says) {
    const auto second = static_cast<int>(lines / 300 % 86'400);
    char stamp[64];
    std::snprintf(stamp,
                  sizeof stamp,
                  "2026-11-02T%02d:%02d:%02d.%06d+01:00 mail ",
                  second / 3600,
                  second / 60 % 60,
                  second % 60,
                  static_cast<int>(lines % 300 * 3333));
    text += stamp + program + ": " + says + "\n";
    ++lines;
  }

  std::string user() {
    return "user" + std::to_string(random_() % 5000) + "@example.com";
  }

  void message(std::size_t number) {
    char hex[32];
    std::snprintf(hex, sizeof hex, "%07zX", number * 37 + 0x1000000);
    const std::string id = hex;
    const std::string peer = "host" + std::to_string(random_() % 900) +
                             ".outside.test[203.0.113." +
                             std::to_string(random_() % 250) + "]";
    line("postfix/smtpd[209]", "connect from " + peer);
    if (number % 5 == 0) {
      line("postfix/smtpd[209]",
           "NOQUEUE: reject: RCPT from " + peer + ": 550 5.1.1 <" + user() +
               ">: Recipient address rejected: User unknown in virtual mailbox "
               "table; from=<pest@outside.test> to=<" +
               user() + "> proto=ESMTP helo=<x>");
      line("postfix/smtpd[209]", "disconnect from " + peer + " commands=3/4");
      line("dovecot",
           "imap-login: Login: user=<" + user() +
               ">, method=PLAIN, rip=192.0.2.10, lip=192.0.2.25, mpid=243, "
               "TLS, session=<uzBTsNdgGYnAAAIK>");
      return;
    }
    line("postfix/smtpd[209]", id + ": client=" + peer);
    line("postfix/cleanup[249]", id + ": message-id=<" + id + "@lab.test>");
    line("milterd[117]",
         id + ": trace=F9AEPNHW, client=203.0.113.10, from=<a@outside.test>, "
              "rcpts=1, size=247, verdict=pass");
    line("postfix/qmgr[208]",
         id + ": from=<sender" + std::to_string(random_() % 3000) +
             "@outside.test>, size=4730, nrcpt=1 (queue active)");
    line("postfix/smtpd[209]", "disconnect from " + peer + " commands=4");
    line("dovecot", "lmtp(218): Connect from local");
    const std::string to = user();
    line("dovecot",
         "lmtp(" + to + ")<218><" + id + "iNAmvaAAAA>: msgid=<" + id +
             "@lab.test>: saved mail to INBOX");
    line("postfix/lmtp[250]",
         id + ": to=<" + to +
             ">, relay=mail.example.com[private/dovecot-lmtp]"
             ", delay=0.03, delays=0.02/0.01/0/0, dsn=2.0.0, status=sent (250 "
             "2.0.0 <" +
             to + "> " + id + "iNAmvaAAAA Saved)");
    line("postfix/qmgr[208]", id + ": removed");
    line("dovecot", "lmtp(218): Disconnect from local: Logged out");
  }

  std::minstd_rand random_;
};

const Corpus& corpus() {
  static const Corpus made(20'000);
  return made;
}

void parse(benchmark::State& state) {
  const Corpus& log = corpus();
  logs::LineTimes times;
  times.setNow(std::chrono::system_clock::now());
  for (auto _ : state) {
    std::string_view rest = log.text;
    std::int64_t found = 0;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      if (const auto line = logs::splitLine(rest.substr(0, end), times))
        found += logs::parseEntry(*line) ? 1 : 0;
      rest.remove_prefix(end + 1);
    }
    benchmark::DoNotOptimize(found);
  }
  state.SetItemsProcessed(state.iterations() * log.lines);
}

BENCHMARK(parse)->Unit(benchmark::kMillisecond);

void collect(benchmark::State& state) {
  const Corpus& log = corpus();
  const fs::path folder = fs::temp_directory_path() / "mailreeve-log-bench";
  for (auto _ : state) {
    state.PauseTiming();
    fs::remove_all(folder);
    fs::create_directory(folder);
    std::ofstream(folder / "mail.log") << log.text;
    const SystemClock clock;
    logs::Collector collector(
        folder / "logs.db",
        [&] { return std::vector<std::string>{folder / "mail.log"}; },
        clock);
    state.ResumeTiming();
    for (auto found = collector.pass();; found = collector.pass()) {
      if (!found) state.SkipWithError(found.error().what.c_str());
      if (!found || !*found) break;
    }
  }
  fs::remove_all(folder);
  state.SetItemsProcessed(state.iterations() * log.lines);
}

BENCHMARK(collect)->Unit(benchmark::kMillisecond);

}  // namespace
