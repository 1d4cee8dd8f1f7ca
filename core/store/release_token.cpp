#include "core/store/release_token.h"

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/waiver.h"

namespace mailreeve::store {

namespace {

constexpr std::string_view kMark = "mrq1";
constexpr std::string_view kFurther = "mrq2";
constexpr std::string_view kPurpose = "release token";
constexpr std::size_t kLongest = 100;
constexpr std::size_t kNonce = 16;

std::string signedText(const HeldMessage& message,
                       const std::string& nonce,
                       const std::string& expires,
                       const std::vector<std::string>& also) {
  // No part can hold a line end: the reading is one.
  return message.id + "\n" + nonce + "\n" + expires + "\n" +
         printable(message.step) + "\n" + message.sha256 +
         (also.empty() ? "" : "\n" + join(also, ","));
}

std::string seconds(TimePoint time) {
  return std::to_string(toSeconds(time));
}

}  // namespace

std::string writeReleaseToken(const KeyedMac& key,
                              const HeldMessage& message,
                              const std::string& nonce,
                              TimePoint expires,
                              const std::vector<std::string>& also) {
  const std::string until = seconds(expires);
  return std::string(also.empty() ? kMark : kFurther) + "." + message.id + "." +
         nonce + "." + until + "." +
         (also.empty() ? "" : lettersOf(also) + ".") +
         key.sign(kPurpose, signedText(message, nonce, until, also));
}

Result<ReleaseToken> parseReleaseToken(std::string_view text) {
  const Error wrong{ErrorCode::Invalid, "not a release token"};
  if (text.size() > kLongest) return wrong;
  const auto parts = split(text, '.');
  const bool further = parts[0] == kFurther;
  if (parts.size() != (further ? 6 : 5) || (!further && parts[0] != kMark) ||
      !isHeldId(parts[1]) || parts[2].size() != kNonce)
    return wrong;
  const auto until = parseSeconds(parts[3]);
  auto also = fromLetters(further ? parts[4] : std::string_view());
  if (!until || !also || also->empty() == further) return wrong;
  return ReleaseToken{std::string(parts[1]),
                      std::string(parts[2]),
                      *until,
                      std::string(parts.back()),
                      *std::move(also)};
}

bool isGood(const ReleaseToken& token,
            const KeyedMac& key,
            const HeldMessage& message,
            TimePoint now) {
  return token.id == message.id && now < token.expires &&
         key.matches(kPurpose,
                     signedText(message,
                                token.nonce,
                                seconds(token.expires),
                                token.alsoWaived),
                     token.mac);
}

}  // namespace mailreeve::store
