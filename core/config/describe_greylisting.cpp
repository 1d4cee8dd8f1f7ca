#include "core/config/describe_greylisting.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

const std::vector<std::string_view>& actions() {
  static const std::vector<std::string_view> kNames{
      "allow", "greylist", "block"};
  return kNames;
}

void describeRule(Fields& f, GreylistRule& r) {
  f.text({"name", "Shown in traces.", "D9", true}, r.name, TextKind::Name);
  f.boolean({"enabled", "Whether the rule is in force.", "D9"}, r.enabled);
  f.text({"ip", "Address of the client.", "D9"}, r.ip, TextKind::Ip);
  f.text({"network", "Network of the client.", "D9"},
         r.network,
         TextKind::Network);
  f.text({"host",
          "Name of the client in the DNS, not its HELO; *.domain is every name "
          "below.",
          "D9"},
         r.host,
         TextKind::DomainPattern);
  choiceOf(f,
           {"action", "What to do with such clients.", "D9"},
           r.action,
           actions());
}

}  // namespace

void describe(Fields& f, Greylisting& g) {
  f.boolean({"enabled",
             "Ask unknown senders to come again later, as mail servers do and "
             "much spam software does not.",
             "D9"},
            g.enabled);
  choiceOf(
      f,
      {"default_action", "What to do where no rule names the client.", "D9"},
      g.defaultAction,
      actions());
  f.integer({"delay_seconds",
             "How long after the first attempt mail is taken.",
             "D9"},
            g.delaySeconds,
            {1, 86'400});
  f.integer({"retry_hours",
             "How long after the first attempt the retry must come.",
             "D9"},
            g.retryHours,
            {1, 720});
  f.integer({"keep_days",
             "How long who has passed is known, counted from the last "
             "message.",
             "D9"},
            g.keepDays,
            {1, 3650});
  f.integer({"auto_pass_after",
             "Senders of one origin that have passed before all of it does; 0 "
             "is never.",
             "D9"},
            g.autoPassAfter,
            {0, 10'000});
  f.integer({"max_records",
             "Most senders kept in mind; beyond, the longest waiting are "
             "forgotten first.",
             "D9"},
            g.mostRecords,
            {1000, 10'000'000});
  f.texts(
      {"dnswl", "DNS lists of known good clients, who need not wait.", "D9"},
      g.dnswl,
      TextKind::Domain);
  listOf(f,
         {"rules",
          "What to do with certain clients: address before network before "
          "host.",
          "D9"},
         g.rules,
         "greylisting rule",
         describeRule);
}

}  // namespace mailreeve::config
