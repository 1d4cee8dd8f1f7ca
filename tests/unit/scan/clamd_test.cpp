#include "core/scan/clamd.h"

#include <doctest/doctest.h>

#include "core/base/text.h"
#include "tests/unit/scan/engine_double.h"

namespace mailreeve::scan {

namespace {

using namespace std::chrono_literals;

const std::string kNul(1, '\0');

struct Reply {
  std::string label;
  std::string text;
  std::string wanted;
};

}  // namespace

TEST_CASE("clamd's answers") {
  const std::vector<Reply> replies = {
      {"nothing found", "1: stream: OK", "clean"},
      {"a virus", "1: stream: Win.EICAR_HDB-1 FOUND", "Win.EICAR_HDB-1"},
      {"a name with blanks", "1: stream: Odd name FOUND", "Odd name"},
      {"a name with control bytes", "1: stream: a\tb\x7f FOUND", "a?b?"},
      {"too large", "1: INSTREAM size limit exceeded. ERROR", "too large"},
      {"an engine that cannot", "1: stream: Can't allocate ERROR", "error"},
      {"the answer to another command", "2: stream: OK", "error"},
      {"no number", "stream: OK", "error"},
      {"OK of something else", "1: file: OK", "error"},
      {"OK with something behind it", "1: stream: OK?", "error"},
      {"found nothing with a name", "1: stream: FOUND", "error"},
      {"found a blank", "1: stream:  FOUND", "error"},
      {"an unknown command", "UNKNOWN COMMAND", "error"},
      {"silence", "", "error"}};
  for (const auto& row : replies) {
    CAPTURE(row.label);
    CHECK(wordFor(parseClamdReply(row.text, 1)) == row.wanted);
  }
}

TEST_CASE("clamd stopped at one of its limits") {
  struct Row {
    std::string label;
    std::string found;
    std::string noted;  // The same where such alerts are only noted.
  };

  const std::string limits = "Heuristics.Limits.Exceeded";
  const Row rows[] = {
      {"too many files", limits + ".MaxFiles", "clean"},
      {"too large a file", limits + ".MaxFileSize", "clean"},
      {"too deep", limits + ".MaxRecursion", "clean"},
      {"no time is no answer", limits + ".MaxScanTime", "error"},
      {"nor is what does not say which", limits, "error"},
      {"a virus is one", "Win.EICAR_HDB-1", "Win.EICAR_HDB-1"},
      {"another alert as well",
       "Heuristics.Encrypted.Zip",
       "Heuristics.Encrypted.Zip"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const std::string reply = "1: stream: " + row.found + " FOUND";
    CHECK(wordFor(parseClamdReply(reply, 1)) == row.found);
    CHECK(wordFor(parseClamdReply(reply, 1, OverLimits::Noted)) == row.noted);
  }
  const auto noted = parseClamdReply(
      "1: stream: " + limits + ".MaxFiles FOUND", 1, OverLimits::Noted);
  REQUIRE(noted);
  CHECK(noted->note == "not all of it was scanned: MaxFiles");
  const auto odd = parseClamdReply(
      "1: stream: " + limits + "\xe2\x80\xbb FOUND", 1, OverLimits::Noted);
  REQUIRE(odd);
  CHECK(odd->note == printable(odd->note));
}

TEST_CASE("clamd's version") {
  const auto full =
      parseClamdVersion("ClamAV 1.4.6/27500/Mon Nov 23 09:12:01 2026\n");
  REQUIRE(full);
  CHECK(full->engine == "1.4.6");
  CHECK(full->database == "27500");
  CHECK(full->date == "Mon Nov 23 09:12:01 2026");
  const auto bare = parseClamdVersion("ClamAV 1.4.6");
  REQUIRE(bare);
  CHECK(bare->engine == "1.4.6");
  CHECK(bare->database.empty());
  CHECK_FALSE(parseClamdVersion("hello"));
}

TEST_CASE("Clamd: one connection carries many messages") {
  const EngineDouble engine(behaveAsClamd);
  Clamd clamd(engine.endpoint(), 4);
  for (int i = 0; i < 3; ++i) {
    CHECK(wordFor(scanWhole(clamd, "a letter", within(10s))) == "clean");
    CHECK(wordFor(scanWhole(clamd, "an EICAR", within(10s))) == "Eicar-Test");
  }
  CHECK(wordFor(scanWhole(clamd, "", within(10s))) == "clean");
  CHECK(engine.connections() == 1);
}

TEST_CASE("Clamd: a message given in pieces arrives whole, whatever its size") {
  for (const std::size_t size : {std::size_t{10}, std::size_t{3} << 20U}) {
    CAPTURE(size);
    const EngineDouble engine(behaveAsClamd);
    Clamd clamd(engine.endpoint(), 1);
    std::string message(size, 'x');
    message.replace(size / 2 - 3, 5, "EICAR");
    const auto scan = clamd.begin();
    for (std::size_t at = 0; at < size; at += 65535)
      scan->bytes(std::string_view(message).substr(at, 65535));
    scan->complete(message);
    CHECK(wordFor(scan->answer(within(20s))) == "Eicar-Test");
  }
}

TEST_CASE("Clamd: a session that clamd closed meanwhile is opened anew") {
  std::atomic<int> served = 0;
  const EngineDouble engine([&served](Peer& peer) {
    if (peer.readUntil("zINSTREAM" + kNul) && readInstream(peer))
      peer.say("1: stream: OK" + kNul);
    if (++served > 1) return;
    // Dies of the second message, when a part of it is there.
    (void)peer.read(20);
    peer.close();
  });
  Clamd clamd(engine.endpoint(), 1);
  CHECK(wordFor(scanWhole(clamd, "one", within(10s))) == "clean");
  CHECK(wordFor(scanWhole(clamd, std::string(100000, 'x'), within(10s))) ==
        "clean");
  CHECK(engine.connections() == 2);
}

TEST_CASE("Clamd: no more scans at once than allowed, and they take turns") {
  std::atomic<int> asked = 0;
  std::atomic<bool> answers = false;
  const EngineDouble engine([&](Peer& peer) {
    (void)peer.readUntil("zINSTREAM" + kNul);
    (void)readInstream(peer);
    ++asked;
    while (!answers) std::this_thread::yield();
    peer.say("1: stream: OK" + kNul);
    peer.silence();
  });
  Clamd clamd(engine.endpoint(), 1);
  std::jthread first([&clamd] {
    CHECK(wordFor(scanWhole(clamd, "one", within(20s))) == "clean");
  });
  while (asked == 0) std::this_thread::yield();
  CHECK(wordFor(scanWhole(clamd, "two", within(30ms))) == "error");
  CHECK(asked == 1);
  answers = true;
  first.join();
}

TEST_CASE("Clamd: slow senders keep nobody from being scanned") {
  const EngineDouble engine(behaveAsClamd);
  Clamd clamd(engine.endpoint(), 1);
  const auto slow = clamd.begin();
  slow->bytes("Subject: ");
  const auto alsoSlow = clamd.begin();
  alsoSlow->bytes("Subject: ");
  CHECK(wordFor(scanWhole(clamd, "an EICAR", within(10s))) == "Eicar-Test");
  slow->bytes("EICAR");
  slow->complete("Subject: EICAR");
  CHECK(wordFor(slow->answer(within(10s))) == "Eicar-Test");
  alsoSlow->complete("Subject: hello");
  CHECK(wordFor(alsoSlow->answer(within(10s))) == "clean");
}

TEST_CASE("Clamd: its limit on size is an answer, although it hangs up") {
  const EngineDouble engine([](Peer& peer) {
    (void)peer.readUntil("zINSTREAM" + kNul);
    (void)peer.read(100000);
    peer.say("1: INSTREAM size limit exceeded. ERROR" + kNul);
  });
  Clamd clamd(engine.endpoint(), 1);
  const std::string large(std::size_t{4} << 20U, 'x');
  CHECK(wordFor(scanWhole(clamd, large, within(10s))) == "too large");
}

TEST_CASE("Clamd: no fault of the engine is ever a clean message") {
  const std::vector<std::pair<std::string, EngineDouble::Behaviour>> faults = {
      {"it hangs up at once", [](Peer& peer) { peer.close(); }},
      {"it never answers", [](Peer& peer) { peer.silence(); }},
      {"it answers nonsense",
       [](Peer& peer) {
         (void)peer.readUntil("zINSTREAM" + kNul);
         peer.say("HTTP/1.1 200 OK\r\n\r\n" + kNul);
         peer.silence();
       }},
      {"it answers before it was asked, twice",
       [](Peer& peer) {
         peer.say("1: stream: OK" + kNul + "2: stream: OK" + kNul);
         peer.silence();
       }},
      {"its answer has no end",
       [](Peer& peer) {
         peer.say(std::string(8192, 'x'));
         peer.silence();
       }},
      {"it stops in the middle of an answer", [](Peer& peer) {
         (void)peer.readUntil("zINSTREAM" + kNul);
         (void)readInstream(peer);
         peer.say("1: stream: O");
         peer.close();
       }}};
  for (const auto& [label, behaviour] : faults) {
    CAPTURE(label);
    const EngineDouble engine(behaviour);
    Clamd clamd(engine.endpoint(), 1);
    CHECK(wordFor(scanWhole(clamd, "a letter", within(150ms))) == "error");
  }
  const Scratch nobody;
  Clamd dead({nobody.path / "none", {}, 0}, 1);
  CHECK(wordFor(scanWhole(dead, "a letter", within(150ms))) == "error");
}

TEST_CASE("askClamd: one command, its answer") {
  const EngineDouble engine([](Peer& peer) {
    if (peer.readUntil("\n") == "nVERSION\n") peer.say("ClamAV 1.4.6\n");
    peer.close();
  });
  const auto answer = askClamd(engine.endpoint(), "VERSION", within(10s));
  REQUIRE(answer);
  CHECK(*answer == "ClamAV 1.4.6");
}

}  // namespace mailreeve::scan
