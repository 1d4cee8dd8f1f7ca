#include "core/auth/arc/sign.h"

#include <utility>

#include "core/auth/arc/chain.h"
#include "core/auth/arc/seal_data.h"
#include "core/auth/base64.h"
#include "core/auth/dkim/body_hash.h"
#include "core/auth/dkim/verification.h"

namespace mailreeve::arc {

namespace {

using dkim::Outcome;

constexpr std::size_t kMaxSets = 50;

// cv= of the next seal; empty when there shall be none.
std::string_view chainWord(const std::vector<Set>& chain,
                           const Finding& found) {
  if (chain.size() >= kMaxSets) return {};
  switch (found.outcome) {
    case Outcome::None:
      return chain.empty() ? "none" : std::string_view{};
    case Outcome::Pass:
      return chain.empty() ? std::string_view{} : "pass";
    case Outcome::Fail:
      return chain.empty() || chain.back().sealSignature.chain == "fail"
                 ? std::string_view{}
                 : "fail";
    default:
      return {};
  }
}

// One set in the making.
class SetWriter {
 public:
  SetWriter(const dkim::SigningKey& key,
            const dkim::Sha256& sha256,
            std::string instance,
            std::string time,
            auth::Folding folding)
      : key_(key),
        sha256_(sha256),
        instance_(std::move(instance)),
        time_(std::move(time)),
        folding_(folding) {}

  // The fields' tags stand in alphabetical order, as all implementations write
  // them.
  Result<std::string> messageSignature(const auth::MessageView& message,
                                       const dkim::SignOptions& options) {
    const auto names = dkim::chooseFields(message, options);
    auto writer = begin("ARC-Message-Signature");
    writer.add("bh",
               auth::encodeBase64(
                   dkim::hashBody(sha256_, message.body, options.body).hash));
    writer.add("c",
               std::string(describe(options.header)) + "/" +
                   std::string(describe(options.body)));
    writer.add("d", key_.domain);
    writer.addList("h", names);
    end(writer);
    std::string data = dkim::selectFields(message, names, options.header);
    dkim::appendHeader(data, writer.raw(), options.header);
    return finish(writer, data);
  }

  Result<std::string> seal(std::string_view chain,
                           const SealData& before,
                           std::string_view results,
                           std::string_view messageSignature) {
    auto writer = begin("ARC-Seal");
    writer.add("cv", chain);
    writer.add("d", key_.domain);
    end(writer);
    return finish(writer, before.upTo(results, messageSignature, writer.raw()));
  }

 private:
  auth::TagWriter begin(std::string_view name) {
    auth::TagWriter writer(name, folding_);
    writer.add("a", describe(key_.key->algorithm()));
    writer.addSignature();
    return writer;
  }

  void end(auth::TagWriter& writer) {
    writer.add("i", instance_);
    writer.add("s", key_.selector);
    writer.add("t", time_);
  }

  Result<std::string> finish(const auth::TagWriter& writer,
                             std::string_view data) {
    auto signature = key_.key->sign(sha256_, sha256_.digest(data));
    if (!signature) return signature;
    return writer.withSignature(auth::encodeBase64(*signature));
  }

  const dkim::SigningKey& key_;
  const dkim::Sha256& sha256_;
  std::string instance_;
  std::string time_;
  auth::Folding folding_;
};

}  // namespace

// RFC 8617 section 4.1.2: the DKIM signatures are signed, too.
SealOptions::SealOptions() {
  signing.fields.emplace_back("dkim-signature");
}

Sealer::Sealer(const Clock& clock, SealOptions options)
    : clock_(&clock), options_(std::move(options)) {}

Result<std::vector<mail::Header>> Sealer::seal(const auth::MessageView& message,
                                               const Finding& found,
                                               const dkim::SigningKey& key,
                                               std::string_view results) const {
  const auto chain = readChain(message);
  if (!chain) return std::vector<mail::Header>{};
  const auto word = chainWord(*chain, found);
  if (word.empty()) return std::vector<mail::Header>{};

  // A seal over a broken chain covers its own set alone: the rest proves
  // nothing any more (section 5.1.2).
  SealData before;
  if (word != "fail")
    for (const auto& set : *chain)
      before.add(set.results, set.message, set.seal);

  const std::string instance = std::to_string(chain->size() + 1);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      clock_->now().time_since_epoch());
  SetWriter writer(
      key, sha256_, instance, std::to_string(now.count()), options_.folding);
  const std::string resultsField =
      "ARC-Authentication-Results: i=" + instance + "; " + std::string(results);
  auto messageField = writer.messageSignature(message, options_.signing);
  if (!messageField) return std::move(messageField).error();
  auto sealField = writer.seal(word, before, resultsField, *messageField);
  if (!sealField) return std::move(sealField).error();
  return std::vector<mail::Header>{auth::headerOf(*sealField),
                                   auth::headerOf(*messageField),
                                   auth::headerOf(resultsField)};
}

}  // namespace mailreeve::arc
