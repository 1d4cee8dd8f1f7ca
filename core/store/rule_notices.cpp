#include "core/store/rule_notices.h"

#include "core/base/text.h"
#include "core/base/trace_code.h"
#include "core/mail/enclosed.h"
#include "core/mail/header_text.h"
#include "core/mail/letter.h"

namespace mailreeve::store {

namespace {

std::string subjectOf(const mail::Message& message) {
  const auto* field = message.header("Subject");
  return field == nullptr ? std::string("(no subject)")
                          : mail::readableHeader(field->value);
}

std::string shown(const std::string& sender) {
  return "<" + printable(sender) + ">";
}

mail::Letter letterTo(const std::string& to, const RuleCase& what) {
  const auto sign = to.rfind('@');
  mail::Letter letter;
  letter.from = "postmaster@" +
                (sign == std::string::npos ? what.host : to.substr(sign + 1));
  letter.to = {to};
  return letter;
}

std::string unique(const char* kind) {
  return std::string(kind) + "." + traceCode() + traceCode();
}

}  // namespace

Notice noticeToSender(const mail::Message& message,
                      const RuleCase& what,
                      bool vouched) {
  Notice notice;
  notice.kind = "rule-sender";
  const auto& envelope = message.envelope();
  if (!vouched || envelope.nullSender()) return notice;
  notice.recipients = {envelope.mailFrom};
  auto letter = letterTo(envelope.mailFrom, what);
  letter.subject = "Your message was " + what.verdict;
  letter.text = "Your message \"" + subjectOf(message) + "\" to\n";
  for (const auto& recipient : envelope.recipients)
    letter.text += "  " + printable(recipient) + "\n";
  letter.text += "was " + what.verdict + " by a rule of " + what.host +
                 ".\nIf you think that this is wrong, ask your mail "
                 "administrator.\n";
  notice.message = mail::compose(letter, what.at, unique("rule"), what.host);
  return notice;
}

Notice originalToReviewer(const mail::Message& message,
                          const RuleCase& what,
                          const std::string& reviewer) {
  Notice notice;
  notice.kind = "rule-original";
  notice.recipients = {reviewer};
  auto letter = letterTo(reviewer, what);
  letter.from = "postmaster@" + what.host;
  letter.subject = "Rule " + printable(what.rule) + ": " + subjectOf(message);
  const auto& envelope = message.envelope();
  letter.text = "The enclosed message was " + what.verdict +
                ".\nRule:      " + printable(what.rule) +
                "\nSender:    " + shown(envelope.mailFrom) + "\n";
  for (const auto& recipient : envelope.recipients)
    letter.text += "Recipient: " + shown(recipient) + "\n";
  notice.message = mail::composeWithOriginal(
      letter, message.bytes(), what.at, unique("rule"), what.host);
  return notice;
}

}  // namespace mailreeve::store
