#include "mgmtd/api/api.h"

#include <fstream>
#include <functional>

#include <doctest/doctest.h>

#include "core/store/accounts.h"
#include "core/store/event_log.h"
#include "core/store/password.h"
#include "core/store/spam_reports.h"
#include "core/store/usage.h"
#include "mgmtd/api/access.h"
#include "tests/unit/scratch.h"

namespace mailreeve::api {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const TimePoint kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} +
                      12h};
const std::string kHash =
    "{SHA512-CRYPT}$6$" + std::string(16, 's') + "$" + std::string(86, 'h');
const std::string kScram = "{SCRAM-SHA-256}4096," + std::string(60, 'A');

constexpr const char* kSettings = R"(
server:
  hostname: mail.example.com
domains:
  - name: example.com
    additional: [example.net]
    limits:
      daily_messages: 100
    aliases:
      - name: info
        to: [anna]
)";

struct World {
  Scratch scratch;
  Paths paths = made();
  ManualClock clock{kNoon};
  std::vector<json> asked;  // Of mgmt-helper.
  std::function<Result<json>()> helper = [] {
    return Result<json>(json{{"running", true}});
  };
  jobs::Scheduler scheduler{{}, paths.stateDatabase(), clock, 1};
  Api api{Surroundings{paths,
                       clock,
                       [this](const json& request) -> Result<json> {
                         asked.push_back(request);
                         return helper();
                       },
                       scheduler}};

  Paths made() {
    Paths out;
    out.state = scratch.path / "state";
    out.run = scratch.path / "run";
    fs::create_directories(out.databases());
    fs::create_directories(out.run);
    apply(out, "1", kSettings);
    return out;
  }

  static void apply(const Paths& paths,
                    const std::string& number,
                    const std::string& yaml) {
    const auto directory = paths.generations() / number / "yaml";
    fs::create_directories(directory);
    std::ofstream(directory / "mail.yaml") << yaml;
    fs::remove(paths.generations() / "current");
    fs::create_symlink(number, paths.generations() / "current");
  }

  Result<json> ask(const json& request) {
    return api.handle(request, {.uid = 1000});
  }

  json good(const json& request) {
    auto answer = ask(request);
    REQUIRE_MESSAGE(answer.ok(), (answer ? "" : answer.error().what));
    return std::move(*answer);
  }

  std::string refusal(const json& request) {
    const auto answer = ask(request);
    REQUIRE_FALSE(answer);
    return answer.error().what;
  }

  void addAnna() {
    good({{"do", "account_add"},
          {"address", "Anna@Example.COM"},
          {"password", kHash},
          {"scram", kScram},
          {"display_name", "Anna"}});
  }
};

}  // namespace

TEST_CASE("no account can be used before its login policy is known") {
  World world;
  SUBCASE("it is still disabled when the policy is made") {
    bool enabled = true;
    world.helper = [&]() -> Result<json> {
      auto accounts =
          store::Accounts::open(world.paths.stateDatabase(), world.clock);
      enabled = accounts->find("anna@example.com")->enabled;
      return json::object();
    };
    world.addAnna();
    CHECK_FALSE(enabled);
    REQUIRE(world.asked.size() == 1);
    CHECK(world.asked[0]["do"] == "refresh-login-policy");
  }
  SUBCASE("it is not added when the policy cannot be made") {
    world.helper = [] {
      return Result<json>(Error{ErrorCode::Unavailable, "no helper"});
    };
    CHECK(world.refusal({{"do", "account_add"},
                         {"address", "anna@example.com"},
                         {"password", kHash}}) == "login policy: no helper");
    world.refusal({{"do", "account_show"}, {"address", "anna@example.com"}});
  }
}

TEST_CASE("an account's life") {
  World world;
  world.addAnna();
  auto account = world.good(
      {{"do", "account_show"}, {"address", "ANNA@example.com"}})["account"];
  CHECK(account["address"] == "anna@example.com");
  CHECK(account["display_name"] == "Anna");
  CHECK(account["enabled"] == true);
  CHECK(account["scheme"] == "SHA512-CRYPT");
  CHECK(account["scram"] == false);  // The settings do not ask for it.
  CHECK(account["created"] == "2026-03-01T12:00:00Z");
  CHECK(account["addresses"] ==
        json::array({"anna@example.com", "anna@example.net"}));

  world.good({{"do", "account_enable"},
              {"address", "anna@example.com"},
              {"enabled", false}});
  const std::string hash = *store::hashPassword("new");
  world.good({{"do", "account_password"},
              {"address", "anna@example.com"},
              {"password", hash}});
  account = world.good(
      {{"do", "account_list"}, {"pattern", "anna@*"}})["accounts"][0];
  CHECK(account["enabled"] == false);
  CHECK(account["scheme"] == "ARGON2ID");

  world.asked.clear();
  CHECK(world.good({{"do", "account_delete"},
                    {"address", "anna@example.com"}})["mail"] == "kept");
  CHECK(world.asked.empty());
  CHECK(world.refusal(
            {{"do", "account_show"}, {"address", "anna@example.com"}}) ==
        "there is no account anna@example.com");
}

