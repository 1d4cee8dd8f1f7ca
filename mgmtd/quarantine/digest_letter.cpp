// A digest as a letter: what it says, and its links.
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/mail/header_text.h"
#include "core/mail/html_text.h"
#include "mgmtd/quarantine/digest.h"
#include "mgmtd/quarantine/digest_words.h"

namespace mailreeve::quarantine {

namespace {

using store::HeldMessage;
using store::LinkAction;

std::string withNumber(const char* words, std::size_t number) {
  return replaceAll(words, "%1", std::to_string(number));
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What is told of one message, and the buttons below it.
struct Line {
  Pairs fields;
  Pairs buttons;  // Words and token; none: he may not, or there are no links.
  std::string look;  // What stands before the link that shows the first.
};

// What came, or what was sent.
struct Section {
  const char* intro = nullptr;
  std::vector<Line> lines;
};

class Writer {
 public:
  Writer(const config::Quarantine& settings,
         const config::DigestRule& rule,
         const store::KeyedMac& key,
         const DigestInput& input)
      : settings_(settings),
        words_(digestWords(rule.language)),
        key_(key),
        input_(input) {
    add(words_.intro, input.news, &Writer::lineOf);
    add(words_.introSent, input.sent, &Writer::sentLineOf);
  }

  [[nodiscard]] std::string subject() const {
    const auto count = input_.news.size() + input_.sent.size();
    if (input_.sent.empty())
      return count == 1 ? words_.subjectOne
                        : withNumber(words_.subjectMany, count);
    if (!input_.news.empty()) return withNumber(words_.subjectBoth, count);
    return count == 1 ? words_.subjectSentOne
                      : withNumber(words_.subjectSentMany, count);
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    std::size_t count = 0;
    for (const auto& section : sections_) {
      out += (out.empty() ? "" : "\n") + std::string(section.intro) + "\n";
      for (const auto& line : section.lines) {
        out += "\n" + std::to_string(++count) + ".\n";
        for (const auto& [label, value] : line.fields)
          out += "   " + label + ": " + value + "\n";
        if (!line.buttons.empty())
          out += "   " + line.look + ": " + url(line.buttons.front().second) +
                 "\n";
      }
    }
    for (const auto& sentence : closing()) out += "\n" + sentence + "\n";
    return out;
  }

  [[nodiscard]] std::string html() const {
    std::string out = "<html><body>\n";
    for (const auto& section : sections_) {
      out += "<p>" + escapeHtml(section.intro) + "</p>\n";
      for (const auto& line : section.lines) out += htmlOf(line);
      out += "<hr>\n";
    }
    for (const auto& sentence : closing())
      out += "<p>" + escapeHtml(sentence) + "</p>\n";
    return out + "</body></html>\n";
  }

 private:
  static std::string escapeHtml(const std::string& text) {
    return mail::escapeHtml(text);
  }

  void add(const char* intro,
           const std::vector<HeldMessage>& messages,
           Line (Writer::*line)(const HeldMessage&) const) {
    if (messages.empty()) return;
    Section section{intro, {}};
    const auto count = std::min(messages.size(), kDigestLines);
    for (std::size_t i = 0; i < count; ++i)
      section.lines.push_back((this->*line)(messages[i]));
    sections_.push_back(std::move(section));
  }

  [[nodiscard]] std::string htmlOf(const Line& line) const {
    std::string out = "<hr>\n<p>";
    for (const auto& [label, value] : line.fields)
      out +=
          "<b>" + escapeHtml(label) + ":</b> " + escapeHtml(value) + "<br>\n";
    out += "</p>\n";
    for (const auto& [button, token] : line.buttons) out += form(token, button);
    if (!line.buttons.empty())
      out += "<p><a href=\"" + url(line.buttons.front().second) + "\">" +
             escapeHtml(line.look) + "</a></p>\n";
    return out;
  }

  [[nodiscard]] Line lineOf(const HeldMessage& held) const {
    const auto& from = held.author.empty() ? held.sender : held.author;
    Line line;
    line.look = words_.look;
    line.fields = {
        {words_.from,
         from.empty() ? words_.noSender : mail::readableHeader(from)}};
    describe(held, words_.received, line);
    if (!settings_.linkBase.empty() &&
        rightFor(settings_, held.kind) == config::ReleaseRight::Recipient)
      line.buttons = {{words_.release, token(LinkAction::Release, held)},
                      {words_.remove, token(LinkAction::Delete, held)}};
    return line;
  }

  [[nodiscard]] Line sentLineOf(const HeldMessage& held) const {
    Line line;
    line.look = words_.request;
    line.fields = {{words_.to, toOf(held)}};
    describe(held, words_.sent, line);
    if (!settings_.linkBase.empty() && mayRequest(settings_, held.kind))
      line.buttons = {{words_.request, token(LinkAction::Request, held)}};
    return line;
  }

  // As he addressed them, and how many there are that he is not told.
  [[nodiscard]] static std::string toOf(const HeldMessage& held) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> names;
    for (const auto& one : held.recipients)
      if (std::find(names.begin(), names.end(), one.original) == names.end())
        names.push_back(one.original);
    const auto more = names.size() - std::min(names.size(), kNamed);
    names.resize(names.size() - more);
    return printable(join(names, ", ")) +
           (more > 0 ? " +" + std::to_string(more) : "");
  }

  void describe(const HeldMessage& held, const char* when, Line& line) const {
    const Pairs more = {
        {words_.subject,
         held.subject.empty() ? words_.noSubject
                              : mail::readableHeader(held.subject)},
        {when, localTime(held.received, "%Y-%m-%d %H:%M")},
        {words_.reason, words_.of(held.kind)},
        {words_.number, held.id}};
    line.fields.insert(line.fields.end(), more.begin(), more.end());
  }

  [[nodiscard]] std::string token(LinkAction action,
                                  const HeldMessage& held) const {
    return store::writeReleaseLink(
        key_,
        {action,
         held.id,
         input_.mailbox,
         input_.now + std::chrono::days(settings_.linkDays)});
  }

  // What a GET of it shows asks again before a POST acts.
  [[nodiscard]] std::string url(const std::string& linkToken) const {
    return settings_.linkBase + store::kLinkPath + "?token=" + linkToken;
  }

  [[nodiscard]] std::string form(const std::string& linkToken,
                                 const std::string& button) const {
    return "<form method=\"post\" action=\"" + settings_.linkBase +
           store::kLinkPath +
           "\"><input type=\"hidden\" name=\"token\" value=\"" + linkToken +
           "\"><button type=\"submit\">" + escapeHtml(button) +
           "</button></form>\n";
  }

  [[nodiscard]] std::vector<std::string> closing() const {
    std::vector<std::string> out;
    std::size_t listed = 0;
    bool anyLink = false;
    bool anyWithout = false;
    for (const auto& section : sections_) {
      listed += section.lines.size();
      for (const auto& line : section.lines) {
        anyLink = anyLink || !line.buttons.empty();
        anyWithout = anyWithout || line.buttons.empty();
      }
    }
    const auto all = input_.news.size() + input_.sent.size();
    if (all > listed) out.push_back(withNumber(words_.more, all - listed));
    if (anyWithout) out.emplace_back(words_.ask);
    if (anyLink)
      out.push_back(withNumber(words_.linkLife,
                               static_cast<std::size_t>(settings_.linkDays)));
    return out;
  }

  const config::Quarantine& settings_;
  const DigestWords& words_;
  const store::KeyedMac& key_;
  const DigestInput& input_;
  std::vector<Section> sections_;
};

}  // namespace

mail::Letter digestLetter(const config::Quarantine& settings,
                          const config::DigestRule& rule,
                          const store::KeyedMac& key,
                          const DigestInput& input) {
  const Writer writer(settings, rule, key, input);
  mail::Letter letter;
  letter.fromName = digestWords(rule.language).sender;
  letter.from = "postmaster" + input.mailbox.substr(input.mailbox.rfind('@'));
  letter.to = {input.mailbox};
  letter.subject = writer.subject();
  letter.text = writer.text();
  letter.html = writer.html();
  return letter;
}

}  // namespace mailreeve::quarantine
