#include "milter/draft.h"

namespace mailreeve::milter {

namespace {

bool apply(const mail::HeaderChange& change, Mta& mta) {
  if (!change.value) return mta.deleteHeader(change.name, change.occurrence);
  if (change.occurrence == mail::HeaderChange::kTop)
    return mta.insertHeader(change.name, *change.value);
  if (change.occurrence == mail::HeaderChange::kAdd)
    return mta.addHeader(change.name, *change.value);
  return mta.changeHeader(change.name, change.occurrence, *change.value);
}

Error failed(const std::string& what) {
  return {ErrorCode::Unavailable, "the MTA took no " + what};
}

}  // namespace

Result<const mail::Message*> Draft::message() {
  const mail::Message& now = edited_ ? *edited_ : *original_;
  if (pending_.empty()) return &now;
  auto next = mail::apply(now, pending_, original_->spoolOptions());
  if (!next) return std::move(next).error().within("edited message");
  edited_ = std::make_unique<const mail::Message>(*std::move(next));
  pending_ = {};
  return edited_.get();
}

void Draft::changeContent(mail::MessageEdit edit) {
  for (auto* changes : {&content_, &pending_}) {
    if (edit.body) changes->body = edit.body;
    changes->headers.insert(
        changes->headers.end(), edit.headers.begin(), edit.headers.end());
  }
}

Result<Done> Draft::applyTo(Mta& mta) const {
  for (const auto& address : removed_)
    if (!mta.deleteRecipient(address)) return failed("removal of a recipient");
  for (const auto& recipient : added_)
    if (!mta.addRecipient(recipient.address, recipient.parameters))
      return failed("added recipient");
  for (const auto& change : content_.headers)
    if (!apply(change, mta)) return failed("change of field " + change.name);
  if (content_.body && !mta.writeBody(content_.body->view()))
    return failed("new body");
  return Done{};
}

}  // namespace mailreeve::milter
