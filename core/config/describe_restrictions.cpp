#include "core/config/describe_restrictions.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

constexpr Range kConnections{0, 10'000};
constexpr Range kPerMinute{0, 1'000'000};

void describeSender(Fields& f, Restrictions& r) {
  f.boolean({"reject_non_fqdn_sender",
             "Refuse a MAIL FROM whose domain is no full name.",
             "B15"},
            r.nonFqdnSender);
  f.boolean({"reject_unknown_sender_domain",
             "Refuse a MAIL FROM whose domain has neither MX nor address "
             "record: no answer could reach it.",
             "B15"},
            r.unknownSenderDomain);
}

void describeClient(Fields& f, Restrictions& r) {
  choiceOf(f,
           {"client_name",
            "Whose clients are heard: any; reverse wants a name for the "
            "address; verified also that the name leads back to it.",
            "B16"},
           r.clientName,
           {"any", "reverse", "verified"});
  f.integer(
      {"max_connections",
       "Connections of one client at the same time, on each port; 0 is no "
       "limit.",
       "B16"},
      r.connections,
      kConnections);
  f.integer({"max_connections_per_minute",
             "New connections of one client a minute on the smtp port; 0 is no "
             "limit.",
             "B16"},
            r.connectionsPerMinute,
            kPerMinute);
  f.integer({"max_messages_per_minute",
             "Messages of one client a minute on the smtp port; 0 is no limit.",
             "B16"},
            r.messagesPerMinute,
            kPerMinute);
}

void describeAdvanced(Fields& f, Restrictions& r) {
  f.boolean({"reject_unauth_pipelining",
             "Refuse clients that send commands before they may.",
             "B17"},
            r.unauthPipelining);
  f.boolean({"helo_required", "Mail is taken after HELO or EHLO only.", "B17"},
            r.heloRequired);
  f.boolean({"reject_non_fqdn_helo",
             "Refuse clients whose HELO name is no full name or no name at "
             "all.",
             "B17"},
            r.nonFqdnHelo);
  f.boolean({"reject_unknown_helo",
             "Refuse clients whose HELO name has neither MX nor address "
             "record.",
             "B17"},
            r.unknownHelo);
  f.integer({"max_unknown_recipients",
             "Addresses that do not exist which one client may name in a day; "
             "then it is refused until the next. 0 is no limit.",
             "B17"},
            r.unknownRecipients,
            {0, 100'000});
  f.integer({"max_junk_commands",
             "Commands without effect (NOOP, VRFY, ETRN, RSET) that a session "
             "on the smtp port may give before each further one counts as an "
             "error; 100 on the others.",
             "B17"},
            r.junkCommands,
            {1, 10'000});
}

}  // namespace

void describe(Fields& f, Restrictions& r) {
  describeSender(f, r);
  describeClient(f, r);
  describeAdvanced(f, r);
}

}  // namespace mailreeve::config
