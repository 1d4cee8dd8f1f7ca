#include "milter/spam_letter.h"

#include <initializer_list>

#include "core/base/text.h"
#include "core/mail/header_text.h"

namespace mailreeve::milter {

namespace {

// A report is a page, not a book.
constexpr std::size_t kMostReport = 32U << 10U;

std::string fieldLine(const mail::Message& original, const char* name) {
  constexpr std::size_t kMost = 400;
  const auto* field = original.header(name);
  if (field == nullptr) return "";
  return "  " + std::string(name) + ": " +
         mail::readableHeader(field->value, kMost) + "\n";
}

}  // namespace

std::string spamLetter(const mail::Message& original,
                       const SpamFinding& found) {
  std::string text =
      "This message was recognised as spam. It is attached as it came; do not\n"
      "open it unless you know that it is good mail.\n\n";
  for (const char* name : {"From", "Subject", "Date"})
    text += fieldLine(original, name);
  if (found.score) text += "  Score: " + found.score->text() + "\n";
  if (!found.rules.empty())
    text += "  Rules: " + join(found.rules, ", ") + "\n";
  if (!found.report.empty())
    text += "\n" +
            replaceAll(found.report.substr(0, kMostReport), "\r\n", "\n") +
            "\n";
  return mail::anyAsUtf8(text);
}

}  // namespace mailreeve::milter
