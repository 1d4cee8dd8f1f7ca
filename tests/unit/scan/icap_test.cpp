#include "core/scan/icap.h"

#include <array>
#include <atomic>

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/scan/icap_request.h"
#include "tests/unit/scan/icap_double.h"

namespace mailreeve::scan {

namespace {

using namespace std::chrono_literals;

Icap icapTo(const EngineDouble& engine,
            IcapMethod method = IcapMethod::Response) {
  return {{engine.endpoint(), "avscan", method, true}, 4};
}

// A 200 that shows `head` and the chunks `body` in the message's place.
std::string shows(const std::string& head, const std::string& body) {
  return "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=" +
         std::to_string(head.size()) + "\r\n\r\n" + head + body;
}

// Takes a message and is gone in the middle of `answer`.
EngineDouble::Behaviour goneAfter(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    auto head = peer.readUntil("\r\n\r\n");
    if (head && head->starts_with("OPTIONS ")) {
      peer.say(kIcapOptionsNoPreview);
      head = peer.readUntil("\r\n\r\n");
    }
    if (!head) return;
    bool more = false;
    (void)peer.readUntil("\r\n\r\n");
    (void)peer.readUntil("\r\n\r\n");
    (void)readChunks(peer, more);
    peer.say(answer);
  };
}

using Rows = std::vector<std::array<std::string, 3>>;

}  // namespace

