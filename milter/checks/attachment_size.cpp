#include "milter/checks/attachment_size.h"

#include <string>

#include "core/base/text.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::milter {

namespace {

// Everything but the text to be read at once: what has a name or says that it
// is attached, what is no text, and messages as a whole.
bool isAttachment(const mail::MimeNode& node) {
  if (node.isMultipart() && !node.isLeaf()) return false;
  return node.disposition == "attachment" || !node.filename.empty() ||
         !startsWithIgnoringCase(node.type, "text/");
}

std::size_t attachmentSize(const mail::MimeNode& node, std::string_view bytes) {
  return node.isLeaf() ? mail::decodedSize(node, bytes) : node.body.size();
}

}  // namespace

Result<Verdict> AttachmentSize::onMessage(const Transaction& transaction,
                                          const mail::Message& message,
                                          Findings&) const {
  if (!transaction.outbound || !transaction.user) return Verdict::pass();
  const auto& limit = transaction.user->attachmentSize;
  if (limit.value <= 0) return Verdict::pass();
  const auto most = static_cast<std::size_t>(limit.value);

  // Decoding never makes a part longer: a small message has no large part.
  if (message.body().size() <= most) return Verdict::pass("small message");
  std::size_t largest = 0;
  for (const auto& node : message.tree().nodes()) {
    if (node.body.size() <= most || !isAttachment(node)) continue;
    largest = std::max(largest, attachmentSize(node, message.bytes()));
  }
  if (largest <= most) return Verdict::pass("no attachment over the limit");
  return Verdict::reject({552, "5.3.4", "Attachment too large"},
                         "an attachment of " + std::to_string(largest) +
                             " bytes, most are " + std::to_string(most) + " (" +
                             limit.from + ")");
}

}  // namespace mailreeve::milter
