#include "mgmtd/keys/opendkim_tables.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "core/base/text.h"

namespace mailreeve::keys {

namespace {

constexpr std::size_t kMostRows = 100'000;
constexpr std::string_view kBlank = " \t";

// The two words of each line that has any, with its number.
void eachPair(
    std::string_view text,
    std::vector<TableProblem>& problems,
    const std::function<void(std::size_t, std::string_view, std::string_view)>&
        take) {
  std::size_t number = 0;
  std::size_t rows = 0;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trim(raw.substr(0, raw.find('#')));
    if (line.empty()) continue;
    if (++rows > kMostRows) {
      problems.push_back({number, "more rows than anybody has"});
      return;
    }
    const auto gap = line.find_first_of(kBlank);
    if (gap == std::string_view::npos) {
      problems.push_back({number, "there must be two words"});
      continue;
    }
    take(number, line.substr(0, gap), trim(line.substr(gap)));
  }
}

std::string domainPart(std::string_view pattern) {
  const auto at = pattern.rfind('@');
  return lower(at == std::string_view::npos ? pattern : pattern.substr(at + 1));
}

// The author before the @, when the pattern names one.
std::string authorPart(std::string_view pattern) {
  const auto at = pattern.rfind('@');
  if (at == std::string_view::npos) return "";
  const auto local = pattern.substr(0, at);
  return local == "*" ? "" : std::string(local);
}

bool isOurs(const std::string& domain,
            const std::vector<std::string>& domains) {
  return std::find(domains.begin(), domains.end(), domain) != domains.end();
}

bool isBelow(std::string_view domain, std::string_view parent) {
  return domain == parent ||
         (domain.size() > parent.size() &&
          domain.substr(domain.size() - parent.size()) == parent &&
          domain[domain.size() - parent.size() - 1] == '.');
}

// What this key did that it will do no more, or does more than before.
void compare(PlannedKey& planned,
             const SigningTableRow& row,
             const std::vector<std::string>& domains) {
  const std::string line = "SigningTable line " + std::to_string(row.line);
  if (const auto author = authorPart(row.pattern); !author.empty())
    planned.notes.push_back(line + " is for " + printable(row.pattern) +
                            " alone; here the whole domain signs with it");
  for (const auto& domain : domains)
    if (concerns(row.pattern, domain) && !isBelow(domain, planned.domain))
      planned.notes.push_back(
          line + " signs mail of " + domain + " as " + planned.domain +
          ", which no receiver takes for its author; give " + domain +
          " keys of its own");
}

void planRow(const KeyTableRow& key,
             const std::vector<const SigningTableRow*>& uses,
             const std::vector<std::string>& domains,
             std::vector<PlannedKey>& plan) {
  std::vector<std::string> targets;
  if (key.domain == "%") {
    for (const auto& domain : domains)
      if (std::any_of(uses.begin(), uses.end(), [&](const auto* use) {
            return concerns(use->pattern, domain);
          }))
        targets.push_back(domain);
  } else {
    targets.push_back(key.domain);
  }
  for (const auto& target : targets) {
    PlannedKey planned{target, key.selector, key.path, true, {}};
    if (!isOurs(target, domains)) {
      planned.usable = false;
      planned.notes.push_back(printable(target) +
                              " is no domain of the settings in force");
    } else if (uses.empty()) {
      planned.usable = false;
      planned.notes.emplace_back("no line of the SigningTable uses it");
    } else if (key.domain != "%") {
      for (const auto* use : uses) compare(planned, *use, domains);
    }
    plan.push_back(std::move(planned));
  }
}

}  // namespace

std::vector<KeyTableRow> readKeyTable(std::string_view text,
                                      std::vector<TableProblem>& problems) {
  std::vector<KeyTableRow> rows;
  eachPair(text, problems, [&](std::size_t line, auto name, auto value) {
    const auto first = value.find(':');
    const auto second =
        first == std::string_view::npos ? first : value.find(':', first + 1);
    if (second == std::string_view::npos) {
      problems.push_back({line, "must be NAME DOMAIN:SELECTOR:PATH"});
      return;
    }
    const auto path = value.substr(second + 1);
    if (!path.starts_with('/')) {
      problems.push_back({line, "the key must be the absolute path of a file"});
      return;
    }
    rows.push_back({line,
                    std::string(name),
                    lower(value.substr(0, first)),
                    lower(value.substr(first + 1, second - first - 1)),
                    std::string(path)});
  });
  return rows;
}

std::vector<SigningTableRow> readSigningTable(
    std::string_view text, std::vector<TableProblem>& problems) {
  std::vector<SigningTableRow> rows;
  eachPair(text, problems, [&](std::size_t line, auto pattern, auto key) {
    if (key.find_first_of(kBlank) != std::string_view::npos) {
      problems.push_back({line, "must be PATTERN NAME"});
      return;
    }
    rows.push_back({line, std::string(pattern), std::string(key)});
  });
  return rows;
}

bool concerns(std::string_view pattern, std::string_view domain) {
  const std::string part = domainPart(pattern);
  if (part.starts_with('.'))
    return domain.size() > part.size() && domain.ends_with(part);
  return matchesWildcard(part, domain);
}

std::vector<PlannedKey> planImport(const std::vector<KeyTableRow>& keys,
                                   const std::vector<SigningTableRow>& patterns,
                                   const std::vector<std::string>& domains) {
  std::unordered_map<std::string_view, std::vector<const SigningTableRow*>>
      uses;
  for (const auto& row : patterns) uses[row.key].push_back(&row);
  std::vector<PlannedKey> plan;
  for (const auto& key : keys) planRow(key, uses[key.name], domains, plan);
  return plan;
}

}  // namespace mailreeve::keys