TEST_CASE("an ICAP head is read as far as it is there") {
  const std::string head =
      "ICAP/1.0 200 OK\r\nISTag: \"a\"\r\nX-Long: 1\r\n\tfile\r\n\tworm\r\n"
      "\r\n";
  const auto whole = parseIcapHead(head + "rest");
  REQUIRE(whole);
  REQUIRE(*whole);
  CHECK((*whole)->length == head.size());
  CHECK((*whole)->response.tag() == "a");
  CHECK(*(*whole)->response.field("x-long") == "1\nfile\nworm");
  for (std::size_t size = 0; size < head.size(); ++size) {
    const auto part = parseIcapHead(head.substr(0, size));
    REQUIRE(part);
    CHECK_FALSE(*part);
  }
  for (const std::string bad : {"HTTP/1.1 200 OK\r\n\r\n",
                                "ICAP/1.0 OK\r\n\r\n",
                                "ICAP/1.0 2000 OK\r\n\r\n",
                                "ICAP/1.0 200 OK\r\n folded\r\n\r\n",
                                "ICAP/1.0 200 OK\r\nno colon\r\n\r\n",
                                "\r\n\r\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseIcapHead(bad));
  }
  CHECK_FALSE(parseIcapHead("ICAP/1.0 200 OK\r\nX: " +
                            std::string(IcapLimits::kHead, 'x')));
}

TEST_CASE("what an engine found has one of several names") {
  const Rows rows = {
      {"c-icap's",
       "X-Infection-Found: Type=0; Resolution=2; Threat=Worm;",
       "Worm"},
      {"one without fields", "X-Infection-Found: Worm", "Worm"},
      {"an id", "X-Virus-ID: Trojan.Test", "Trojan.Test"},
      {"a name", "X-Virus-Name: Trojan", "Trojan"},
      {"a list of violations",
       "X-Violations-Found: 1\r\n\ta.zip\r\n\tEicar\r\n\t0\r\n\t0",
       "Eicar"},
      {"an empty one is found, too", "X-Virus-ID:", "unnamed"},
      {"control characters stay out", "X-Virus-ID: a\tb", "a?b"}};
  for (const auto& [label, field, wanted] : rows) {
    CAPTURE(label);
    const auto head = parseIcapHead("ICAP/1.0 200 OK\r\n" + field + "\r\n\r\n");
    REQUIRE(head);
    REQUIRE(*head);
    CHECK(infectionOf((*head)->response) == wanted);
  }
}

TEST_CASE("Icap: clean and infected, with a preview and without") {
  for (const std::string options : {kIcapOptions, kIcapOptionsNoPreview}) {
    CAPTURE(options);
    const EngineDouble engine(icapService(options));
    Icap icap = icapTo(engine);
    for (const std::string message :
         {"", "short", "exactly 10", "longer than the preview"}) {
      CAPTURE(message);
      CHECK(wordFor(scanWhole(icap, message, within(10s))) == "clean");
    }
    CHECK(wordFor(scanWhole(icap, "EICAR", within(10s))) == "Eicar-Test");
    CHECK(wordFor(scanWhole(icap, "behind the preview: EICAR", within(10s))) ==
          "Eicar-Test");
  }
}

TEST_CASE("Icap: OPTIONS are asked once, and connections are kept") {
  const EngineDouble engine(icapService(kIcapOptions));
  Icap icap = icapTo(engine);
  for (int i = 0; i < 5; ++i)
    CHECK(wordFor(scanWhole(icap, "a letter to you", within(10s))) == "clean");
  // One for the options, one for the first message and the test virus, one for
  // all the others.
  CHECK(engine.connections() == 3);
}

TEST_CASE("Icap: a message given in pieces arrives whole") {
  const EngineDouble engine(icapService(kIcapOptions));
  Icap icap = icapTo(engine);
  for (int round = 0; round < 3; ++round) {
    std::string message(std::size_t{2} << 20U, 'x');
    if (round == 2) message.replace(message.size() - 5, 5, "EICAR");
    const auto scan = icap.begin();
    for (std::size_t at = 0; at < message.size(); at += 65535)
      scan->bytes(std::string_view(message).substr(at, 65535));
    scan->complete(message);
    CHECK(wordFor(scan->answer(within(20s))) ==
          (round == 2 ? "Eicar-Test" : "clean"));
  }
}

TEST_CASE("Icap: as a request") {
  const EngineDouble engine(icapService(kIcapOptions));
  Icap icap = icapTo(engine, IcapMethod::Request);
  CHECK(wordFor(scanWhole(icap, "a letter", within(10s))) == "clean");
  CHECK(wordFor(scanWhole(icap, "an EICAR", within(10s))) == "Eicar-Test");
  const EngineDouble other(icapService(kIcapOptionsNoPreview));
  Icap unable = icapTo(other, IcapMethod::Request);
  CHECK(wordFor(scanWhole(unable, "a letter", within(10s))) == "error");
}

TEST_CASE("Icap: what a service gives back changed counts as found") {
  const std::string http = "HTTP/1.1 200 OK\r\n\r\n";
  const std::string page = "HTTP/1.1 403 Forbidden\r\n\r\n";
  const std::string blocked = "blocked-by-the-service";
  const Rows rows = {
      {"the message itself", shows(http, "5\r\nEICAR\r\n0\r\n\r\n"), "clean"},
      {"in several chunks",
       shows(http, "2;x=1\r\nEI\r\n3\r\nCAR\r\n0\r\nT: 1\r\n\r\n"),
       "clean"},
      {"a page that says no", shows(page, "2\r\nno\r\n0\r\n\r\n"), blocked},
      {"another message", shows(http, "5\r\nother\r\n0\r\n\r\n"), blocked},
      {"a part of it", shows(http, "4\r\nEICA\r\n0\r\n\r\n"), blocked},
      {"more than it", shows(http, "6\r\nEICARR\r\n0\r\n\r\n"), blocked},
      {"no chunks", shows(http, "zzz\r\n"), "error"},
      {"no parts", "ICAP/1.0 200 OK\r\n\r\n", "error"}};
  for (const auto& [label, found, wanted] : rows) {
    CAPTURE(label);
    const EngineDouble engine(icapService(kIcapOptionsNoPreview, found));
    Icap icap = icapTo(engine);
    CHECK(wordFor(scanWhole(icap, "EICAR", within(2s))) == wanted);
  }
}

TEST_CASE("Icap: no fault of the engine is ever a clean message") {
  const std::vector<std::pair<std::string, EngineDouble::Behaviour>> faults = {
      {"it hangs up at once", [](Peer& peer) { peer.close(); }},
      {"it never answers", [](Peer& peer) { peer.silence(); }},
      {"there is no such service",
       icapService("ICAP/1.0 404 Service not found\r\n\r\n")},
      {"its options name no method",
       icapService("ICAP/1.0 200 OK\r\nMethods: OPTIONS\r\n\r\n")},
      {"it answers nonsense", icapService("220 hello\r\n\r\n")},
      {"it is overloaded",
       icapService(kIcapOptionsNoPreview,
                   "ICAP/1.0 503 Service overloaded\r\n\r\n")},
      {"it wants more without a preview",
       icapService(kIcapOptionsNoPreview, "ICAP/1.0 100 Continue\r\n\r\n")},
      {"it breaks off", icapService(kIcapOptionsNoPreview, "ICAP/1.0 2")},
      {"it has no engine", icapWithoutEngine()}};
  for (const auto& [label, behaviour] : faults) {
    CAPTURE(label);
    const EngineDouble engine(behaviour);
    Icap icap = icapTo(engine);
    CHECK(wordFor(scanWhole(icap, "an EICAR", within(200ms))) == "error");
  }
}

TEST_CASE("Icap: who hangs up is not called late") {
  const std::string http = "HTTP/1.1 200 OK\r\n\r\n";
  const auto whole = shows(http, "5\r\nEICAR\r\n0\r\n\r\n");
  const std::vector<std::pair<std::string, std::size_t>> rows = {
      {"before it answers", 0},
      {"in the head of its answer", 10},
      {"in the head that it shows", whole.find(http) + 5},
      {"in the body that it shows", whole.find("EICAR") + 2}};
  for (const auto& [label, length] : rows) {
    CAPTURE(label);
    const EngineDouble engine(goneAfter(whole.substr(0, length)));
    Icap icap = icapTo(engine);
    const auto found = scanWhole(icap, "EICAR", within(10s));
    REQUIRE_FALSE(found);
    CHECK(found.error().what.ends_with(": closed without an answer"));
  }
}

TEST_CASE("Icap: clean is what a service says that finds the test virus") {
  std::atomic<bool> armed = true;
  std::atomic<int> tests = 0;
  const auto judge = [&](const std::string& body) -> std::string {
    if (isTestVirus(body)) ++tests;
    if (!armed) return replaceAll(kIcapNothing, "v1", "none");
    return isTestVirus(body) ? kIcapFound : kIcapNothing;
  };
  const EngineDouble engine(icapThatSays(kIcapOptions, judge));
  Icap icap = icapTo(engine);
  const auto scanned = [](Icap& by) {
    return wordFor(scanWhole(by, "a letter", within(10s)));
  };
  for (int i = 0; i < 3; ++i) CHECK(scanned(icap) == "clean");
  CHECK_MESSAGE(tests == 1, "it was shown more than once");
  armed = false;
  for (int i = 0; i < 2; ++i) CHECK(scanned(icap) == "error");
  CHECK_MESSAGE(tests == 3, "another ISTag asks for another proof");
  CHECK_FALSE(askIcapForTestVirus({engine.endpoint(), "avscan"}, within(10s)));
  Icap trusted{{engine.endpoint(), "avscan", {}, true, false}, 4};
  CHECK(scanned(trusted) == "clean");
  armed = true;
  CHECK(scanned(icap) == "clean");
  CHECK(askIcapForTestVirus({engine.endpoint(), "avscan"}, within(10s)));
}

TEST_CASE("Icap: a service that is another one each time is not believed") {
  std::atomic<int> answers = 0;
  const auto judge = [&](const std::string& body) {
    return replaceAll(isTestVirus(body) ? kIcapFound : kIcapNothing,
                      "v1",
                      std::to_string(++answers));
  };
  const EngineDouble engine(icapThatSays(kIcapOptions, judge));
  Icap icap = icapTo(engine);
  CHECK(wordFor(scanWhole(icap, "a letter", within(10s))) == "error");
}

TEST_CASE("Icap: a request says where its parts begin") {
  const IcapService service{{{}, "192.0.2.1", 1344}, "avscan"};
  const std::string uri = "icap://192.0.2.1:1344/avscan";
  const std::string request = scanRequest(uri, service, 1024);
  CHECK(
      request.starts_with("RESPMOD icap://192.0.2.1:1344/avscan ICAP/1.0\r\n"
                          "Host: 192.0.2.1:1344\r\n"));
  CHECK(request.find("\r\nPreview: 1024\r\n") != std::string::npos);
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  const auto http = body.find("HTTP/1.1 200 OK");
  CHECK(request.find("res-hdr=" + std::to_string(http) + ", res-body=" +
                     std::to_string(body.size())) != std::string::npos);
}

}  // namespace mailreeve::scan
