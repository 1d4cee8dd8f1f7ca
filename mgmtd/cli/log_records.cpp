// mgmtctl log mail, mgmtctl log security: what was received, sent and refused.
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "core/store/mail_log_query.h"
#include "core/store/security_type.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/csv.h"
#include "mgmtd/cli/search.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using nlohmann::json;

// One of the two logs: its verb, its options and what it shows.
struct Kind {
  struct Criterion {
    const char* option;
    const char* key;
    std::string help;
  };

  const char* name;
  const char* verb;
  const char* help;
  std::vector<Criterion> criteria;
  std::vector<const char*> shown;     // Of each record, on a terminal.
  std::vector<const char*> exported;  // As CSV, after the time.
};

const Kind& mailKind() {
  static const Kind kind{
      "mail",
      "mail_log",
      "Messages received, sent and failed, by recipient",
      {{"--from", "sender", "Sender, with `*`"},
       {"--to", "recipient", "Recipient as it was addressed, with `*`"},
       {"--subject", "subject", "Subject, with `*`"},
       {"--message-id", "message_id", "Message id, with `*`"},
       {"--queue-id", "queue_id", "Postfix's queue id"},
       {"--status",
        "status",
        "What became of it: " + std::string(store::kStatusNames) +
            " (received from a user of this system)"},
       {"--text", "text", "Part of message id, sender, recipient or subject"}},
      {"status", "queue_id", "sender", "recipient", "size", "subject"},
      {"message_id",
       "sender",
       "recipient",
       "subject",
       "size",
       "status",
       "queue_id",
       "trace_code",
       "client",
       "login",
       "attempts",
       "relay",
       "detail"}};
  return kind;
}

const Kind& securityKind() {
  static const Kind kind{
      "security",
      "security_log",
      "What was refused, discarded, quarantined or marked, and why",
      {{"--type",
        "type",
        "What it was found to be: " + store::securityTypeNames()},
       {"--source", "source", "Address of the client, with `*`"},
       {"--from", "sender", "Sender, with `*`"},
       {"--to", "recipient", "Recipient, with `*`"},
       {"--subject", "subject", "Subject, with `*`"},
       {"--event", "event", "What was found, with `*`"},
       {"--text",
        "text",
        "Part of source, sender, recipient, subject or event"}},
      {"type", "verdict", "source", "sender", "recipient", "event"},
      {"source",
       "sender",
       "recipient",
       "subject",
       "type",
       "event",
       "verdict",
       "program",
       "queue_id",
       "trace_code"}};
  return kind;
}

struct Options {
  std::vector<std::string> criteria;  // In the kind's order.
  std::string since;
  std::string until;
  std::int64_t limit = 100;
  bool csv = false;
};

std::string cell(const json& record, const char* key) {
  const auto found = record.find(key);
  if (found == record.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Result<json> requestOf(const Kind& kind, const Options& options) {
  json request{{"do", kind.verb}};
  for (std::size_t i = 0; i < kind.criteria.size(); ++i)
    request[kind.criteria[i].key] = options.criteria[i];
  auto added = addPeriod(request, options.since, options.until);
  if (!added) return std::move(added).error();
  return request;
}

// The newest `limit` records, the oldest of them first.
Result<std::vector<json>> newest(Management& management,
                                 json request,
                                 std::int64_t limit) {
  auto records = askPages(management, std::move(request), "records", limit);
  if (records) std::reverse(records->begin(), records->end());
  return records;
}

void printCsv(const Kind& kind, const std::vector<json>& records) {
  std::vector<std::string> line{"time"};
  line.insert(line.end(), kind.exported.begin(), kind.exported.end());
  std::cout << csvLine(line);
  for (const auto& record : records) {
    line = {cell(record, "time")};
    for (const char* key : kind.exported)
      line.push_back(printable(cell(record, key)));
    std::cout << csvLine(line);
  }
}

void printTable(const Kind& kind, const std::vector<json>& records) {
  std::vector<std::string> headings{"TIME"};
  for (const char* key : kind.shown) {
    std::string heading = replaceAll(key, "_", " ");
    for (char& c : heading)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    headings.push_back(std::move(heading));
  }
  Table table(std::move(headings));
  for (const auto& record : records) {
    std::vector<std::string> cells{
        localText(fromMilliseconds(record["time_ms"].get<std::int64_t>()))};
    for (const char* key : kind.shown) {
      auto text = cell(record, key);
      cells.push_back(text.empty() ? "-" : std::move(text));
    }
    table.add(cells);
  }
  std::cout << table.text();
}

Exit show(const Context& context, const Kind& kind, const Options& options) {
  auto request = requestOf(kind, options);
  if (!request) return fail(context, request.error());
  Management management(context);
  auto records = newest(management, std::move(*request), options.limit);
  if (!records) return fail(context, records.error());
  const auto unknown = askUnknown(management);
  if (!unknown) return fail(context, unknown.error());
  if (context.json)
    printJson(context,
              {{"records", std::move(*records)}, {"unknown", *unknown}});
  else if (options.csv)
    printCsv(kind, *records);
  else
    printTable(kind, *records);
  if (!context.json) tellUnknown(*unknown);
  return Exit::Done;
}

void addKind(CLI::App& log, Context& context, const Kind& kind) {
  CLI::App* command = log.add_subcommand(kind.name, kind.help);
  const auto options = std::make_shared<Options>();
  options->criteria.resize(kind.criteria.size());
  for (std::size_t i = 0; i < kind.criteria.size(); ++i) {
    const auto& criterion = kind.criteria[i];
    command->add_option(criterion.option, options->criteria[i], criterion.help);
  }
  command->add_option("--since", options->since, "From this time on")
      ->type_name("TIME");
  command->add_option("--until", options->until, "Before this time")
      ->type_name("TIME");
  command->add_option("--limit", options->limit, "At most so many, the newest")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_flag("--csv", options->csv, "As comma-separated values");
  command->callback([&context, &kind, options] {
    context.run = [&context, &kind, options] {
      return show(context, kind, *options);
    };
  });
}

}  // namespace

void addLogRecords(CLI::App& log, Context& context) {
  addKind(log, context, mailKind());
  addKind(log, context, securityKind());
}

}  // namespace mailreeve::cli
