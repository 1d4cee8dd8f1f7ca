#include "mgmtd/jobs/notices.h"

#include <filesystem>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "core/base/trace_code.h"
#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "core/mail/letter.h"
#include "mgmtd/apply/template.h"

namespace mailreeve::jobs {

namespace {

using namespace std::chrono_literals;
using store::WaitingNotice;

constexpr std::int64_t kAtOnce = 100;
constexpr std::size_t kTemplateLimit = std::size_t{64} << 10U;
constexpr std::string_view kSubject = "Subject:";

struct Parts {
  std::string subject;
  std::string text;
};

Result<Parts> divide(const std::string& filled) {
  std::string_view rest = filled;
  const auto line = [&rest] {
    const auto end = rest.find('\n');
    const auto first = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return first;
  };
  std::string_view head = line();
  while (!head.empty() && head.front() == '#') head = line();
  if (!startsWithIgnoringCase(head, kSubject))
    return Error{ErrorCode::Invalid,
                 "the template of a notice must begin with \"Subject:\""};
  Parts parts;
  parts.subject = trim(head.substr(kSubject.size()));
  if (!trim(line()).empty())
    return Error{ErrorCode::Invalid,
                 "the line after \"Subject:\" must be empty"};
  parts.text = std::string(rest);
  return parts;
}

// The administrator of the recipient's own domain speaks.
std::string senderFor(const WaitingNotice& waiting, const std::string& host) {
  const auto& recipient = waiting.notice.recipients.front();
  const auto sign = recipient.rfind('@');
  return "postmaster@" +
         (sign == std::string::npos ? host : recipient.substr(sign + 1));
}

// One run of the job.
class Round {
 public:
  Round(const Paths& paths, const Clock& clock, const Mailer& mailer)
      : paths_(paths),
        clock_(clock),
        mailer_(mailer),
        outbox_(paths.outboxDatabase(), clock) {}

  Result<std::string> run(Progress& progress) {
    if (!std::filesystem::exists(paths_.outboxDatabase()))
      return std::string("there was never a notice");
    auto due = outbox_.due(kAtOnce);
    while (due && !due->empty() && !progress.stopping()) {
      for (const auto& waiting : *due) {
        if (progress.stopping()) break;
        auto done = handle(waiting);
        if (!done) return std::move(done).error();
      }
      due = outbox_.due(kAtOnce);
    }
    if (!due) return std::move(due).error();
    return said();
  }

 private:
  Result<Done> handle(const WaitingNotice& waiting) {
    auto message = messageOf(waiting);
    auto given = message ? mailer_(waiting.notice.recipients, *message)
                         : Result<Done>(std::move(message).error());
    if (given) {
      ++sent_;
      return outbox_.sent(waiting.id);
    }
    ++failed_;
    problem_ = given.error().what;
    auto last = outbox_.failed(waiting.id, problem_);
    if (!last) return std::move(last).error();
    if (*last)
      log::error("notice (" + waiting.notice.kind + ") for " +
                 join(waiting.notice.recipients, ", ") +
                 " given up: " + problem_);
    return Done{};
  }

  Result<std::string> messageOf(const WaitingNotice& waiting) {
    if (!waiting.notice.message.empty()) return waiting.notice.message;
    // Names come from our own programs; none of them may lead elsewhere.
    const auto& name = waiting.notice.templateName;
    if (name.find("..") != std::string::npos || name.front() == '/')
      return Error{ErrorCode::Invalid, name + " is no name of a template"};
    auto text = readFile(paths_.noticeTemplates() / name, kTemplateLimit);
    if (!text) return std::move(text).error();
    auto host = hostname();
    if (!host) return std::move(host).error();
    return noticeMessage(waiting, *text, *host, clock_.now());
  }

  Result<std::string> hostname() {
    if (host_.empty()) {
      auto policy = directory::loadPolicy(paths_.currentYaml());
      if (!policy) return std::move(policy).error();
      host_ = (*policy)->settings().server.hostname;
    }
    return host_;
  }

  [[nodiscard]] Result<std::string> said() const {
    std::string words = std::to_string(sent_) + " sent";
    if (failed_ == 0) return words;
    return Error{
        ErrorCode::Unavailable,
        words + ", " + std::to_string(failed_) + " not yet: " + problem_};
  }

  const Paths& paths_;
  const Clock& clock_;
  const Mailer& mailer_;
  store::Outbox outbox_;
  std::string host_;
  int sent_ = 0;
  int failed_ = 0;
  std::string problem_;
};

Schedule everyMinute() {
  auto schedule = Schedule::parse("* * * * *");
  return schedule ? *schedule : Schedule{};  // Ours; a test parses it.
}

}  // namespace

Mailer localMailer() {
  return [](const std::vector<std::string>& recipients,
            const std::string& message) -> Result<Done> {
    std::vector<std::string> argv = {
        "sendmail", "-i", "-f", "<>", "-N", "never", "--"};
    argv.insert(argv.end(), recipients.begin(), recipients.end());
    RunOptions options;
    options.input = message;
    auto done = mailreeve::run(argv, options);
    if (!done) return std::move(done).error();
    if (done->status == 0) return Done{};
    return Error{ErrorCode::Unavailable,
                 "sendmail ended with " + std::to_string(done->status) + ": " +
                     std::string(trim(printable(done->err.substr(0, 300))))};
  };
}

Result<std::string> noticeMessage(const WaitingNotice& waiting,
                                  const std::string& templateText,
                                  const std::string& host,
                                  TimePoint now) {
  apply::TemplateValues values;
  values.texts["HOSTNAME"] = host;
  for (const auto& [name, value] : waiting.notice.values) {
    values.texts[name] = printable(value);
    values.show(name, !value.empty());
  }
  auto filled =
      apply::expand({waiting.notice.templateName, templateText}, values);
  if (!filled) return std::move(filled).error();
  auto parts = divide(*filled);
  if (!parts) return std::move(parts).error();
  mail::Letter letter;
  letter.from = senderFor(waiting, host);
  // Several learn nothing of each other.
  if (waiting.notice.recipients.size() == 1)
    letter.to = waiting.notice.recipients;
  letter.subject = std::move(parts->subject);
  letter.text = std::move(parts->text);
  const std::string unique =
      "notice." + std::to_string(waiting.id) + "." + traceCode();
  return mail::compose(letter, now, unique, host);
}

Job noticesJob(const Paths& paths, const Clock& clock, Mailer mailer) {
  return {
      .name = "send-notices",
      .what = "Send the notices that wait: virus notices, digests, warnings",
      .schedule = everyMinute(),
      .work = [paths, &clock, mailer = std::move(mailer)](Progress& progress) {
        return Round(paths, clock, mailer).run(progress);
      }};
}

}  // namespace mailreeve::jobs
