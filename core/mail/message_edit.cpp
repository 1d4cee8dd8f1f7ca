#include "core/mail/message_edit.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

Result<std::vector<Header>> changedHeaders(
    std::vector<Header> headers, const std::vector<HeaderChange>& changes) {
  std::vector<bool> removed(headers.size());
  for (const auto& change : changes) {
    if (change.occurrence == HeaderChange::kAdd ||
        change.occurrence == HeaderChange::kTop)
      continue;
    std::size_t seen = 0;
    const auto found =
        std::find_if(headers.begin(), headers.end(), [&](const Header& header) {
          return equalsIgnoringCase(header.name, change.name) &&
                 ++seen == change.occurrence;
        });
    if (found == headers.end())
      return Error{ErrorCode::Internal, "no field to change: " + change.name};
    if (change.value)
      found->value = *change.value;
    else
      removed[static_cast<std::size_t>(found - headers.begin())] = true;
  }
  std::vector<Header> kept;
  // The one that is put there last is the topmost.
  for (auto change = changes.rbegin(); change != changes.rend(); ++change)
    if (change->occurrence == HeaderChange::kTop && change->value)
      kept.push_back({change->name, *change->value});
  for (std::size_t i = 0; i < headers.size(); ++i)
    if (!removed[i]) kept.push_back(std::move(headers[i]));
  for (const auto& change : changes)
    if (change.occurrence == HeaderChange::kAdd && change.value)
      kept.push_back({change.name, *change.value});
  return kept;
}

}  // namespace

Result<Message> apply(const Message& message,
                      const MessageEdit& edit,
                      SpoolOptions options) {
  const auto headers = changedHeaders(message.headers(), edit.headers);
  if (!headers) return headers.error();
  MessageBuilder builder(std::move(options));
  for (const auto& header : *headers) {
    auto added = builder.addHeader(header.name, header.value);
    if (!added) return std::move(added).error();
  }
  auto added =
      builder.appendBody(edit.body ? edit.body->view() : message.body());
  if (!added) return std::move(added).error();
  return std::move(builder).finish(message.envelope());
}

}  // namespace mailreeve::mail
