// Held mail: search, look, release, delete.
#include <algorithm>

#include "core/base/time_text.h"
#include "core/base/unix_time.h"
#include "core/config/settings.h"
#include "core/mail/safe_view.h"
#include "core/store/keyed_mac.h"
#include "core/store/waiver.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"
#include "mgmtd/api/page.h"
#include "mgmtd/jobs/spam.h"
#include "mgmtd/quarantine/desk.h"

namespace mailreeve::api {

namespace {

using quarantine::Asker;
using quarantine::Desk;
using store::HeldMessage;

constexpr std::int64_t kLargest = std::int64_t{1} << 40U;  // An original.
constexpr std::int64_t kPiece = 384 << 10;      // Of it, in an answer.
constexpr std::int64_t kViewed = 8 << 20;       // Of it, for a view.
constexpr std::size_t kRecipientsListed = 50;   // In a list.
constexpr std::size_t kRecipientsShown = 5000;  // Of one message.

Asker administrator(const std::string& who) {
  return {true, who, ""};
}

// Null when nothing is in the way. `waive_as` is what names it to be waived,
// and empty where nobody waives it.
json toJson(const store::Obstacle& obstacle) {
  if (obstacle.step.empty()) return nullptr;
  return {{"check", obstacle.step},
          {"found", obstacle.found},
          {"reason", obstacle.reason},
          {"waive_as", store::waivableFor(obstacle.step, obstacle.found)}};
}

json toJson(const store::HeldRecipient& one) {
  json out{{"address", one.address},
           {"mailbox", one.mailbox},
           {"original", one.original},
           {"state", name(one.state)},
           {"changed", utcText(one.changed)},
           {"answer", one.answer},
           {"by", one.who},
           {"also_waived", one.alsoWaived},
           {"in_the_way", toJson(one.obstacle)}};
  if (one.state == store::HeldState::Releasing) {
    out["tries"] = one.tries;
    out["next_try"] = utcText(one.nextTry);
  }
  return out;
}

json toJson(const HeldMessage& m, std::size_t most) {
  auto recipients = json::array();
  for (const auto& one : m.recipients) {
    if (recipients.size() == most) break;
    recipients.push_back(toJson(one));
  }
  return {{"id", m.id},
          {"received", utcText(m.received)},
          {"received_ms", toMilliseconds(m.received)},
          {"client", m.client},
          {"client_name", m.clientName},
          {"helo", m.helo},
          {"login", m.login},
          {"sender", m.sender},
          {"from", m.author},
          {"subject", m.subject},
          {"message_id", m.messageId},
          {"size", m.size},
          {"sha256", m.sha256},
          {"kind", name(m.kind)},
          {"step", m.step},
          {"found", m.found},
          {"reason", m.reason},
          {"generation", m.generation},
          {"queue_id", m.queueId},
          {"trace_code", m.traceCode},
          {"requested", m.requestedBy.empty() ? "" : utcText(m.requested)},
          {"requested_by", m.requestedBy},
          {"recipients_total", m.recipients.size()},
          {"recipients", std::move(recipients)}};
}

json toJson(const std::vector<store::ReleaseAnswer>& answers) {
  auto out = json::array();
  for (const auto& one : answers)
    out.push_back({{"address", one.recipient},
                   {"state", name(one.state)},
                   {"answer", one.answer},
                   {"in_the_way", toJson(one.obstacle)}});
  return out;
}

Result<store::QuarantineQuery> queryOf(const json& request) {
  Fields fields(request);
  store::QuarantineQuery query;
  query.since = fields.moment("since");
  query.until = fields.moment("until");
  query.sender = fields.text("sender", "");
  query.recipient = fields.text("recipient", "");
  query.subject = fields.text("subject", "");
  query.found = fields.text("found", "");
  query.step = fields.text("step", "");
  query.queueId = fields.text("queue_id", "");
  query.traceCode = fields.text("trace_code", "");
  query.text = fields.text("text", "");
  query.requested = fields.flag("requested", false);
  query.beforeId = fields.text("before", "");
  query.limit = fields.number("limit", 100, 1, kMostRecords);
  const std::string kind = fields.text("kind", "");
  const std::string state = fields.text("state", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  query.kind = store::kindNamed(kind);
  query.state = store::stateNamed(state);
  if (!kind.empty() && !query.kind)
    return Error{ErrorCode::Invalid,
                 "kind must be spam, content, authentication or virus"};
  if (!state.empty() && !query.state)
    return Error{ErrorCode::Invalid,
                 "state must be held, releasing, released, failed or deleted"};
  return query;
}

Result<json> list(const json& request, Desk& desk) {
  auto query = queryOf(request);
  if (!query) return std::move(query).error();
  auto index = desk.store();
  if (!index) return std::move(index).error();
  return page("messages",
              (*index)->search(*query),
              query->limit,
              [](const HeldMessage& message) {
                return toJson(message, kRecipientsListed);
              });
}

Result<HeldMessage> wanted(Fields& fields, Desk& desk) {
  const std::string id = fields.text("id");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto index = desk.store();
  if (!index) return std::move(index).error();
  return (*index)->find(id);
}

Result<json> show(const json& request, Desk& desk) {
  Fields fields(request);
  auto message = wanted(fields, desk);
  if (!message) return std::move(message).error();
  return json{{"message", toJson(*message, kRecipientsShown)}};
}

Result<json> view(const json& request, Desk& desk) {
  Fields fields(request);
  const bool html = fields.flag("html", false);
  auto message = wanted(fields, desk);
  if (!message) return std::move(message).error();
  auto index = desk.store();
  if (!index) return std::move(index).error();
  auto bytes = (*index)->part(*message, 0, kViewed);
  if (!bytes) return std::move(bytes).error();
  return json{{"view", html ? mail::safeHtml(*bytes) : mail::safeText(*bytes)}};
}

Result<json> original(const json& request, Desk& desk) {
  Fields fields(request);
  const auto offset = fields.number("offset", 0, 0, kLargest);
  auto message = wanted(fields, desk);
  if (!message) return std::move(message).error();
  auto index = desk.store();
  if (!index) return std::move(index).error();
  auto piece = (*index)->part(*message, offset, kPiece);
  if (!piece) return std::move(piece).error();
  const auto end = offset + static_cast<std::int64_t>(piece->size());
  return json{{"bytes", store::urlBase64(*piece)},
              {"next", end},
              {"more", !piece->empty() && end < message->size}};
}

json outcome(const std::string& id, const quarantine::ReleaseOutcome& done) {
  return {
      {"id", id}, {"begun", done.begun}, {"recipients", toJson(done.answers)}};
}

// That a message which was held for spam is none.
Result<Done> learnHam(Desk& desk, const store::HeldMessage& held) {
  const auto policy = desk.policy();
  if (!policy) return policy.error();
  const auto& spam = (*policy)->settings().spam;
  if (held.size > spam.maxSize)
    return Error{ErrorCode::Invalid, "it is larger than spam.max_size"};
  auto index = desk.store();
  if (!index) return std::move(index).error();
  auto bytes = (*index)->bytes(held);
  if (!bytes) return std::move(bytes).error();
  return jobs::teach(spam, spam::Lesson::Ham, *bytes);
}

// Whoever releases may say that it was no spam; the lesson comes behind the
// release, and a release without its lesson is one all the same.
Result<json> release(const json& request, const std::string& who, Desk& desk) {
  Fields fields(request);
  const auto recipients = fields.texts("recipients");
  const auto also = fields.texts("also_waive");
  const bool learn = fields.flag("learn", false);
  auto held = wanted(fields, desk);
  if (!held) return std::move(held).error();
  if (learn && held->kind != store::HeldKind::Spam)
    return Error{
        ErrorCode::Invalid,
        held->id + " was not held for spam: there is nothing to learn"};
  auto done = desk.release({held->id, recipients, also}, administrator(who));
  if (!done) return std::move(done).error();
  json answer = outcome(held->id, *done);
  for (auto& one : answer["recipients"]) one["also_waived"] = also;
  if (!learn || !done->begun) return answer;
  const auto learned = learnHam(desk, *held);
  answer["learned"] = learned.ok();
  if (!learned) answer["problem"] = learned.error().what;
  return answer;
}

// What the page behind a digest's link does, with the right of the link alone.
// `action`, if there is one, is what is expected of it.
Result<json> follow(const json& request, Desk& desk) {
  Fields fields(request);
  const std::string link = fields.text("link");
  const std::string wanted = fields.text("action", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto done = desk.follow(link, wanted);
  if (!done) return std::move(done).error();
  json answer = outcome(done->link.id, done->outcome);
  answer["action"] = name(done->link.action);
  answer["mailbox"] = done->link.mailbox;
  // A rule that is in the way is an administrator's to know.
  for (auto& one : answer["recipients"]) one.erase("in_the_way");
  return answer;
}

Result<json> remove(const json& request, const std::string& who, Desk& desk) {
  Fields fields(request);
  const std::string id = fields.text("id");
  const auto recipients = fields.texts("recipients");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto gone = desk.remove(id, recipients, administrator(who));
  if (!gone) return std::move(gone).error();
  return json{{"id", id}, {"deleted", gone->size()}};
}

Result<json> status(const json& request, Desk& desk) {
  Fields fields(request);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto index = desk.store();
  if (!index) return std::move(index).error();
  auto totals = (*index)->totals();
  if (!totals) return std::move(totals).error();
  auto requests = (*index)->requests();
  if (!requests) return std::move(requests).error();
  auto states = (*index)->states();
  if (!states) return std::move(states).error();
  json counts = json::object();
  for (const auto& one : *states)
    counts[std::string(name(one.kind))][std::string(name(one.state))] =
        one.count;
  return json{{"messages", totals->messages},
              {"bytes", totals->bytes},
              {"requested", *requests},
              {"recipients", std::move(counts)}};
}

}  // namespace

void addQuarantine(Verbs& verbs,
                   const Surroundings& around,
                   const std::shared_ptr<Applied>& applied) {
  const auto desk = std::make_shared<Desk>(
      around.paths, around.clock, [applied] { return applied->policy(); });
  verbs["quarantine_list"] = [desk](const json& request, const std::string&) {
    return list(request, *desk);
  };
  verbs["quarantine_show"] = [desk](const json& request, const std::string&) {
    return show(request, *desk);
  };
  verbs["quarantine_view"] = [desk](const json& request, const std::string&) {
    return view(request, *desk);
  };
  verbs["quarantine_original"] = [desk](const json& request,
                                        const std::string&) {
    return original(request, *desk);
  };
  verbs["quarantine_release"] = [desk](const json& request,
                                       const std::string& who) {
    return release(request, who, *desk);
  };
  verbs["quarantine_follow"] = [desk](const json& request, const std::string&) {
    return follow(request, *desk);
  };
  verbs["quarantine_delete"] = [desk](const json& request,
                                      const std::string& who) {
    return remove(request, who, *desk);
  };
  verbs["quarantine_status"] = [desk](const json& request, const std::string&) {
    return status(request, *desk);
  };
}

}  // namespace mailreeve::api
