#include "core/config/describe_postscreen.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

void describeDnsList(Fields& f, DnsList& l) {
  f.text({"zone", "Where the list is asked.", "D8", true},
         l.zone,
         TextKind::Domain);
  f.text({"answer",
          "Which answers count, such as 127.0.0.2 or 127.0.0.[2..11]; without "
          "it, all.",
          "D8"},
         l.answer,
         TextKind::Free);
  f.integer({"score",
             "Points for a client that is listed; negative for lists of good "
             "clients.",
             "D8"},
            l.score,
            {-1000, 1000});
}

}  // namespace

void describe(Fields& f, Postscreen& p) {
  f.boolean({"enabled",
             "Test clients of the smtp port before they reach the mail server.",
             "D8"},
            p.enabled);
  f.boolean(
      {"pregreet", "Refuse clients that speak before they are greeted.", "D8"},
      p.pregreet);
  f.integer({"greet_wait_seconds",
             "How long an unknown client is made to wait for the greeting; DNS "
             "lists are asked meanwhile.",
             "D8"},
            p.greetWaitSeconds,
            {1, 30});
  f.integer({"threshold",
             "Points of all DNS lists together from which a client is refused.",
             "D8"},
            p.threshold,
            {1, 1000});
  listOf(f,
         {"dns_lists", "DNS lists of bad and of good clients.", "D8"},
         p.dnsLists,
         "DNS list",
         describeDnsList);
}

}  // namespace mailreeve::config