TEST_CASE("no answer ever holds a hash") {
  World world;
  world.addAnna();
  for (const char* verb : {"account_list", "account_show"}) {
    json request{{"do", verb}};
    if (request["do"] == "account_show")
      request["address"] = "anna@example.com";
    CHECK(world.good(request).dump().find("$6$") == std::string::npos);
  }
}

TEST_CASE("mail goes with the account only when asked") {
  World world;
  world.addAnna();
  world.asked.clear();
  CHECK(world.good({{"do", "account_delete"},
                    {"address", "anna@example.com"},
                    {"purge_mail", true}})["mail"] == "deleted");
  REQUIRE(world.asked.size() == 1);
  CHECK(world.asked[0] == json{{"do", "purge-mail"},
                               {"volume", "/var/vmail"},
                               {"domain", "example.com"},
                               {"local", "anna"}});
}

TEST_CASE("names that an account may not have") {
  struct Row {
    std::string label;
    std::string address;
    std::string want;
  };

  const Row rows[] = {
      {"no address", "anna", "anna: "},
      {"a foreign domain", "a@elsewhere.org", "no domain of the settings"},
      {"an additional domain",
       "anna@example.net",
       "users are those of anna@example.com"},
      {"an extension", "anna+x@example.com", "cannot hold '+'"},
      {"quoted", "\"a b\"@example.com", "is made of"},
      {"a slash", "a/b@example.com", "is made of"},
      {"an umlaut", "änna@example.com", "is made of"},
      {"a percent sign, which Dovecot expands", "a%u@example.com", "made of"},
      {"too long", std::string(65, 'a') + "@example.com", ""},
      {"a dash at the front", "-a@example.com", "begin with"},
  };
  World world;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto why = world.refusal(
        {{"do", "account_add"}, {"address", row.address}, {"password", kHash}});
    CHECK(why.find(row.want) != std::string::npos);
  }
  const auto reserved = world.good({{"do", "account_add"},
                                    {"address", "postmaster@example.com"},
                                    {"password", kHash}});
  CHECK(reserved["warnings"].size() == 1);
}

TEST_CASE("an alias and an account never share an address") {
  World world;
  auto accounts =
      store::Accounts::open(world.paths.stateDatabase(), world.clock);
  REQUIRE(accounts);
  REQUIRE(accounts->replaceDirectory(
      {}, {{"info@example.com", "anna@example.com"}}));
  const auto why = world.refusal({{"do", "account_add"},
                                  {"address", "info@example.com"},
                                  {"password", kHash}});
  CHECK(why == "info@example.com is an alias for anna@example.com");
}

