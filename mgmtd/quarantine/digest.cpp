#include "mgmtd/quarantine/digest.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/mail/header_text.h"
#include "core/mail/html_text.h"
#include "mgmtd/quarantine/digest_words.h"

namespace mailreeve::quarantine {

namespace {

using store::HeldMessage;
using store::LinkAction;

constexpr std::int64_t kMost = 1000;  // Of one mailbox's news at once.

std::string withNumber(const char* words, std::size_t number) {
  return replaceAll(words, "%1", std::to_string(number));
}

// What is told of one message, and the links that belong to it.
struct Line {
  std::string from;
  std::string subject;
  std::string received;
  std::string reason;
  std::string number;
  std::string release;  // Tokens; empty: he may not, or there are no links.
  std::string remove;
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
    const auto count = std::min(input.news.size(), kDigestLines);
    for (std::size_t i = 0; i < count; ++i)
      lines_.push_back(lineOf(input.news[i]));
  }

  [[nodiscard]] std::string subject() const {
    return input_.news.size() == 1
               ? words_.subjectOne
               : withNumber(words_.subjectMany, input_.news.size());
  }

  [[nodiscard]] std::string text() const {
    std::string out = std::string(words_.intro) + "\n";
    std::size_t count = 0;
    for (const auto& line : lines_) {
      out += "\n" + std::to_string(++count) + ".\n";
      for (const auto& [label, value] : fieldsOf(line))
        out += std::string("   ") + label + ": " + value + "\n";
      if (!line.release.empty())
        out +=
            std::string("   ") + words_.look + ": " + url(line.release) + "\n";
    }
    for (const auto& sentence : closing()) out += "\n" + sentence + "\n";
    return out;
  }

  [[nodiscard]] std::string html() const {
    std::string out = "<html><body>\n<p>" + escapeHtml(words_.intro) + "</p>\n";
    for (const auto& line : lines_) {
      out += "<hr>\n<p>";
      for (const auto& [label, value] : fieldsOf(line))
        out +=
            "<b>" + escapeHtml(label) + ":</b> " + escapeHtml(value) + "<br>\n";
      out += "</p>\n";
      if (line.release.empty()) continue;
      out += form(line.release, words_.release);
      out += form(line.remove, words_.remove);
      out += "<p><a href=\"" + url(line.release) + "\">" +
             escapeHtml(words_.look) + "</a></p>\n";
    }
    out += "<hr>\n";
    for (const auto& sentence : closing())
      out += "<p>" + escapeHtml(sentence) + "</p>\n";
    return out + "</body></html>\n";
  }

 private:
  static std::string escapeHtml(const std::string& text) {
    return mail::escapeHtml(text);
  }

