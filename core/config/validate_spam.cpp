#include "core/config/validate_spam.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "core/mail/address.h"
#include "core/net/endpoint.h"

namespace mailreeve::config {

namespace {

constexpr std::uint16_t kSpamdPort = 783;

std::string at(const std::string& key, std::size_t index) {
  return key + "[" + std::to_string(index) + "]";
}

void checkServer(const Spam& spam, const Report& report) {
  if (!spam.server.empty())
    if (const auto read = net::Endpoint::parse(spam.server, kSpamdPort); !read)
      report("spam.server",
             "must be the path of a socket or IP:port, is \"" +
                 printable(spam.server) + "\"");
  const bool name = std::all_of(spam.user.begin(), spam.user.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           std::string_view("_-.@").find(c) != std::string_view::npos;
  });
  if (!name)
    report("spam.user",
           "must be the name of a user, is \"" + printable(spam.user) + "\"");
}

void checkThresholds(const Spam& spam, const Report& report) {
  if (spam.rejectAbove > Decimal() && spam.rejectAbove < spam.threshold)
    report("spam.reject_above",
           "must not be below spam.threshold (" + spam.threshold.text() +
               "), is " + spam.rejectAbove.text());
  if (spam.autoLearn.spamAbove < spam.threshold)
    report("spam.auto_learn.spam_above",
           "must not be below spam.threshold (" + spam.threshold.text() +
               "), is " + spam.autoLearn.spamAbove.text());
}

void checkFilters(const Spam& spam, const Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spam.filters.size(); ++i) {
    const auto& filter = spam.filters[i];
    const std::string key = at("spam.filters", i);
    if (filter.sender.empty() == filter.recipient.empty())
      report(key, "must have either sender or recipient");
    if (!names.insert(lower(filter.name)).second)
      report(key + ".name",
             "\"" + filter.name + "\" is the name of a filter already");
  }
}

void checkGroups(const Spam& spam, const Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spam.keywordGroups.size(); ++i) {
    const auto& group = spam.keywordGroups[i];
    if (!names.insert(lower(group.name)).second)
      report(at("spam.keyword_groups", i) + ".name",
             "\"" + group.name + "\" is the name of a group already");
  }
}

// What sa-update(1p) takes for a key, without its blanks.
bool isKey(std::string_view key) {
  return (key.size() == 8 || key.size() == 16 || key.size() == 40) &&
         key.find_first_not_of("0123456789ABCDEFabcdef") ==
             std::string_view::npos;
}

void checkChannels(const Spam& spam, const Report& report) {
  std::set<std::string> names = {"updates.spamassassin.org"};
  const auto& channels = spam.updates.channels;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::string key = at("spam.updates.channels", i);
    if (!names.insert(lower(channels[i].name)).second)
      report(key + ".name", "\"" + channels[i].name + "\" is fetched already");
    if (!isKey(channels[i].key))
      report(key + ".key",
             "must be 8, 16 or 40 hexadecimal digits, is \"" +
                 printable(channels[i].key) + "\"");
  }
}

// Mail::SpamAssassin::Conf::Parser cuts lines at any white space, takes a
// language's line for one without, and reads names of settings in any case,
// with - for _.
std::string settingOf(std::string_view line) {
  std::vector<std::string> words(1);
  for (const char c : line) {
    if (std::string_view(" \t\r\f\v").find(c) != std::string_view::npos)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase(words, "");
  const std::size_t first = !words.empty() && words[0] == "lang" ? 2 : 0;
  return first < words.size() ? replaceAll(lower(words[first]), "-", "_") : "";
}

// What would have spamd run code or use a file that no plan shows.
bool reachesOut(std::string_view line) {
  const std::string name = settingOf(line);
  for (const char* one : {"loadplugin", "tryplugin", "include", "file"})
    if (name == one) return true;
  for (const char* end : {"_path", "_factory", "_module", "_dsn"})
    if (name.ends_with(end)) return true;
  return false;
}

void checkRules(const Spam& spam, const Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spam.rules.size(); ++i) {
    const auto& rules = spam.rules[i];
    const std::string key = at("spam.rules", i);
    const bool plain =
        std::all_of(rules.name.begin(), rules.name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (c >= '0' && c <= '9') || c == '-' || c == '_';
        });
    if (!plain) report(key + ".name", "must be letters, digits, - and _ only");
    if (!names.insert(lower(rules.name)).second)
      report(key + ".name",
             "\"" + rules.name + "\" is the name of a rule file already");
    std::size_t number = 0;
    for (const auto line : split(rules.text, '\n')) {
      ++number;
      if (reachesOut(line))
        report(key + ".text",
               "line " + std::to_string(number) +
                   " loads code or another file, which rules of ours may not");
    }
  }
}

// Postfix has to take mail for the address, and nobody else may have it.
void checkReportAddress(const Settings& settings,
                        const std::string& address,
                        const std::string& key,
                        const Report& report) {
  if (address.empty()) return;
  const auto keyOf = [](std::string_view domain) {
    auto found = mail::domainKey(domain);
    return found ? *found : lower(domain);
  };
  const auto sign = address.rfind('@');
  if (sign == std::string::npos) return;
  const std::string local = lower(address.substr(0, sign));
  const std::string domain = keyOf(address.substr(sign + 1));
  const auto own = std::find_if(
      settings.domains.begin(), settings.domains.end(), [&](const auto& d) {
        return keyOf(d.name) == domain;
      });
  if (own == settings.domains.end()) {
    report(key, "must be an address in one of the domains, is " + address);
    return;
  }
  if (std::any_of(own->aliases.begin(), own->aliases.end(), [&](const auto& a) {
        return lower(a.name) == local;
      }))
    report(key, address + " is an alias already");
}

void checkReporting(const Settings& settings, const Report& report) {
  const auto& reporting = settings.spam.reporting;
  checkReportAddress(
      settings, reporting.spamAddress, "spam.reporting.spam_address", report);
  checkReportAddress(
      settings, reporting.hamAddress, "spam.reporting.ham_address", report);
  if (!reporting.spamAddress.empty() &&
      mail::addressKey(reporting.spamAddress) ==
          mail::addressKey(reporting.hamAddress))
    report("spam.reporting.ham_address",
           "must not be the same address as spam_address");
}

}  // namespace

void validateSpam(const Settings& settings, const Report& report) {
  const Spam& spam = settings.spam;
  checkServer(spam, report);
  checkThresholds(spam, report);
  checkFilters(spam, report);
  checkGroups(spam, report);
  checkChannels(spam, report);
  checkRules(spam, report);
  checkReporting(settings, report);
}

}  // namespace mailreeve::config
