#include "core/auth/results/write.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve::results {

namespace {

constexpr std::size_t kMaxLine = 76;
constexpr std::size_t kMaxValue = 255;

// RFC 2045 section 5.1, a token; and "@", which RFC 8601's pvalue adds.
bool isPlain(char c) {
  constexpr std::string_view kSpecials = "()<>,;:\\\"/[]?=";
  return c > 0x20 && c < 0x7f && kSpecials.find(c) == std::string_view::npos;
}

// As a token where it is one, else quoted; printable ASCII in any case.
std::string valueText(std::string_view value) {
  value = value.substr(0, kMaxValue);
  if (!value.empty() && std::all_of(value.begin(), value.end(), isPlain))
    return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return out + "\"";
}

// The words of one result, between which a line may be folded.
std::vector<std::string> wordsOf(const MethodResult& result) {
  std::vector<std::string> words = {result.method + "=" + result.result};
  if (!result.reason.empty())
    words.push_back("reason=" + valueText(result.reason));
  for (const auto& [name, value] : result.properties)
    if (!value.empty()) words.push_back(name + "=" + valueText(value));
  return words;
}

void addProperty(MethodResult& result, std::string name, std::string value) {
  result.properties.push_back({std::move(name), std::move(value)});
}

}  // namespace

MethodResult resultOf(const spf::Finding& finding) {
  MethodResult result{.method = "spf",
                      .result = std::string(describe(finding.outcome)),
                      .reason = finding.problem};
  addProperty(result,
              finding.heloJudged ? "smtp.helo" : "smtp.mailfrom",
              finding.domain);
  return result;
}

std::vector<MethodResult> resultsOf(
    const std::vector<dkim::Finding>& findings) {
  if (findings.empty()) return {{.method = "dkim", .result = "none"}};
  std::vector<MethodResult> out;
  for (const auto& finding : findings) {
    MethodResult result{.method = "dkim",
                        .result = std::string(describe(finding.outcome)),
                        .reason = finding.problem};
    addProperty(result, "header.d", finding.domain);
    addProperty(result, "header.s", finding.selector);
    addProperty(result, "header.a", finding.algorithm);
    addProperty(result, "header.b", finding.signatureHead);
    out.push_back(std::move(result));
  }
  return out;
}

std::vector<MethodResult> resultsOf(const arc::Finding& finding) {
  if (finding.outcome == dkim::Outcome::TempError) return {};
  return {{.method = "arc",
           .result = std::string(describe(finding.outcome)),
           .reason = finding.problem}};
}

MethodResult resultOf(const dmarc::Finding& finding) {
  MethodResult result{.method = "dmarc",
                      .result = std::string(describe(finding.outcome)),
                      .reason = finding.problem};
  addProperty(result, "header.from", finding.authorDomain);
  if (finding.outcome == dmarc::Outcome::Fail)
    addProperty(result, "policy.dmarc", std::string(describe(finding.applied)));
  return result;
}

std::string resultsText(std::string_view authservId,
                        const std::vector<MethodResult>& results) {
  std::string out = valueText(authservId);
  if (results.empty()) return out + "; none";
  for (const auto& result : results) out += "; " + join(wordsOf(result), " ");
  return out;
}

mail::Header resultsField(std::string_view authservId,
                          const std::vector<MethodResult>& results) {
  std::string value = " " + valueText(authservId) + ";";
  if (results.empty()) value += " none";
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::size_t column = kMaxLine;  // The first word begins a line.
    for (const auto& word : wordsOf(results[i])) {
      const bool fold = column + 1 + word.size() > kMaxLine;
      value += fold ? "\n\t" : " ";
      column = (fold ? 8 : column + 1) + word.size();
      value += word;
    }
    if (i + 1 < results.size()) value += ';';
  }
  return {"Authentication-Results", std::move(value)};
}

}  // namespace mailreeve::results
