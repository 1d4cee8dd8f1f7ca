#include <algorithm>
#include <string>
#include <unordered_map>

#include "core/base/text.h"
#include "core/config/describe_content.h"
#include "core/content/type_group.h"
#include "core/pattern/pattern_set.h"

namespace mailreeve::config {

namespace {

std::string at(const std::string& key, std::size_t index) {
  return key + "[" + std::to_string(index) + "]";
}

template <class T>
void requireNames(const std::vector<T>& items,
                  const std::string& key,
                  const Report& report) {
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [first, fresh] = seen.emplace(lower(items[i].name), i);
    if (!fresh)
      report(at(key, i) + ".name",
             "\"" + items[i].name + "\" is the name of " +
                 at(key, first->second) + " already");
  }
}

bool isType(std::string_view text) {
  const auto& groups = content::typeGroups();
  return text.find('/') != std::string_view::npos ||
         std::find(groups.begin(), groups.end(), text) != groups.end();
}

bool asksForNothing(const AttachmentRule& rule) {
  return rule.names.empty() && rule.types.empty() && !rule.doubleExtension &&
         !rule.mismatch && rule.largerThan == 0;
}

void checkAttachmentRule(const AttachmentRule& rule,
                         const std::string& key,
                         const Report& report) {
  if (asksForNothing(rule))
    report(key,
           "needs names, types, double_extension, mismatch or larger_than");
  for (std::size_t i = 0; i < rule.types.size(); ++i)
    if (!isType(rule.types[i]))
      report(at(key + ".types", i),
             "\"" + rule.types[i] +
                 "\" is neither a group of types nor a media type");
  for (std::size_t i = 0; i < rule.names.size(); ++i)
    if (trim(rule.names[i]).empty())
      report(at(key + ".names", i), "must not be empty");
}

bool isFieldName(std::string_view name) {
  return !name.empty() && name.size() <= 100 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c > 32 && c < 127 && c != ':';
         });
}

void checkContentRule(const ContentRule& rule,
                      const std::string& key,
                      const Report& report) {
  const bool header = rule.target == RuleTarget::Header;
  if (header && !isFieldName(rule.header))
    report(key + ".header", "must name a header field, such as X-Mailer");
  if (!header && !rule.header.empty())
    report(key + ".header", "is only for target: header");
  if (trim(rule.pattern).empty()) {
    report(key + ".pattern", "must not be empty");
    return;
  }
  if (rule.relation != RuleRelation::Regex) return;
  if (auto wrong = pattern::checkPattern(rule.pattern); !wrong.empty())
    report(key + ".pattern", std::move(wrong));
}

}  // namespace

void validateContent(const Settings& settings, const Report& report) {
  const auto& files = settings.attachments.rules;
  requireNames(files, "attachments.rules", report);
  for (std::size_t i = 0; i < files.size(); ++i)
    checkAttachmentRule(files[i], at("attachments.rules", i), report);
  const auto& words = settings.contentRules.rules;
  requireNames(words, "content_rules.rules", report);
  for (std::size_t i = 0; i < words.size(); ++i)
    checkContentRule(words[i], at("content_rules.rules", i), report);
}

}  // namespace mailreeve::config
