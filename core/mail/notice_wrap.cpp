#include "core/mail/notice_wrap.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/mail/boundary.h"
#include "core/mail/charset.h"
#include "core/mail/format_flowed.h"
#include "core/mail/header_block.h"
#include "core/mail/splice.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool isContentField(std::string_view name) {
  return startsWithIgnoringCase(name, "content-");
}

std::string textPart(std::string_view text) {
  const std::string lines = layOut(text, {});
  if (isAscii(lines))
    return "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + lines +
           "\r\n";
  return "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         encodeQuotedPrintable(lines) + "\r\n";
}

// The header of the part that holds the content: its fields as they stand.
std::string contentHeader(const Message& message) {
  std::string header;
  HeaderBlock block(message.bytes(), 0, message.bodyOffset());
  for (Field field; block.next(field);)
    if (isContentField(field.name))
      header += message.bytes().substr(field.begin, field.end - field.begin);
  return header.append(kLineEnd);
}

// What describes the content now describes the part; the message gets its own.
std::vector<HeaderChange> changedFields(const Message& message,
                                        bool ascii,
                                        const std::string& boundary) {
  std::map<std::string, std::string> wanted = {
      {"content-type", " multipart/mixed; boundary=\"" + boundary + "\""}};
  if (!ascii) wanted["content-transfer-encoding"] = " 8bit";
  if (message.header("MIME-Version") == nullptr)
    wanted["mime-version"] = " 1.0";

  std::vector<HeaderChange> changes;
  std::map<std::string, std::size_t> occurrences;
  for (const auto& header : message.headers()) {
    if (!isContentField(header.name)) continue;
    const std::string key = lower(header.name);
    HeaderChange change{header.name, ++occurrences[key], {}};
    const auto value = wanted.find(key);
    if (value != wanted.end()) {
      change.value = value->second;
      wanted.erase(value);
    }
    changes.push_back(std::move(change));
  }
  std::reverse(changes.begin(), changes.end());
  for (auto& [key, value] : wanted) {
    const std::string name = key == "content-type"   ? "Content-Type"
                             : key == "mime-version" ? "MIME-Version"
                                                     : "Content-Transfer-"
                                                       "Encoding";
    changes.push_back({name, HeaderChange::kAdd, value});
  }
  return changes;
}

// Room for all of it, kept as the message is.
SpoolOptions keepingOptions(const Message& message, const MessageEdit& edit) {
  SpoolOptions options = message.spoolOptions();
  options.limit = message.bodyOffset() + (64U << 10U);
  if (edit.body) options.limit += edit.body->view().size();
  return options;
}

Result<Done> prove(const Message& message,
                   const MessageEdit& edit,
                   std::size_t contentIndex) {
  const auto wrapped = apply(message, edit, keepingOptions(message, edit));
  if (!wrapped) return wrapped.error();
  const auto& root = wrapped->tree().root();
  if (root.type == "multipart/mixed" && root.children.size() == 2) {
    const auto& part = wrapped->tree().nodes()[root.children[contentIndex]];
    if (part.type == message.tree().root().type &&
        part.body.of(wrapped->bytes()) == message.body())
      return Done{};
  }
  return Error{ErrorCode::Internal, "the wrapped message is not what it was"};
}

}  // namespace

Result<MessageEdit> wrapWithText(const Message& message,
                                 std::string_view text,
                                 bool textFirst) {
  const std::string boundary = unusedBoundary(message.bytes());
  const std::string delimiter = "--" + boundary;
  const std::string notice = textPart(text);
  const std::string header = contentHeader(message);

  std::vector<Splice> splices;
  const std::string first = delimiter + "\r\n";
  const std::string next = "\r\n" + delimiter + "\r\n";
  const std::string last = "\r\n" + delimiter + "--\r\n";
  const Range begin{0, 0};
  const Range end{message.body().size(), message.body().size()};
  splices.push_back(
      {begin, textFirst ? first + notice + next + header : first + header});
  splices.push_back({end, textFirst ? last : next + notice + last});

  MessageEdit edit;
  edit.headers = changedFields(
      message, isAscii(header) && isAscii(message.body()), boundary);
  auto body =
      applySplices(message.body(), std::move(splices), message.spoolOptions());
  if (!body) return std::move(body).error();
  edit.body = *std::move(body);
  auto proved = prove(message, edit, textFirst ? 1 : 0);
  if (!proved) return std::move(proved).error();
  return edit;
}

}  // namespace mailreeve::mail
