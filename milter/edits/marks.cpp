#include "milter/edits/marks.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/mail/attach_original.h"
#include "core/mail/charset.h"
#include "core/mail/header_block.h"
#include "core/mail/header_text.h"
#include "core/mail/transfer_encoding.h"
#include "milter/spam_fields.h"
#include "milter/spam_letter.h"

namespace mailreeve::milter {

namespace {

using mail::HeaderChange;

// RFC 2047 section 2: an encoded word has at most 75 characters, and never
// ends within a character of UTF-8.
std::string encodedWords(std::string_view text) {
  constexpr std::size_t kMost = 42;  // Bytes: 56 of base64 and 12 around it.
  std::string out;
  while (!text.empty()) {
    std::size_t length = std::min(kMost, text.size());
    while (length < text.size() && length > 0 &&
           (static_cast<unsigned char>(text[length]) >> 6U) == 2)
      --length;
    out += (out.empty() ? "=?utf-8?B?" : "\n =?utf-8?B?") +
           mail::encodeBase64(text.substr(0, length)) + "?=";
    text.remove_prefix(length);
  }
  return out;
}

std::string joined(const std::vector<std::string>& prefixes,
                   std::string_view subject) {
  const std::string readable = mail::readableHeader(subject);
  std::vector<std::string> missing;
  for (const auto& prefix : prefixes)
    if (!prefix.empty() && !readable.starts_with(prefix) &&
        std::find(missing.begin(), missing.end(), prefix) == missing.end())
      missing.push_back(prefix);
  return join(missing, " ");
}

}  // namespace

std::string prefixedSubject(const std::vector<std::string>& prefixes,
                            std::string_view subject) {
  constexpr std::size_t kWidth = 78;
  constexpr std::size_t kName = 9;  // "Subject: "
  const std::string prefix = joined(prefixes, subject);
  const std::string rest =
      replaceAll(std::string(subject.substr(std::min(
                     subject.find_first_not_of(" \t"), subject.size()))),
                 "\r\n",
                 "\n");
  if (prefix.empty()) return " " + rest;
  if (mail::isAscii(prefix)) {
    const std::size_t line = rest.find('\n');
    const std::size_t first = std::min(line, rest.size());
    const bool fits = kName + prefix.size() + 1 + first <= kWidth;
    return " " + prefix + (rest.empty() ? "" : fits ? " " : "\n ") + rest;
  }
  // The blank between two encoded words is not shown: ours goes inside.
  const bool nextIsEncoded = rest.starts_with("=?");
  return " " + encodedWords(nextIsEncoded ? prefix + " " : prefix) +
         (rest.empty() ? "" : "\n " + rest);
}

namespace {

// Whether we say ourselves what the field says.
bool isOurs(std::string_view field, const Findings& findings) {
  if (findings.spam.asked && isSpamField(field)) return true;
  const auto& marks = findings.marks.fields;
  return equalsIgnoringCase(field, kVirusField) &&
         std::any_of(marks.begin(), marks.end(), [](const auto& mark) {
           return mark.name == kVirusField;
         });
}

// Marks of ours that came with the message.
void takeForged(const mail::Message& message,
                const Findings& findings,
                std::vector<HeaderChange>& changes) {
  std::map<std::string, std::size_t> occurrences;
  const std::size_t before = changes.size();
  for (const auto& header : message.headers())
    if (isOurs(header.name, findings))
      changes.push_back({header.name, ++occurrences[lower(header.name)], {}});
  std::reverse(changes.begin() + static_cast<std::ptrdiff_t>(before),
               changes.end());
}

void changeSubject(const mail::Message& message,
                   const std::vector<std::string>& prefixes,
                   std::vector<HeaderChange>& changes) {
  if (prefixes.empty()) return;
  const auto* subject = message.header("Subject");
  changes.push_back(
      {"Subject",
       subject == nullptr ? HeaderChange::kAdd : std::size_t{1},
       prefixedSubject(prefixes, subject == nullptr ? "" : subject->value)});
}

std::string summary(std::size_t stripped, const Findings& findings) {
  std::vector<std::string> did;
  if (stripped > 0)
    did.push_back(std::to_string(stripped) + " forged marks taken off");
  if (!findings.marks.subjectPrefixes.empty())
    did.push_back("subject " + join(findings.marks.subjectPrefixes, " "));
  if (!findings.marks.fields.empty())
    did.push_back(std::to_string(findings.marks.fields.size()) + " fields");
  if (findings.spam.wrap != config::SpamReport::None)
    did.push_back("attached to a report");
  return join(did, ", ");
}

}  // namespace

// What is attached has passed the edits before this one: what those took out
// does not come back by the report.
Result<Done> ApplyMarks::attach(const SpamFinding& found, Draft& draft) {
  const auto message = draft.message();
  if (!message) return message.error();
  const auto as = found.wrap == config::SpamReport::Text
                      ? mail::OriginalAs::Text
                      : mail::OriginalAs::Message;
  auto wrapped = mail::attachOriginal(
      **message, **message, spamLetter(**message, found), as);
  if (!wrapped) return std::move(wrapped).error();
  draft.changeContent(*std::move(wrapped));
  return Done{};
}

Result<Verdict> ApplyMarks::propose(const Transaction&,
                                    const Findings& findings,
                                    Draft& draft) const {
  // To see the message as it would leave costs a copy of it.
  if (!findings.spam.asked && findings.marks.subjectPrefixes.empty() &&
      findings.marks.fields.empty() &&
      findings.spam.wrap == config::SpamReport::None)
    return Verdict::pass();
  if (findings.spam.wrap != config::SpamReport::None)
    if (auto done = attach(findings.spam, draft); !done)
      return std::move(done).error();
  auto message = draft.message();
  if (!message) return std::move(message).error();
  mail::MessageEdit edit;
  takeForged(**message, findings, edit.headers);
  const std::size_t stripped = edit.headers.size();
  changeSubject(**message, findings.marks.subjectPrefixes, edit.headers);
  for (const auto& field : findings.marks.fields)
    edit.headers.push_back({field.name, HeaderChange::kAdd, field.value});
  if (!edit.empty()) draft.changeContent(std::move(edit));
  return Verdict::pass(summary(stripped, findings));
}

}  // namespace mailreeve::milter
