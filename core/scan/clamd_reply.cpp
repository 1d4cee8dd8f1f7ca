#include "core/scan/clamd_reply.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace mailreeve::scan {

namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::string_view kOverLimits = "Heuristics.Limits.Exceeded";

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

std::string shown(std::string_view text) {
  return printable(text.substr(0, kLongestName));
}

Error noReply(std::string_view reply) {
  return {ErrorCode::Invalid,
          "clamd: \"" + shown(reply) + "\" is no answer to a scan"};
}

// `finding` is an alert of clamd's about one of its own limits.
Result<Finding> noted(Finding finding) {
  const std::string limit = finding.virus.substr(
      std::min(finding.virus.size(), kOverLimits.size() + 1));
  // Nobody knows what the rest holds, and more time would tell.
  if (limit.empty() || limit == "MaxScanTime")
    return Error{ErrorCode::Unavailable, "clamd: did not come to an end"};
  finding.kind = Finding::Kind::Clean;
  finding.virus.clear();
  // The cut may have gone through a character.
  finding.note = "not all of it was scanned: " + printable(limit);
  return finding;
}

}  // namespace

Result<Finding> parseClamdReply(std::string_view reply,
                                std::uint64_t number,
                                OverLimits overLimits) {
  constexpr std::string_view kStream = "stream: ";
  constexpr std::string_view kFound = " FOUND";
  const std::string_view whole = reply;
  const std::string prefix = std::to_string(number) + ": ";
  if (reply.substr(0, prefix.size()) != prefix) return noReply(whole);
  reply.remove_prefix(prefix.size());

  Finding finding;
  finding.engine = "clamd";
  if (reply == "stream: OK") return finding;
  if (startsWithIgnoringCase(reply, "INSTREAM size limit exceeded")) {
    finding.kind = Finding::Kind::TooLarge;
    return finding;
  }
  if (reply.substr(0, kStream.size()) == kStream && endsWith(reply, kFound)) {
    reply.remove_prefix(kStream.size());
    // A reply of the two words alone names nothing: they share the blank.
    if (reply.size() <= kFound.size()) return noReply(whole);
    reply.remove_suffix(kFound.size());
    finding.kind = Finding::Kind::Infected;
    finding.virus = shown(trim(reply));
    if (finding.virus.empty()) return noReply(whole);
    if (overLimits == OverLimits::Noted &&
        finding.virus.starts_with(kOverLimits))
      return noted(std::move(finding));
    return finding;
  }
  if (endsWith(reply, "ERROR"))
    return Error{ErrorCode::Unavailable, "clamd: " + shown(reply)};
  return noReply(whole);
}

Result<ClamdVersion> parseClamdVersion(std::string_view reply) {
  constexpr std::string_view kName = "ClamAV ";
  reply = trim(reply);
  if (reply.substr(0, kName.size()) != kName)
    return Error{ErrorCode::Invalid,
                 "clamd: \"" + shown(reply) + "\" is no version"};
  const auto parts = split(reply.substr(kName.size()), '/');
  ClamdVersion version;
  version.engine = shown(parts[0]);
  if (parts.size() >= 3) {
    version.database = shown(parts[1]);
    version.date = shown(parts[2]);
  }
  return version;
}

}  // namespace mailreeve::scan
