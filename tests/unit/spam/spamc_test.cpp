// The protocol's text, both ways.
#include "core/spam/spamc.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::spam {

TEST_CASE("a request says what is asked, for whom and how much follows") {
  CHECK(*requestHead({Verb::Ping, "ignored"}, 0) == "PING SPAMC/1.5\r\n\r\n");
  CHECK(*requestHead({Verb::Symbols, "debian-spamd"}, 12) ==
        "SYMBOLS SPAMC/1.5\r\nUser: debian-spamd\r\n"
        "Content-length: 12\r\n\r\n");
  CHECK(*requestHead({Verb::Report}, 3) ==
        "REPORT SPAMC/1.5\r\nContent-length: 3\r\n\r\n");
  CHECK(*requestHead({Verb::Tell, "", Lesson::Ham}, 3) ==
        "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: local\r\n"
        "Content-length: 3\r\n\r\n");
  CHECK(*requestHead({Verb::Tell, "", Lesson::Forget}, 3) ==
        "TELL SPAMC/1.5\r\nRemove: local\r\nContent-length: 3\r\n\r\n");
  CHECK_FALSE(requestHead({Verb::Symbols, "a\r\nUser: root"}, 1));
  CHECK_FALSE(requestHead({Verb::Symbols, std::string(300, 'a')}, 1));
}

TEST_CASE("an answer is read, or it is an error that says what is wrong") {
  struct Row {
    std::string label;
    Verb verb;
    std::string bytes;
    std::string want;  // "score/threshold flags|body", or the error's text.
  };

  const Row rows[] = {
      {"the names of rules",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\n"
       "Spam: True ; 15.0 / 5.0\r\n\r\nA,B",
       "15/5 |A,B"},
      {"good mail has few points",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n"
       "Spam: False ; -1.2 / 5.0\r\n\r\n",
       "-1.2/5 |"},
      {"what follows the announced length is not the answer's",
       Verb::Report,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 2\r\nSpam: No ; 0 / 5\r\n\r\nokxx",
       "0/5 |ok"},
      {"an old spamd ends lines with LF and gives no length",
       Verb::Symbols,
       "SPAMD/1.0 0 EX_OK\nSpam: False ; 1.0 / 5.0\n\nA",
       "1/5 |A"},
      {"a lesson that was learned",
       Verb::Tell,
       "SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\n\r\n\r\n",
       "0/0 learned|\r\n"},
      {"a lesson that was known already",
       Verb::Tell,
       "SPAMD/1.1 0 EX_OK\r\n\r\n\r\n",
       "0/0 |\r\n"},
      {"what is forgotten",
       Verb::Tell,
       "SPAMD/1.1 0 EX_OK\r\nDidRemove: remote,local\r\n\r\n\r\n",
       "0/0 forgot|\r\n"},
      {"a sign of life", Verb::Ping, "SPAMD/1.5 0 PONG\r\n", "0/0 |"},
      {"it took too long",
       Verb::Symbols,
       "SPAMD/1.1 79 Timeout: (3 second timeout)\r\n",
       "spamd answers EX_TIMEOUT: Timeout: (3 second timeout)"},
      {"a code that has no name",
       Verb::Symbols,
       "SPAMD/1.1 123 what\r\n",
       "spamd answers status 123: what"},
      {"TELL is not allowed",
       Verb::Tell,
       "SPAMD/1.0 69 Service Unavailable: TELL commands are not enabled\r\n",
       "spamd answers EX_UNAVAILABLE: Service Unavailable: TELL commands are "
       "not enabled"},
      {"nothing at all", Verb::Symbols, "", "spamd closed without an answer"},
      {"half an answer",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: 9\r\n"
       "Spam: True ; 9.0 / 5.0\r\n\r\nA",
       "spamd broke off its answer"},
      {"the end comes before the score",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\n",
       "spamd answers nonsense: no score"},
      {"another protocol",
       Verb::Symbols,
       "HTTP/1.1 200 OK\r\n\r\n",
       "spamd answers nonsense: no status line"},
      {"a score that is none",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\nSpam: True ; nan / 5.0\r\n\r\n",
       "spamd answers nonsense: no score: True ; nan / 5.0"},
      {"a line without an end in sight",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\n" + std::string(2000, 'x') + "\r\n\r\n",
       "spamd answers nonsense: no header field"},
      {"more fields than anybody needs",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\n" +
           replaceAll(std::string(200, 'x'), "x", "a: b\r\n") +
           "Spam: True ; 9.0 / 5.0\r\n\r\n",
       "spamd answers nonsense: no header field"},
      {"a length that is none",
       Verb::Symbols,
       "SPAMD/1.1 0 EX_OK\r\nContent-length: -3\r\n\r\n",
       "spamd answers nonsense: no length"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto answer = parseAnswer(row.bytes, row.verb);
    if (!answer) {
      CHECK(answer.error().what == row.want);
      continue;
    }
    CHECK(answer->score.text() + "/" + answer->threshold.text() + " " +
              (answer->learned ? "learned" : "") +
              (answer->forgot ? "forgot" : "") + "|" + answer->body ==
          row.want);
  }
}

TEST_CASE("rules are named in two ways") {
  CHECK(join(ruleNames("GTUBE,NO_RELAYS, X_1\r\n"), " ") ==
        "GTUBE NO_RELAYS X_1");
  CHECK(ruleNames("").empty());
  CHECK(join(ruleNames("OK,<script>,a b"), " ") == "OK");
  const std::string report =
      "Content preview:  buy 5.0 OFF now\r\n\r\n"
      "Content analysis details:   (1000.4 points, 5.0 required)\r\n\r\n"
      " pts rule name              description\r\n"
      "---- ---------------------- ------------------------------------\r\n"
      "1000 GTUBE                  BODY: Generic Test for Unsolicited\r\n"
      "                            Bulk Email\r\n"
      "-0.0 NO_RELAYS              Informational: message was not\r\n"
      " 0.4 T_OWN                  own\r\n";
  CHECK(join(ruleNamesOfReport(report), " ") == "GTUBE NO_RELAYS T_OWN");
}

}  // namespace mailreeve::spam
