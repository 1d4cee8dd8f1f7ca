#include "milter/edits/forged_fields.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/mail/notice.h"
#include "milter/forged_limit.h"
#include "milter/spam_fields.h"

namespace mailreeve::milter {

namespace {

constexpr std::string_view kOurs = "X-Mailreeve-";

}  // namespace

bool ForgedFields::isForged(const Transaction& transaction,
                            std::string_view field) const {
  if (transaction.outbound && transaction.envelope.login.empty()) return false;
  // Of a released message those that came with it have another name by now,
  // and what is left says that it is released.
  if (transaction.released && startsWithIgnoringCase(field, kOurs))
    return false;
  if (startsWithIgnoringCase(field, kOurs))
    return !transaction.outbound ||
           !equalsIgnoringCase(field, mail::kNoticeField);
  if (transaction.outbound) return false;
  return (what_.spam && isSpamField(field)) ||
         (what_.viruses && equalsIgnoringCase(field, kVirusField));
}

Result<Verdict> ForgedFields::propose(const Transaction& transaction,
                                      const Findings&,
                                      Draft& draft) const {
  const auto message = draft.message();
  if (!message) return message.error();
  std::map<std::string, std::size_t> occurrences;
  mail::MessageEdit edit;
  for (const auto& header : (*message)->headers())
    if (isForged(transaction, header.name))
      edit.headers.push_back(
          {header.name, ++occurrences[lower(header.name)], std::nullopt});
  if (edit.headers.empty()) return Verdict::pass();
  if (edit.headers.size() > kMostForged)
    return tooManyForged(edit.headers.size());
  // The last first: each one that goes renumbers those behind it.
  std::reverse(edit.headers.begin(), edit.headers.end());
  const std::string number = std::to_string(edit.headers.size());
  draft.changeContent(std::move(edit));
  return Verdict::pass("took off " + number + " that only we may write");
}

}  // namespace mailreeve::milter
