#include "core/content/signed_mail.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "core/content/cms.h"
#include "core/content/file_name.h"

namespace mailreeve::content {

namespace {

constexpr int kMaxDepth = 4;  // With each, all of the message is copied.
constexpr std::size_t kMaxMessages = 100;

bool mayBeSigned(const mail::MimeNode& leaf) {
  return mail::isSmime(leaf.type) ||
         std::any_of(leaf.names.begin(), leaf.names.end(), [](const auto& n) {
           return extensionOf(nameKey(n)) == "p7m";
         });
}

// Directly in it.
SignedMail signedIn(const mail::Message& message) {
  SignedMail out;
  for (const auto& leaf : message.tree().nodes()) {
    if (!leaf.isLeaf() || !mayBeSigned(leaf)) continue;
    const auto cms = readCms(mail::decode(leaf, message.bytes()));
    if (cms.kind == Cms::Kind::Closed) out.whole = false;
    if (cms.content.empty()) continue;
    auto inner = mail::messageFromBytes(cms.content, message.envelope());
    if (!inner || out.messages.size() >= kMaxMessages) {
      out.whole = false;
      return out;
    }
    out.messages.push_back(*std::move(inner));
  }
  return out;
}

}  // namespace

SignedMail signedMailIn(const mail::Message& message) {
  auto out = signedIn(message);
  std::size_t begin = 0;
  for (int depth = 1; begin < out.messages.size(); ++depth) {
    SignedMail below;
    for (auto i = begin; i < out.messages.size(); ++i) {
      auto found = signedIn(out.messages[i]);
      below.whole = below.whole && found.whole;
      std::move(found.messages.begin(),
                found.messages.end(),
                std::back_inserter(below.messages));
    }
    if (!below.messages.empty() &&
        (depth >= kMaxDepth ||
         out.messages.size() + below.messages.size() > kMaxMessages)) {
      out.whole = false;
      return out;
    }
    out.whole = out.whole && below.whole;
    begin = out.messages.size();
    std::move(below.messages.begin(),
              below.messages.end(),
              std::back_inserter(out.messages));
  }
  return out;
}

}  // namespace mailreeve::content
