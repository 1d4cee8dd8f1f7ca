#include "core/mail/attach_original.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/text.h"
#include "core/mail/boundary.h"
#include "core/mail/charset.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

// What says something of the content that is no longer the message's own.
bool goesWithTheContent(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kStarts = {
      "content-",
      "dkim-signature",
      "domainkey-signature",
      "arc-",
      "list-",
      "disposition-notification-",
      "return-receipt-",
      "x-confirm-reading-to"};
  return std::any_of(kStarts.begin(), kStarts.end(), [name](auto start) {
    return startsWithIgnoringCase(name, start);
  });
}

std::string textPart(std::string_view text) {
  return "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n"
         "Content-Disposition: inline\r\n\r\n" +
         encodeQuotedPrintable(text);
}

// RFC 2046 section 5.2.1: a message is not encoded, so it is labelled.
std::string originalHeader(bool ascii, OriginalAs as) {
  const std::string type =
      as == OriginalAs::Message
          ? "Content-Type: message/rfc822\r\n"
            "Content-Disposition: attachment; filename=\"original.eml\"\r\n"
          : "Content-Type: text/plain; charset=" +
                std::string(ascii ? "us-ascii" : "iso-8859-1") +
                "\r\n"
                "Content-Disposition: attachment; "
                "filename=\"original.txt\"\r\n";
  return type +
         "Content-Description: original message\r\n"
         "Content-Transfer-Encoding: " +
         (ascii ? "7bit" : "8bit") + "\r\n\r\n";
}

// Of one name the last field first.
std::vector<HeaderChange> changedFields(const Message& message,
                                        bool ascii,
                                        const std::string& boundary) {
  std::vector<HeaderChange> changes;
  std::map<std::string, std::size_t> occurrences;
  for (const auto& header : message.headers())
    if (goesWithTheContent(header.name))
      changes.push_back({header.name, ++occurrences[lower(header.name)], {}});
  std::reverse(changes.begin(), changes.end());
  if (message.header("MIME-Version") == nullptr)
    changes.push_back({"MIME-Version", HeaderChange::kAdd, " 1.0"});
  changes.push_back({"Content-Type",
                     HeaderChange::kAdd,
                     " multipart/mixed;\n\tboundary=\"" + boundary + "\""});
  if (!ascii)
    changes.push_back(
        {"Content-Transfer-Encoding", HeaderChange::kAdd, " 8bit"});
  return changes;
}

Result<Done> prove(const Message& message,
                   const MessageEdit& edit,
                   const Message& original) {
  SpoolOptions options = message.spoolOptions();
  options.limit =
      message.bodyOffset() + edit.body->view().size() + (64U << 10U);
  const auto wrapped = apply(message, edit, std::move(options));
  if (!wrapped) return wrapped.error();
  const auto& tree = wrapped->tree();
  if (tree.root().type == "multipart/mixed" &&
      tree.root().children.size() == 2 &&
      tree.nodes()[tree.root().children[1]].body.of(wrapped->bytes()) ==
          original.bytes())
    return Done{};
  return Error{ErrorCode::Internal, "the attached message is not what it was"};
}

}  // namespace

Result<MessageEdit> attachOriginal(const Message& message,
                                   const Message& original,
                                   std::string_view text,
                                   OriginalAs as) {
  const auto bytes = original.bytes();
  const bool ascii = isAscii(bytes);
  const std::string boundary = unusedBoundary(bytes);
  const std::string delimiter = "\r\n--" + boundary;

  SpoolOptions options = original.spoolOptions();
  options.limit = bytes.size() + text.size() * 4 + (64U << 10U);
  Spool spool(std::move(options));
  const std::string before = "--" + boundary + "\r\n" + textPart(text) +
                             delimiter + "\r\n" + originalHeader(ascii, as);
  for (const std::string_view piece : {std::string_view(before),
                                       bytes,
                                       std::string_view(delimiter),
                                       std::string_view("--\r\n")})
    if (auto done = spool.append(piece); !done) return std::move(done).error();
  auto body = SpooledBytes::from(std::move(spool));
  if (!body) return std::move(body).error();

  MessageEdit edit;
  edit.headers = changedFields(message, ascii, boundary);
  edit.body = *std::move(body);
  auto proved = prove(message, edit, original);
  if (!proved) return std::move(proved).error();
  return edit;
}

}  // namespace mailreeve::mail