TEST_CASE("requests that do not fit are refused, in words") {
  struct Row {
    std::string label;
    json request;
    std::string want;
  };

  const Row rows[] = {
      {"an unknown verb", {{"do", "format_disk"}}, "unknown request"},
      {"no address", {{"do", "account_show"}}, "address: is missing"},
      {"an address that is a number",
       {{"do", "account_show"}, {"address", 5}},
       "address: must be a text"},
      {"a field too many",
       {{"do", "account_list"}, {"patern", "x"}},
       "patern: is not known here"},
      {"a limit out of range",
       {{"do", "account_list"}, {"limit", 100'000}},
       "limit: must be a whole number, 1..1000"},
      {"a time beyond the end of the clock",
       {{"do", "events"}, {"since", 9'223'372'036'855}},
       "since: must be a whole number, 0..9223372036854"},
      {"a flag that is a text",
       {{"do", "account_delete"}, {"address", "a@b"}, {"purge_mail", "yes"}},
       "purge_mail: must be true or false"},
      {"a password in clear",
       {{"do", "account_add"},
        {"address", "x@example.com"},
        {"password", "secret"}},
       "names no scheme"},
      {"both a user and all",
       {{"do", "usage_clear"}, {"user", "a@b"}, {"all", true}},
       "either a user or all"},
      {"neither", {{"do", "usage_clear"}}, "either a user or all"},
  };
  World world;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(world.refusal(row.request).find(row.want) != std::string::npos);
  }
}

TEST_CASE("SCRAM secrets are kept when the settings ask for them") {
  World world;
  World::apply(world.paths,
               "2",
               std::string(kSettings) + "authentication:\n  scram: true\n");
  world.addAnna();
  CHECK(world.good({{"do", "account_list"}})["accounts"][0]["scram"] == true);
}

TEST_CASE("before the first apply there are no accounts to add") {
  World world;
  fs::remove(world.paths.generations() / "current");
  CHECK(world
            .refusal({{"do", "account_add"},
                      {"address", "a@example.com"},
                      {"password", kHash}})
            .find("no settings are in force") != std::string::npos);
}

TEST_CASE("an import is all or nothing, and names every line") {
  World world;
  const auto rows = [&world](json list) {
    return world.good(
        {{"do", "account_import_rows"}, {"rows", std::move(list)}})["import"];
  };
  const auto row = [](int line, const std::string& address) {
    return json{{"line", line}, {"address", address}, {"password", kHash}};
  };
  const json bad = rows({row(2, "a@example.com"),
                         row(3, "b@elsewhere.org"),
                         row(4, "A@example.com"),
                         {{"line", 5}},
                         "nonsense"});
  auto answer = world.good({{"do", "account_import_commit"}, {"import", bad}});
  CHECK(answer["added"] == 0);
  REQUIRE(answer["problems"].size() == 4);
  CHECK(answer["problems"][0]["line"] == 3);
  CHECK(answer["problems"][1]["line"] == 4);
  CHECK(answer["problems"][1]["what"] ==
        "there is already an account a@example.com");
  CHECK(world.good({{"do", "account_list"}})["accounts"].empty());

  const json dry = rows({row(2, "a@example.com")});
  answer = world.good(
      {{"do", "account_import_commit"}, {"import", dry}, {"dry_run", true}});
  CHECK(answer["checked"] == 1);
  CHECK(answer["added"] == 0);
  CHECK(world.good({{"do", "account_list"}})["accounts"].empty());

  const json good = rows({row(2, "a@example.com")});
  world.good({{"do", "account_import_rows"},
              {"import", good},
              {"rows", {row(3, "b@example.com")}}});
  answer = world.good({{"do", "account_import_commit"}, {"import", good}});
  CHECK(answer["added"] == 2);
  CHECK(world.good({{"do", "account_list"}})["accounts"].size() == 2);

  CHECK(world.refusal({{"do", "account_import_commit"}, {"import", good}}) ==
        "import: is over, begin anew");
  const json old = rows({row(2, "c@example.com")});
  world.clock.advance(11min);
  CHECK(world.refusal({{"do", "account_import_commit"}, {"import", old}}) ==
        "import: is over, begin anew");
}

TEST_CASE("usage is listed with its limits, and cleared") {
  World world;
  CHECK(world.good({{"do", "usage_list"}})["usage"].empty());
  auto counter =
      store::UsageCounter::open(world.paths.countersDatabase(), world.clock);
  REQUIRE(counter);
  REQUIRE((*counter)->charge("anna@example.com", 1000, {}));
  REQUIRE((*counter)->charge("carl@example.com", 50, {}));
  REQUIRE((*counter)->charge("carl@example.com", 50, {}));
  const auto list =
      world.good({{"do", "usage_list"}, {"pattern", "carl*"}})["usage"];
  REQUIRE(list.size() == 1);
  CHECK(list[0]["messages"] == 2);
  CHECK(list[0]["bytes"] == 100);
  CHECK(list[0]["daily_messages"] == 100);
  world.addAnna();
  CHECK(world.good(
            {{"do", "account_show"},
             {"address", "anna@example.com"}})["account"]["today"]["bytes"] ==
        1000);

  CHECK(world.good({{"do", "usage_clear"},
                    {"user", "Carl@example.com"}})["cleared"] == 1);
  CHECK(world.good({{"do", "usage_list"}})["usage"].size() == 1);
  CHECK(world.good({{"do", "usage_clear"}, {"all", true}})["cleared"] == 1);
}

TEST_CASE("milterd hears that usage was cleared") {
  World world;
  std::vector<json> heard;
  const auto milterd = net::ControlServer::start(
      world.paths.control("milterd"),
      0600,
      [&heard](const json& request, const net::Peer&) -> Result<json> {
        heard.push_back(request);
        return json::object();
      });
  REQUIRE(milterd);
  CHECK_FALSE(
      world.good({{"do", "usage_clear"}, {"all", true}}).contains("warning"));
  REQUIRE(heard.size() == 1);
  CHECK(heard[0]["do"] == "usage_reload");
}

TEST_CASE("events come in pages that fit into an answer") {
  World world;
  CHECK(world.good({{"do", "events"}})["events"].empty());
  {
    store::EventLog log(world.paths.logsDatabase());
    for (int i = 0; i < 60; ++i) {
      store::Event event;
      event.time = kNoon + std::chrono::seconds(i);
      event.sender = "a@example.com";
      event.trace = "[\"" + std::string(30'000, 'x') + "\"]";
      log.post(event);
    }
  }
  std::int64_t before = 0;
  std::size_t seen = 0;
  for (bool more = true; more;) {
    const auto page =
        world.good({{"do", "events"}, {"limit", 50}, {"before", before}});
    CHECK(page.dump().size() < (1U << 20U));
    seen += page["events"].size();
    if (!page["events"].empty()) before = page["events"].back()["id"];
    more = page["more"];
  }
  CHECK(seen == 60);
  CHECK(world
            .good({{"do", "events"},
                   {"since", 1772366400000 + 59'000},
                   {"limit", 5}})["events"]
            .size() == 1);
}

TEST_CASE("the overview says what runs and what does not") {
  World world;
  auto answer = world.good({{"do", "overview"}});
  CHECK(answer["well"] == false);
  CHECK(answer["generation"] == "1");
  CHECK(answer["daemons"][0]["running"] == false);
  CHECK(answer["services"][0]["running"] == true);

  std::string generation = "1";
  std::vector<std::unique_ptr<net::ControlServer>> servers;
  for (const char* name : {"milterd", "policyd", "mgmtd"}) {
    auto server = net::ControlServer::start(
        world.paths.control(name),
        0600,
        [&generation](const json&, const net::Peer&) -> Result<json> {
          return json{{"version", "0.1.0"}, {"generation", generation}};
        });
    REQUIRE(server);
    servers.push_back(std::move(*server));
  }
  answer = world.good({{"do", "overview"}});
  CHECK(answer["well"] == true);
  CHECK(answer["daemons"][1]["version"] == "0.1.0");

  generation = "0";  // It missed a reload.
  CHECK(world.good({{"do", "overview"}})["well"] == false);
  generation = "1";
  std::ofstream(world.paths.logsDatabase()) << std::string(5000, 'x');
  answer = world.good({{"do", "overview"}});
  CHECK(answer["well"] == false);
  CHECK(answer["databases"][2]["good"] == false);
}

TEST_CASE("who may ask mgmtd") {
  struct Row {
    std::string label;
    net::Peer peer;
    bool want;
  };

  const Row rows[] = {
      {"root", {.uid = 0, .gid = 0}, true},
      {"mgmtd's own user", {.uid = 990, .gid = 990}, true},
      {"a member by first group", {.uid = 1000, .gid = 995}, true},
      {"a member by other group",
       {.uid = 1000, .gid = 1000, .groups = {4, 995}},
       true},
      {"somebody else", {.uid = 1000, .gid = 1000, .groups = {4}}, false},
      {"nobody knows who", {}, false},
  };
  const Access access{.own = 990, .admin = 995};
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(access.allows(row.peer) == row.want);
  }
  CHECK_FALSE(Access{.own = 990}.allows({.uid = 1000, .gid = 995}));
}

TEST_CASE("reports of spam are listed, read and forgotten") {
  World world;
  const auto directory = world.paths.spamReports();
  fs::create_directories(directory);
  const auto report = [&](bool spam, const std::string& subject) {
    const auto filed = store::addSpamReport(
        directory,
        spam,
        "anna@example.com",
        "From: Eve <e@x.test>\r\nSubject: " + subject + "\r\n\r\nbuy\r\n",
        kNoon);
    REQUIRE(filed);
    return *filed;
  };
  const auto pills = report(true, "=?utf-8?q?Pi=C3=BClls?=");
  const auto letter = report(false, "a letter");

  const auto all = world.good({{"do", "spam_reports"}});
  CHECK(all["waiting"] == 2);
  REQUIRE(all["reports"].size() == 2);
  const auto found = world.good({{"do", "spam_reports"}, {"search", "LETTER"}});
  REQUIRE(found["reports"].size() == 1);
  CHECK(found["reports"][0]["id"] == letter);
  CHECK(found["reports"][0]["kind"] == "ham");
  CHECK(found["reports"][0]["from"] == "Eve <e@x.test>");
  CHECK(found["reports"][0]["reporter"] == "anna@example.com");
  CHECK(world.good({{"do", "spam_reports"}, {"limit", 1}})["reports"].size() ==
        1);
  CHECK(world.good({{"do", "spam_reports"}, {"search", "Piülls"}})["reports"]
            .size() == 1);

  const auto original = world.good({{"do", "spam_original"}, {"id", pills}});
  CHECK(original["whole"] == true);
  CHECK(original["message"].get<std::string>().ends_with("\r\n\r\nbuy\r\n"));

  world.good({{"do", "spam_delete"}, {"id", letter}});
  CHECK(world.good({{"do", "spam_status"}})["reports"] == 1);
  for (const char* verb : {"spam_original", "spam_learn", "spam_delete"})
    for (const auto& id : {letter, std::string("../../etc/passwd")}) {
      CAPTURE(std::string(verb) + " " + id);
      CHECK_FALSE(world.ask({{"do", verb}, {"id", id}}).ok());
    }
}

}  // namespace mailreeve::api
