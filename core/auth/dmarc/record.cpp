#include "core/auth/dmarc/record.h"

#include <utility>

#include "core/base/text.h"

namespace mailreeve::dmarc {

namespace {

constexpr std::size_t kMaxReceivers = 10;
constexpr std::size_t kMaxTags = 64;

using Tags = std::vector<std::pair<std::string, std::string_view>>;

std::pair<std::string_view, std::string_view> splitTag(std::string_view tag) {
  const auto equals = tag.find('=');
  if (equals == std::string_view::npos) return {};
  return {trim(tag.substr(0, equals)), trim(tag.substr(equals + 1))};
}

// The first of a name counts; what is no tag does not.
Tags readTags(std::string_view text) {
  Tags tags;
  for (const auto part : split(text, ';')) {
    const auto [name, value] = splitTag(part);
    if (!name.empty() && tags.size() < kMaxTags)
      tags.emplace_back(lower(name), value);
  }
  return tags;
}

std::optional<std::string_view> find(const Tags& tags, std::string_view name) {
  for (const auto& [known, value] : tags)
    if (known == name) return value;
  return std::nullopt;
}

bool is(const Tags& tags, std::string_view name, std::string_view value) {
  return equalsIgnoringCase(find(tags, name).value_or(""), value);
}

std::optional<Policy> parsePolicy(std::optional<std::string_view> value) {
  for (const auto policy : {Policy::None, Policy::Quarantine, Policy::Reject})
    if (value && equalsIgnoringCase(*value, describe(policy))) return policy;
  return std::nullopt;
}

// "mailto:a@example.com!10m, mailto:b@example.com": the addresses. The size
// behind "!" is history (RFC 9990).
std::vector<std::string> readReceivers(std::optional<std::string_view> value) {
  constexpr std::string_view kScheme = "mailto:";
  std::vector<std::string> out;
  for (const auto part : split(value.value_or(""), ',')) {
    auto uri = trim(part);
    if (!startsWithIgnoringCase(uri, kScheme)) continue;
    uri = uri.substr(kScheme.size());
    uri = uri.substr(0, uri.find('!'));
    const auto at = uri.find('@');
    const bool address = at != std::string_view::npos && at > 0 &&
                         at + 1 < uri.size() && printable(uri) == uri;
    if (address && out.size() < kMaxReceivers) out.emplace_back(uri);
  }
  return out;
}

// RFC 7489 section 6.6.3 step 6, RFC 9989 section 4.10.1: without a policy that
// can be read, who asks for reports gets "none", and others nothing.
void readPolicies(const Tags& tags, Record& record) {
  const auto given = [&tags](std::string_view name) {
    return find(tags, name).has_value();
  };
  record.policy = parsePolicy(find(tags, "p"));
  record.subdomains = parsePolicy(find(tags, "sp"));
  record.nonexistent = parsePolicy(find(tags, "np"));
  const bool readable = record.policy &&
                        given("sp") == record.subdomains.has_value() &&
                        given("np") == record.nonexistent.has_value();
  if (readable) return;
  record.policy.reset();
  record.subdomains.reset();
  record.nonexistent.reset();
  if (!record.aggregate.empty()) record.policy = Policy::None;
}

}  // namespace

std::string_view describe(Policy policy) {
  switch (policy) {
    case Policy::Reject:
      return "reject";
    case Policy::Quarantine:
      return "quarantine";
    case Policy::None:
      break;
  }
  return "none";
}

bool isRecord(std::string_view text) {
  return splitTag(text.substr(0, text.find(';'))) ==
         std::pair<std::string_view, std::string_view>("v", "DMARC1");
}

Record parseRecord(std::string_view text) {
  const auto tags = readTags(text);
  Record record;
  record.aggregate = readReceivers(find(tags, "rua"));
  record.failure = readReceivers(find(tags, "ruf"));
  readPolicies(tags, record);
  record.strictDkim = is(tags, "adkim", "s");
  record.strictSpf = is(tags, "aspf", "s");
  record.testing = is(tags, "t", "y");
  if (is(tags, "psd", "y")) record.suffix = Suffix::Yes;
  if (is(tags, "psd", "n")) record.suffix = Suffix::No;
  if (const auto percent = parseNumber(find(tags, "pct").value_or(""));
      percent && *percent <= 100)
    record.percent = static_cast<unsigned>(*percent);
  if (const auto options = find(tags, "fo"))
    record.failureOptions = printable(lower(options->substr(0, 20)));
  return record;
}

}  // namespace mailreeve::dmarc
