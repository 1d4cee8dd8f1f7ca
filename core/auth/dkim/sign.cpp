#include "core/auth/dkim/sign.h"

#include <utility>

#include "core/auth/base64.h"
#include "core/auth/dkim/body_hash.h"
#include "core/auth/dkim/verification.h"
#include "core/auth/tag_writer.h"

namespace mailreeve::dkim {

namespace {

// Of one name: a message with more of them is not an honest one, and h= must
// not grow without end.
constexpr std::size_t kMaxRepeats = 20;

std::string number(std::chrono::seconds time) {
  return std::to_string(time.count());
}

}  // namespace

std::vector<std::string> chooseFields(const auth::MessageView& message,
                                      const SignOptions& options) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name, std::size_t extra) {
    const auto count = std::min(message.count(name), kMaxRepeats) + extra;
    names.insert(names.end(), count, name);
  };
  for (const auto& name : options.oversigned) add(name, 1);
  for (const auto& name : options.fields) add(name, 0);
  return names;
}

Signer::Signer(const Clock& clock, SignOptions options)
    : clock_(&clock), options_(std::move(options)) {}

Result<std::vector<mail::Header>> Signer::sign(
    const auth::MessageView& message,
    const std::vector<SigningKey>& keys) const {
  if (const auto senders = message.count("From"); senders != 1)
    return Error{ErrorCode::Invalid,
                 "a message with " + std::to_string(senders) +
                     " From fields is not signed"};
  const auto names = chooseFields(message, options_);
  const std::string fields = selectFields(message, names, options_.header);
  const std::string bodyHash =
      auth::encodeBase64(hashBody(sha256_, message.body, options_.body).hash);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      clock_->now().time_since_epoch());

  std::vector<mail::Header> signatures;
  for (const auto& key : keys) {
    auth::TagWriter writer("DKIM-Signature", auth::Folding::Lines);
    writer.add("v", "1");
    writer.add("a", describe(key.key->algorithm()));
    writer.add("c",
               std::string(describe(options_.header)) + "/" +
                   std::string(describe(options_.body)));
    writer.add("d", key.domain);
    writer.add("s", key.selector);
    writer.add("t", number(now));
    if (options_.lifetime) writer.add("x", number(now + *options_.lifetime));
    writer.addList("h", names);
    writer.add("bh", bodyHash);
    writer.addSignature();

    std::string data = fields;
    appendHeader(data, writer.raw(), options_.header);
    auto signature = key.key->sign(sha256_, sha256_.digest(data));
    if (!signature)
      return std::move(signature).error().within(key.selector + "." +
                                                 key.domain);
    signatures.push_back(
        auth::headerOf(writer.withSignature(auth::encodeBase64(*signature))));
  }
  return signatures;
}

}  // namespace mailreeve::dkim
