#include "core/auth/results/read.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dns/name.h"

namespace mailreeve::results {

namespace {

constexpr std::size_t kMaxResults = 100;

// The value without comments, split at its semicolons; quoted text without its
// quotes, in which a semicolon is no end. Nothing when a quote or a comment
// does not end.
std::optional<std::vector<std::string>> splitParts(std::string_view value) {
  std::vector<std::string> parts(1);
  std::size_t comments = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && (quoted || comments > 0)) {
      if (quoted && i + 1 < value.size()) parts.back() += value[i + 1];
      ++i;
    } else if (comments > 0) {
      if (c == '(') ++comments;
      if (c == ')' && --comments == 0) parts.back() += ' ';
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted) {
      parts.back() += c;
    } else if (c == '(') {
      ++comments;
    } else if (c == ';') {
      parts.emplace_back();
    } else {
      parts.back() += c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
    }
  }
  if (quoted || comments > 0) return std::nullopt;
  return parts;
}

// "mx.example.org", or "mx.example.org 1".
std::optional<std::string> readId(std::string_view part) {
  part = trim(part);
  const auto end = std::min(part.find(' '), part.size());
  const auto version = trim(part.substr(end));
  const auto id = part.substr(0, end);
  if (id.empty() || id.find('=') != std::string_view::npos ||
      (!version.empty() && !parseNumber(version)))
    return std::nullopt;
  return dns::nameKey(id);
}

// "spf=pass ...", "spf/1 = pass ...".
std::optional<std::pair<std::string, std::string>> readMethod(
    std::string_view part) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto method = trim(part.substr(0, equals));
  method = trim(method.substr(0, method.find('/')));
  auto result = trim(part.substr(equals + 1));
  result = result.substr(0, result.find(' '));
  if (method.empty() || result.empty() ||
      method.find(' ') != std::string_view::npos)
    return std::nullopt;
  return std::pair(lower(method), lower(result));
}

// Also "mx.example.org/1": to some it is our name and a version.
bool isForged(std::string_view value, const std::string& ours) {
  if (const auto results = readResults(value)) {
    const auto& id = results->authservId;
    return id == ours || (id.starts_with(ours) && id[ours.size()] == '/');
  }
  return lower(value).find(ours) != std::string::npos;
}

}  // namespace

bool Results::says(std::string_view method, std::string_view result) const {
  bool any = false;
  for (const auto& [name, said] : methods) {
    if (name != method) continue;
    if (said != result) return false;
    any = true;
  }
  return any;
}

std::optional<Results> readResults(std::string_view value) {
  const auto parts = splitParts(value);
  if (!parts) return std::nullopt;
  auto id = readId(parts->front());
  if (!id) return std::nullopt;
  Results results{.authservId = *std::move(id)};
  for (std::size_t i = 1; i < std::min(parts->size(), kMaxResults + 1); ++i)
    if (auto method = readMethod((*parts)[i]))
      results.methods.push_back(*std::move(method));
  return results;
}

std::vector<std::size_t> forgedResults(const auth::MessageView& message,
                                       std::string_view authservId) {
  const std::string ours = dns::nameKey(authservId);
  std::vector<std::size_t> forged;
  std::size_t number = 0;
  for (const auto& field : message.fields) {
    if (!equalsIgnoringCase(field.name, "Authentication-Results")) continue;
    ++number;
    if (isForged(field.value(), ours)) forged.push_back(number);
  }
  return forged;
}

bool vouchesForDmarc(const arc::Finding& chain,
                     const std::vector<std::string>& trusted) {
  if (chain.outcome != dkim::Outcome::Pass || !chain.authorSigned) return false;
  for (auto hop = chain.hops.rbegin(); hop != chain.hops.rend(); ++hop) {
    if (std::find(trusted.begin(), trusted.end(), hop->sealer) == trusted.end())
      return false;
    const auto results = readResults(hop->results);
    if (results && results->says("dmarc", "pass")) return true;
  }
  return false;
}

}  // namespace mailreeve::results
