#include "core/store/waiver.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace mailreeve::store {

namespace {

constexpr std::array<WaivableCheck, 9> kChecks = {
    {{"dkim", 'k', HeldKind::Authentication},
     {"dmarc", 'd', HeldKind::Authentication},
     {"spf", 'f', HeldKind::Authentication},
     {"attachment_filter", 'a', HeldKind::Content},
     {"structure", 't', HeldKind::Content},
     {"content_scan", 'h', HeldKind::Content},
     {kUnscanned, 'u', HeldKind::Virus},
     {"spam", 's', HeldKind::Spam},
     {"content_rules", 'c', HeldKind::Content}}};

Error notWaivable(const std::string& name) {
  if (kindOfStep(name) == HeldKind::Virus || name == "virus")
    return {ErrorCode::Invalid, "a virus is never waived"};
  std::vector<std::string> known;
  for (const auto& check : kChecks) known.emplace_back(check.name);
  return {ErrorCode::Invalid,
          "there is nothing to be waived of " + printable(name) +
              "; of these there is: " + join(known, ", ")};
}

}  // namespace

const WaivableCheck* waivableCheck(std::string_view name) {
  const auto* const found =
      std::find_if(kChecks.begin(), kChecks.end(), [&](const auto& check) {
        return check.name == name;
      });
  return found == kChecks.end() ? nullptr : found;
}

std::string waivableFor(std::string_view step, std::string_view found) {
  if (step == "strip_attachments") return "attachment_filter";
  if (step == "html_to_text" || step == "disarm") return "content_scan";
  if (step == "antivirus" && found == kTooLargeToScan) return kUnscanned;
  return waivableCheck(step) == nullptr ? "" : std::string(step);
}

Result<std::vector<std::string>> alsoWaived(
    const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (waivableCheck(name) == nullptr) return notWaivable(name);
  std::vector<std::string> ordered;
  for (const auto& check : kChecks)
    if (std::find(names.begin(), names.end(), check.name) != names.end())
      ordered.emplace_back(check.name);
  return ordered;
}

std::string lettersOf(const std::vector<std::string>& names) {
  std::string letters;
  for (const auto& name : names)
    if (const auto* check = waivableCheck(name)) letters += check->letter;
  return letters;
}

std::optional<std::vector<std::string>> fromLetters(std::string_view letters) {
  std::vector<std::string> names;
  for (const auto& check : kChecks)
    if (letters.find(check.letter) != std::string_view::npos)
      names.emplace_back(check.name);
  if (lettersOf(names) != letters) return std::nullopt;
  return names;
}

}  // namespace mailreeve::store