  [[nodiscard]] Line lineOf(const HeldMessage& held) const {
    Line line;
    const auto& from = held.author.empty() ? held.sender : held.author;
    line.from = from.empty() ? words_.noSender : mail::readableHeader(from);
    line.subject = held.subject.empty() ? words_.noSubject
                                        : mail::readableHeader(held.subject);
    line.received = localTime(held.received, "%Y-%m-%d %H:%M");
    line.reason = words_.of(held.kind);
    line.number = held.id;
    if (settings_.linkBase.empty() ||
        rightFor(settings_, held.kind) != config::ReleaseRight::Recipient)
      return line;
    line.release = token(LinkAction::Release, held);
    line.remove = token(LinkAction::Delete, held);
    return line;
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

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> fieldsOf(
      const Line& line) const {
    return {{words_.from, line.from},
            {words_.subject, line.subject},
            {words_.received, line.received},
            {words_.reason, line.reason},
            {words_.number, line.number}};
  }

  // What a GET of it shows asks again before a POST acts.
  [[nodiscard]] std::string url(const std::string& linkToken) const {
    return settings_.linkBase + store::kLinkPath + "?token=" + linkToken;
  }

  [[nodiscard]] std::string form(const std::string& linkToken,
                                 const char* button) const {
    return "<form method=\"post\" action=\"" + settings_.linkBase +
           store::kLinkPath +
           "\"><input type=\"hidden\" name=\"token\" value=\"" + linkToken +
           "\"><button type=\"submit\">" + escapeHtml(button) +
           "</button></form>\n";
  }

  [[nodiscard]] std::vector<std::string> closing() const {
    std::vector<std::string> out;
    if (input_.news.size() > lines_.size())
      out.push_back(
          withNumber(words_.more, input_.news.size() - lines_.size()));
    const bool anyLink =
        std::any_of(lines_.begin(), lines_.end(), [](const Line& line) {
          return !line.release.empty();
        });
    const bool anyWithout =
        std::any_of(lines_.begin(), lines_.end(), [](const Line& line) {
          return line.release.empty();
        });
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
  std::vector<Line> lines_;
};

// Mail of ours about a virus notice is the antivirus check's; here it is told
// only where its recipient could do something about it.
std::vector<store::HeldKind> toldKinds(const config::Quarantine& settings) {
  std::vector<store::HeldKind> kinds = {store::HeldKind::Spam,
                                        store::HeldKind::Content,
                                        store::HeldKind::Authentication};
  if (settings.virus == config::ReleaseRight::Recipient)
    kinds.push_back(store::HeldKind::Virus);
  return kinds;
}

class Round {
 public:
  Round(Desk& desk, store::Outbox& outbox, const Clock& clock)
      : desk_(desk), outbox_(outbox), clock_(clock) {}

  Result<std::string> run(const std::function<bool()>& stopping) {
    auto policy = desk_.policy();
    if (!policy) return std::move(policy).error();
    const auto& settings = (*policy)->settings().quarantine;
    if (settings.digests.empty()) return std::string("nobody is to be told");
    auto index = desk_.store();
    if (!index) return std::move(index).error();
    auto mailboxes = (*index)->untold(toldKinds(settings));
    if (!mailboxes) return std::move(mailboxes).error();
    for (const auto& mailbox : *mailboxes) {
      if (stopping()) break;
      if ((*policy)->domainOfAddress(mailbox) == nullptr) continue;
      if (auto told = tell(**policy, mailbox); !told && !problem_)
        problem_ = std::move(told).error().within(mailbox);
    }
    if (problem_) return *problem_;
    return std::to_string(sent_) + (sent_ == 1 ? " digest" : " digests");
  }

 private:
  Result<Done> tell(const directory::Policy& policy,
                    const std::string& mailbox) {
    const auto& settings = policy.settings().quarantine;
    const auto* rule = digestRuleFor(settings, mailbox);
    if (rule == nullptr) return Done{};
    const TimePoint now = clock_.now();
    const auto due = lastDigest(rule->every, settings.digestHour, now);
    auto index = desk_.store();
    if (!index) return std::move(index).error();
    auto news = (*index)->news(mailbox, toldKinds(settings), kMost);
    if (!news) return std::move(news).error();
    if (news->empty() || news->back().received >= due) return Done{};
    auto key = desk_.key();
    if (!key) return std::move(key).error();
    const auto letter =
        digestLetter(settings, *rule, **key, {mailbox, *news, now});
    store::Notice notice;
    notice.kind = "digest";
    notice.recipients = {mailbox};
    notice.message = mail::compose(letter,
                                   now,
                                   "digest." + store::newNonce(),
                                   policy.settings().server.hostname);
    auto added = outbox_.add(notice);
    if (!added) return std::move(added).error();
    ++sent_;
    return (*index)->told(mailbox, *news);
  }

  Desk& desk_;
  store::Outbox& outbox_;
  const Clock& clock_;
  std::size_t sent_ = 0;
  std::optional<Error> problem_;
};

}  // namespace

const config::DigestRule* digestRuleFor(const config::Quarantine& settings,
                                        const std::string& mailbox) {
  for (const auto& rule : settings.digests)
    for (const auto& user : rule.users)
      if (matchesWildcard(user, mailbox)) return rule.enabled ? &rule : nullptr;
  return nullptr;
}

TimePoint lastDigest(config::DigestEvery every,
                     std::int64_t hour,
                     TimePoint now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm at{};
  ::localtime_r(&seconds, &at);
  at.tm_min = 0;
  at.tm_sec = 0;
  if (every != config::DigestEvery::Hour) {
    if (at.tm_hour < hour) at.tm_mday -= 1;
    at.tm_hour = static_cast<int>(hour);
    at.tm_isdst = -1;
    if (every == config::DigestEvery::Week) {
      (void)std::mktime(&at);              // Finds the day of the week.
      at.tm_mday -= (at.tm_wday + 6) % 7;  // Back to Monday.
      at.tm_isdst = -1;
    }
  }
  return std::chrono::system_clock::from_time_t(std::mktime(&at));
}

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

Result<std::string> sendDigests(Desk& desk,
                                store::Outbox& outbox,
                                const Clock& clock,
                                const std::function<bool()>& stopping) {
  return Round(desk, outbox, clock).run(stopping);
}

}  // namespace mailreeve::quarantine
