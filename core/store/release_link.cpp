#include "core/store/release_link.h"

#include <optional>

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::store {

namespace {

constexpr std::string_view kPurpose = "release link";
constexpr std::size_t kLongest = 1000;

const Error& wrong() {
  static const Error error{ErrorCode::Invalid,
                           "this link is not one of ours, or not complete"};
  return error;
}

std::optional<LinkAction> actionNamed(std::string_view text) {
  for (const auto action :
       {LinkAction::Release, LinkAction::Delete, LinkAction::Request})
    if (name(action) == text) return action;
  return std::nullopt;
}

}  // namespace

std::string_view name(LinkAction action) {
  switch (action) {
    case LinkAction::Release:
      return "release";
    case LinkAction::Delete:
      return "delete";
    case LinkAction::Request:
      return "request";
  }
  return "unknown";
}

std::string writeReleaseLink(const KeyedMac& key, const ReleaseLink& link) {
  const std::string content = urlBase64(
      std::string(name(link.action)) + "\n" + link.id + "\n" +
      std::to_string(toSeconds(link.expires)) + "\n" + printable(link.mailbox));
  return content + "." + key.sign(kPurpose, content);
}

Result<ReleaseLink> readReleaseLink(const KeyedMac& key,
                                    std::string_view text,
                                    TimePoint now) {
  const auto halves = split(text, '.');
  if (text.size() > kLongest || halves.size() != 2 ||
      !key.matches(kPurpose, halves[0], halves[1]))
    return wrong();
  // From here on it is what we wrote; a key that is not ours alone is no reason
  // to read carelessly.
  const auto content = fromUrlBase64(halves[0]);
  if (!content) return wrong();
  const auto parts = split(*content, '\n');
  if (parts.size() != 4 || !isHeldId(parts[1])) return wrong();
  const auto action = actionNamed(parts[0]);
  const auto until = parseSeconds(parts[2]);
  if (!action || !until) return wrong();
  ReleaseLink link{
      *action, std::string(parts[1]), std::string(parts[3]), *until};
  if (now >= link.expires)
    return Error{ErrorCode::Invalid, "this link is no longer valid"};
  return link;
}

}  // namespace mailreeve::store
