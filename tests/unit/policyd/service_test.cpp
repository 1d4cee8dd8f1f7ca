#include "policyd/service.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "core/config/settings.h"
#include "policyd/report.h"
#include "tests/unit/scratch.h"

namespace mailreeve::policyd {

namespace {

const TimePoint kNoon = std::chrono::system_clock::from_time_t(1'770'000'000);

// State directory with one generation.
struct Home {
  Scratch scratch;
  std::filesystem::path path = scratch.path;
  ManualClock clock{kNoon};

  Home() {
    std::filesystem::create_directories(settings());
    write("spam@far.example");
  }

  [[nodiscard]] std::filesystem::path settings() const {
    return path / "generations" / "7" / "yaml";
  }

  // Databases where the directory is as good as any.
  [[nodiscard]] Paths paths() const {
    Paths paths;
    paths.state = path;
    std::filesystem::create_directories(paths.databases());
    return paths;
  }

  void write(const std::string& blocked) const {
    std::ofstream(settings() / "mail.yaml")
        << "server: {hostname: mx.home.example}\n"
           "domains: [{name: home.example}]\n"
           "lists: {block: [{name: x, sender: \"" +
               blocked + "\"}]}\n";
  }
};

Request from(std::string_view sender) {
  Request request;
  request.protocolState = "RCPT";
  request.clientAddress = "192.0.2.7";
  request.sender = sender;
  request.recipient = "bob@home.example";
  return request;
}

std::string answer(Service& service, std::string_view sender) {
  std::string out;
  service.answer(from(sender), out);
  return out;
}

}  // namespace

TEST_CASE("a refusal is answered with a code that finds its event") {
  const Home home;
  Memory memory(home.paths(), home.clock);
  store::EventLog events(home.path / "logs.db");
  const auto service =
      Service::load(home.settings(), memory, events, home.clock);
  REQUIRE(service);
  CHECK((*service)->generation() == "7");
  CHECK(answer(**service, "good@far.example") == "action=DUNNO\n\n");

  const std::string refused = answer(**service, "spam@far.example");
  const std::string start =
      "action=550 5.7.1 Refused by this server's rules (reference ";
  REQUIRE(refused.substr(0, start.size()) == start);
  events.flush();
  store::EventQuery query;
  query.traceCode = refused.substr(start.size(), 8);
  const auto found = store::queryEvents(home.path / "logs.db", query);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().program == "policyd");
  CHECK(found->front().verdict == "reject");
  CHECK(found->front().sender == "spam@far.example");
  CHECK(found->front().recipients ==
        std::vector<std::string>{"bob@home.example"});
  CHECK(found->front().reason == "block_list: entry \"x\" (sender)");
  CHECK((*service)->count(Answer::Kind::Reject) == 1);
  CHECK((*service)->count(Answer::Kind::Pass) == 1);
}

TEST_CASE("a reload puts new rules in force, a broken one does not") {
  const Home home;
  Memory memory(home.paths(), home.clock);
  store::EventLog events(home.path / "logs.db");
  const auto service =
      Service::load(home.settings(), memory, events, home.clock);
  REQUIRE(service);
  CHECK(answer(**service, "other@far.example") == "action=DUNNO\n\n");

  home.write("other@far.example");
  CHECK((*service)->reload());
  CHECK(answer(**service, "other@far.example").starts_with("action=550"));
  CHECK(answer(**service, "spam@far.example") == "action=DUNNO\n\n");

  home.write("*@far.example\", colour: \"red");
  CHECK_FALSE((*service)->reload());
  CHECK(answer(**service, "other@far.example").starts_with("action=550"));
  CHECK(answer(**service, "spam@far.example") == "action=DUNNO\n\n");
}

TEST_CASE("many threads are answered while the rules are replaced") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  const Home home;
  Memory memory(home.paths(), home.clock);
  store::EventLog events(home.path / "logs.db");
  const auto service =
      Service::load(home.settings(), memory, events, home.clock);
  REQUIRE(service);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&service] {
        for (int round = 0; round < kRounds; ++round) {
          const auto sender = round % 10 == 0 ? "spam@far.example" : "a@b";
          (void)answer(**service, sender);
        }
      });
    for (int i = 0; i < 10; ++i) CHECK((*service)->reload());
  }
  CHECK((*service)->count(Answer::Kind::Reject) == kThreads * kRounds / 10);
  CHECK((*service)->count(Answer::Kind::Pass) == kThreads * kRounds * 9 / 10);
}

TEST_CASE("a client cannot forge a line or break the event's JSON") {
  Request request = from("a\xff\"\n@far.example");
  Outcome outcome;
  outcome.answer = Answer::reject("No");
  outcome.rule = "block_list";
  outcome.reason = "entry \"\xff\"";
  outcome.steps.push_back({"block_list", "reject", outcome.reason, {}});
  const auto event = eventOf(request, outcome, "7K3M9QXD", kNoon);
  CHECK(event.trace ==
        "[{\"saw\":\"entry \\\"\xef\xbf\xbd\\\"\",\"says\":\"reject\","
        "\"step\":\"block_list\",\"us\":0}]");
  CHECK(event.reply == "550 5.7.1 No (reference 7K3M9QXD)");
  request = from("a@far.example");
  CHECK(logLine(request, outcome, "7K3M9QXD") ==
        "reject: block_list: entry \"\xff\", from=<a@far.example> "
        "to=<bob@home.example> client=192.0.2.7, reference 7K3M9QXD");
}

}  // namespace mailreeve::policyd
