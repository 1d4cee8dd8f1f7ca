#include "mgmtd/cli/quarantine_words.h"

#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/mail/header_text.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

// What refused its release: null, or an object.
const json& inTheWay(const json& recipient) {
  static const json nothing;
  const auto found = recipient.find("in_the_way");
  return found == recipient.end() ? nothing : *found;
}

// "failed (content_rules)"
std::string stateOf(const json& recipient) {
  const auto& obstacle = inTheWay(recipient);
  std::string state = recipient["state"];
  return obstacle.is_null()
             ? state
             : state + " (" + obstacle["check"].get<std::string>() + ")";
}

// "held", or "released 1, held 2" where recipients differ, and whether its
// sender asks for it.
std::string statesOf(const json& message) {
  std::map<std::string, int> counts;
  for (const auto& one : message["recipients"]) counts[stateOf(one)] += 1;
  std::string out;
  for (const auto& [state, count] : counts)
    out += (out.empty() ? "" : ", ") + state +
           (counts.size() == 1 ? "" : " " + std::to_string(count));
  return out + (message["requested_by"] == "" ? "" : ", asked for");
}

std::string toOf(const json& message) {
  const auto& recipients = message["recipients"];
  if (recipients.empty()) return "-";
  const auto total = message["recipients_total"].get<std::size_t>();
  std::string first = recipients[0]["address"];
  return total > 1 ? first + " +" + std::to_string(total - 1) : first;
}

std::string orDash(const std::string& text) {
  return text.empty() ? "-" : text;
}

void printFields(const json& m) {
  for (const auto& [label, key] : {std::pair{"id", "id"},
                                   {"held by", "step"},
                                   {"found", "found"},
                                   {"reason", "reason"},
                                   {"kind", "kind"},
                                   {"sender", "sender"},
                                   {"from", "from"},
                                   {"subject", "subject"},
                                   {"message id", "message_id"},
                                   {"client", "client"},
                                   {"helo", "helo"},
                                   {"login", "login"},
                                   {"sha256", "sha256"},
                                   {"generation", "generation"},
                                   {"queue id", "queue_id"},
                                   {"trace code", "trace_code"}})
    std::cout << label << ": "
              << mail::readableHeader(m[key].get<std::string>()) << '\n';
  std::cout << "received: " << shownTime(m["received"])
            << "\nsize: " << m["size"] << '\n';
  if (const std::string by = m["requested_by"]; !by.empty())
    std::cout << "release asked for by: " << printable(by) << ", "
              << shownTime(m["requested"]) << '\n';
}

// What was waived, and what stood in the way all the same: " --also-waive dmarc
// --also-waive spam". Empty when that is not to be waived.
std::string waivers(const json& recipient) {
  const std::string last = inTheWay(recipient)["waive_as"];
  if (last.empty()) return "";
  std::string out;
  for (const auto& name : recipient["also_waived"])
    out += " --also-waive " + name.get<std::string>();
  return out + " --also-waive " + last;
}

// What stands in the way of a release, once for all whom it concerns alike, and
// what may be done about it.
void printObstacles(const json& message) {
  // What, and the options for it: two that the same holds up may have got past
  // different things before.
  std::set<std::pair<std::string, std::string>> told;
  for (const auto& one : message["recipients"]) {
    const auto& obstacle = inTheWay(one);
    if (obstacle.is_null()) continue;
    told.emplace("in the way: " + obstacle["check"].get<std::string>() + ": " +
                     obstacle["reason"].get<std::string>(),
                 waivers(one));
  }
  for (const auto& [what, options] : told)
    std::cout << printable(what) << '\n'
              << (options.empty()
                      ? std::string("  which no release waives")
                      : "  to waive that as well: mgmtctl quarantine release " +
                            message["id"].get<std::string>() + options)
              << '\n';
}

// Done when every recipient has it; a wait is told, and no failure.
Exit tellRelease(const Context& context, const json& answer) {
  bool failed = !answer.value("learned", true);
  for (const auto& one : answer["recipients"])
    failed = failed || one["state"] == "failed";
  if (context.json) {
    printJson(context, answer);
  } else if (!answer["begun"].get<bool>()) {
    std::cout << "noted; it is released when a second administrator asks for "
                 "it, too\n";
  } else {
    for (const auto& one : answer["recipients"])
      std::cout << printable(one["address"].get<std::string>()) << ": "
                << one["state"].get<std::string>() << ": "
                << printable(one["answer"].get<std::string>()) << '\n';
    printObstacles(answer);
    if (answer.contains("learned"))
      std::cout << (answer["learned"].get<bool>()
                        ? std::string("learned as no spam")
                        : "not learned: " + answer.value("problem", ""))
                << '\n';
  }
  return failed ? Exit::Failed : Exit::Done;
}

}  // namespace

std::string tableOf(const json& messages) {
  Table table(
      {"ID", "RECEIVED", "STATE", "STEP", "FOUND", "FROM", "TO", "SUBJECT"});
  for (const auto& m : messages)
    table.add({m["id"],
               shownTime(m["received"]),
               statesOf(m),
               m["step"],
               orDash(m["found"]),
               "<" + m["sender"].get<std::string>() + ">",
               toOf(m),
               mail::readableHeader(m["subject"].get<std::string>())});
  return table.text();
}

void printHeld(const json& message) {
  printFields(message);
  std::cout << '\n';
  Table table(
      {"RECIPIENT", "AS", "STATE", "SINCE", "BY", "ALSO WAIVED", "ANSWER"});
  for (const auto& one : message["recipients"])
    table.add(
        {one["address"],
         one["original"],
         one["state"],
         shownTime(one["changed"]),
         orDash(one["by"]),
         orDash(join(one["also_waived"].get<std::vector<std::string>>(), ", ")),
         orDash(one["answer"])});
  std::cout << table.text();
  printObstacles(message);
}

Exit tellFollowed(const Context& context, const json& answer) {
  const std::string action = answer.value("action", "release");
  if (action == "release") return tellRelease(context, answer);
  if (context.json)
    printJson(context, answer);
  else
    std::cout << (action == "delete" ? "deleted for " : "asked for by ")
              << answer["mailbox"].get<std::string>() << '\n';
  return Exit::Done;
}

}  // namespace mailreeve::cli
