#include "core/store/security_type.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace mailreeve::store {

namespace {

using nlohmann::json;

constexpr std::array kTypes{
    SecurityType::Reject,
    SecurityType::Spam,
    SecurityType::Virus,
    SecurityType::Dnsbl,
    SecurityType::MaliciousContent,
    SecurityType::Attachment,
    SecurityType::BlockList,
    SecurityType::Spf,
    SecurityType::Dkim,
    SecurityType::Dmarc,
    SecurityType::DataProtection,
};

// By the names of milterd's checks and edits and policyd's rules.
constexpr std::array<std::pair<std::string_view, SecurityType>, 16> kSteps{{
    {"access_list", SecurityType::BlockList},
    {"block_list", SecurityType::BlockList},
    {"discard_recipients", SecurityType::BlockList},
    {"spam", SecurityType::Spam},
    {"antivirus", SecurityType::Virus},
    {"spf", SecurityType::Spf},
    {"dkim", SecurityType::Dkim},
    {"dmarc", SecurityType::Dmarc},
    {"attachment_filter", SecurityType::Attachment},
    {"strip_attachments", SecurityType::Attachment},
    {"attachment_size", SecurityType::Reject},
    {"structure", SecurityType::MaliciousContent},
    {"content_scan", SecurityType::MaliciousContent},
    {"disarm", SecurityType::MaliciousContent},
    {"html_to_text", SecurityType::MaliciousContent},
    {"content_rules", SecurityType::DataProtection},
}};

SecurityType typeOf(std::string_view step) {
  for (const auto& [name, type] : kSteps)
    if (name == step) return type;
  return SecurityType::Reject;
}

bool isAgainst(std::string_view says) {
  return says == "mark" || says == "quarantine" || says == "reject" ||
         says == "discard";
}

std::string textOf(const json& step, const char* key) {
  const auto found = step.find(key);
  return found != step.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string();
}

}  // namespace

std::string_view name(SecurityType type) {
  switch (type) {
    case SecurityType::Reject:
      return "reject";
    case SecurityType::Spam:
      return "spam";
    case SecurityType::Virus:
      return "virus";
    case SecurityType::Dnsbl:
      return "dnsbl";
    case SecurityType::MaliciousContent:
      return "malicious_content";
    case SecurityType::Attachment:
      return "attachment";
    case SecurityType::BlockList:
      return "block_list";
    case SecurityType::Spf:
      return "spf";
    case SecurityType::Dkim:
      return "dkim";
    case SecurityType::Dmarc:
      return "dmarc";
    case SecurityType::DataProtection:
      break;
  }
  return "data_protection";
}

std::optional<SecurityType> securityTypeNamed(std::string_view text) {
  for (const auto type : kTypes)
    if (name(type) == text) return type;
  return std::nullopt;
}

std::string securityTypeNames() {
  std::string names;
  for (const auto type : kTypes)
    names.append(names.empty() ? "" : ", ").append(name(type));
  return names;
}

std::vector<Finding> findingsOf(const Event& event) {
  std::vector<Finding> found;
  const json steps = json::parse(event.trace, nullptr, false);
  if (steps.is_array()) {
    for (const auto& step : steps) {
      if (!step.is_object()) continue;
      const std::string says = textOf(step, "says");
      if (!isAgainst(says)) continue;
      std::string what = textOf(step, "saw");
      const std::string exactly = textOf(step, "found");
      if (!exactly.empty() && what.find(exactly) == std::string::npos)
        what += (what.empty() ? "" : ": ") + exactly;
      found.push_back({typeOf(textOf(step, "step")), says, std::move(what)});
    }
  }
  // A refusal without a step (too large to be stored) counts, too.
  if (found.empty() && isAgainst(event.verdict))
    found.push_back({SecurityType::Reject, event.verdict, event.reason});
  return found;
}

std::vector<Finding> findingsOf(const MailEntry& entry) {
  if (entry.kind != EntryKind::Rejected || entry.status != "reject" ||
      !entry.traceCode.empty())
    return {};
  const bool listed =
      entry.text.find(" blocked using ") != std::string_view::npos;
  return {{listed ? SecurityType::Dnsbl : SecurityType::Reject,
           "reject",
           std::string(entry.text)}};
}

}  // namespace mailreeve::store
