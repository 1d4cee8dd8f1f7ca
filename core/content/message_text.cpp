#include "core/content/message_text.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/base/text.h"
#include "core/content/calendar.h"
#include "core/content/html_threats.h"
#include "core/content/signed_mail.h"
#include "core/mail/html_entity.h"
#include "core/mail/html_text.h"
#include "core/mail/leaf_text.h"
#include "core/mail/unicode.h"

namespace mailreeve::content {

namespace {

// For reading the HTML of one message a second time.
constexpr std::chrono::milliseconds kHiddenTime{1000};

bool isControl(std::uint32_t c) {
  return (c < 0x20 && (c < '\t' || c > '\r')) || c == 0x7f;
}

bool hasNoWidth(std::uint32_t c) {
  return isControl(c) || c == 0xad || c == 0x34f || c == 0x180e ||
         c == 0xfeff || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
         (c >= 0xfe00 && c <= 0xfe0f);
}

bool isBlank(std::uint32_t c) {
  return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

// What stands between the letters of a word, hidden, keeps it from being found:
// so it is read as it is shown as well. That takes from `left`.
std::string textOfHtml(std::string_view html, std::chrono::milliseconds& left) {
  std::string text = mail::htmlToText(html);
  if (left.count() <= 0) return text;
  const auto begin = std::chrono::steady_clock::now();
  const std::string shown = withoutHidden(html, {.time = left});
  if (shown != html) text += "\n" + mail::htmlToText(shown);
  left -= std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  return text;
}

// Behind its lines, which are folded wherever it suits, what they say.
std::string textOfCalendar(std::string_view calendar,
                           std::chrono::milliseconds& left) {
  std::string text;
  for (const auto& each : calendarTexts(calendar))
    text += "\n" + (each.html ? textOfHtml(each.text, left) : each.text);
  return text;
}

// Whether there was room for all of it.
bool addText(const mail::Message& message,
             std::size_t limit,
             std::chrono::milliseconds& hiddenLeft,
             MessageText& out) {
  for (const auto defect : {mail::Defect::TooDeep, mail::Defect::TooManyParts})
    if (message.tree().has(defect)) out.unread = mail::describe(defect);
  for (const auto& leaf : message.tree().nodes()) {
    const bool html = mail::isHtml(leaf);
    const bool invitation = isInvitation(leaf);
    if (!leaf.isLeaf() ||
        !(html || invitation || startsWithIgnoringCase(leaf.type, "text/")))
      continue;
    std::string text;
    for (const auto& each :
         mail::textsInUtf8(leaf, mail::decode(leaf, message.bytes()))) {
      if (!text.empty()) text += '\n';
      text += html ? textOfHtml(each, hiddenLeft) : each;
      if (invitation) text += textOfCalendar(each, hiddenLeft);
    }
    const std::size_t room = limit - std::min(limit, out.text.size());
    out.text += plainCharacters(std::string_view(text).substr(0, room));
    out.text += '\n';
    if (text.size() <= room) continue;
    out.unread = "only the first " + formatSize(limit) + " of text were read";
    return false;
  }
  return true;
}

}  // namespace

MessageText textOf(const mail::Message& message, std::size_t limit) {
  MessageText out;
  std::chrono::milliseconds hiddenLeft = kHiddenTime;
  if (!addText(message, limit, hiddenLeft, out)) return out;
  const auto within = signedMailIn(message);
  if (!within.whole) out.unread = "signed mail that cannot be read";
  for (const auto& inner : within.messages)
    if (!addText(inner, limit, hiddenLeft, out)) break;
  return out;
}

std::string plainCharacters(std::string_view text) {
  if (mail::isAscii(text) && std::none_of(text.begin(), text.end(), [](char c) {
        return isControl(static_cast<unsigned char>(c));
      }))
    return std::string(text);
  const std::string valid = mail::asUtf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::string_view rest = valid; !rest.empty();) {
    const auto character = mail::takeCharacter(rest);
    if (isBlank(character))
      out += ' ';
    else if (!hasNoWidth(character))
      mail::appendUtf8(character, out);
  }
  return out;
}

}  // namespace mailreeve::content
